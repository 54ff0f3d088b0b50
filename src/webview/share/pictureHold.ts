/** Why nothing of the screen may leave now: a key that was not delivered holds it, or a cover hides it. */
import type { Cover, HostMessage, PageMessage } from '../../core/share/mediaMessages.ts';
import type { SfuPublication } from './sfuPublication.ts';
import type { ShareCapture } from './shareCapture.ts';
import type { ShareUi } from './shareUi.ts';

export interface PictureHold {
    readonly held: boolean;
    readonly cover: Cover | null;
    /** Nothing may be sent at all: not even a card, where this browser cannot replace pictures. */
    readonly silent: boolean;
    hold(held: boolean): void;
    coverWith(order: Extract<HostMessage, { type: 'share.cover' }>): void;
    /** The share left the SFU, and with it the key. */
    release(): void;
}

export interface PictureHoldOptions {
    readonly ui: Pick<ShareUi, 'phase' | 'cover'>;
    readonly send: (message: PageMessage) => void;
    readonly capture: Pick<ShareCapture, 'now'>;
    readonly sfu: Pick<SfuPublication, 'publisher'>;
    /** Publishes at the SFU if that waited for the picture. */
    readonly publish: () => void;
    readonly fail: (detail: string) => void;
}

export function createPictureHold({ ui, send, capture, sfu, publish, fail }: PictureHoldOptions): PictureHold {
    let held = false;
    let cover: Cover | null = null;
    const isSilent = (): boolean => held || (cover !== null && capture.now?.gate.replaces === false);
    const follow = (): void => {
        const { publisher } = sfu;
        if (!publisher) return publish();
        // What a publisher says that was left meanwhile is not about this share.
        publisher.hold(isSilent).then(
            () => sfu.publisher === publisher && ui.phase(held ? 'held' : 'live'),
            () => sfu.publisher === publisher && fail('The picture could not be paused, so sharing was stopped.'),
        );
    };
    return {
        get held() {
            return held;
        },
        get cover() {
            return cover;
        },
        get silent() {
            return isSilent();
        },
        hold(next) {
            held = next;
            follow();
        },
        coverWith({ cover: next, file, order }) {
            cover = next;
            ui.cover(next, file);
            const captured = capture.now;
            captured?.gate.cover(next).then(
                () => {
                    if (!captured.gate.replaces) follow();
                    if (next !== null) send({ type: 'share.covered', order });
                },
                () => fail('The screen could not be hidden, so sharing was stopped.'),
            );
        },
        release() {
            held = false;
        },
    };
}
