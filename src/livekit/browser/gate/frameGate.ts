/**
 * Every captured picture goes through here before an encoder sees it. While there is a cover, a card goes out in its
 * place. With a delay, pictures wait, and a cover drops those that wait. Pure: time and drawing come from the caller.
 */
import type { After } from '../../../core/base/timer.ts';
import type { Cover } from '../../../core/share/mediaMessages.ts';

/** The used part of VideoFrame. `timestamp`: us. */
export interface GateFrame {
    readonly timestamp: number;
    readonly displayWidth: number;
    readonly displayHeight: number;
    close(): void;
}

export interface FrameGateOptions<F extends GateFrame> {
    /** ms. */
    readonly delayMs: number;
    readonly cover: Cover | null;
    /** Takes the picture over: it is closed there. */
    readonly write: (frame: F) => void;
    /** Returns a picture that does not hold a buffer of the capture. Takes `frame` over. */
    readonly copy: (frame: F) => Promise<F>;
    /** Returns the same picture with another time. Takes `frame` over. */
    readonly retime: (frame: F, timestamp: number) => F;
    readonly card: (cover: Cover, width: number, height: number, timestamp: number) => F;
    /** ms. */
    readonly now: () => number;
    readonly after: After;
}

export interface FrameGate<F extends GateFrame> {
    /** Takes a captured picture over. Resolves when the next one may come. */
    take(frame: F): Promise<void>;
    cover(cover: Cover | null): void;
    close(): void;
}

/** ms between two cards. They keep coming, so that a viewer who joins meanwhile sees one. */
export const CARD_MS = 250;
/** The size of a card before the first picture, px. */
const FIRST = { width: 1_280, height: 720 };

export function createFrameGate<F extends GateFrame>(options: FrameGateOptions<F>): FrameGate<F> {
    const { delayMs, write, copy, retime, card, now, after } = options;
    let cover = options.cover;
    let size = FIRST;
    /** Time of the newest captured picture, on its clock (us) and on ours (ms). */
    let newest = { timestamp: 0, at: now() };
    let lastOut = -1;
    let closed = false;
    /** Rises with each cover. A picture that was taken under an older one is dropped. */
    let run = 0;
    const waiting = new Set<{ readonly frame: F; readonly stop: () => void }>();
    let nextCard: (() => void) | undefined;

    const emit = (frame: F): void => {
        const late = frame.timestamp <= lastOut;
        const timed = late ? retime(frame, lastOut + 1) : frame;
        lastOut = timed.timestamp;
        write(timed);
    };
    const drop = (): void => {
        for (const { frame, stop } of waiting) {
            stop();
            frame.close();
        }
        waiting.clear();
    };
    const showCard = (): void => {
        if (!cover || closed) return;
        const timestamp = Math.max(newest.timestamp + Math.round((now() - newest.at) * 1_000), lastOut + 1);
        emit(card(cover, size.width, size.height, timestamp));
        nextCard = after(CARD_MS, showCard);
    };
    showCard();

    return {
        async take(frame) {
            if (closed) return frame.close();
            newest = { timestamp: frame.timestamp, at: now() };
            const { displayWidth: width, displayHeight: height } = frame;
            const resized = width !== size.width || height !== size.height;
            size = { width, height };
            if (cover) {
                frame.close();
                if (!resized) return;
                nextCard?.();
                return showCard();
            }
            if (delayMs === 0) return emit(frame);
            const mine = run;
            const due = now() + delayMs;
            const kept = await copy(frame);
            if (mine !== run || closed) return kept.close();
            const entry = {
                frame: kept,
                stop: after(Math.max(0, due - now()), () => {
                    waiting.delete(entry);
                    emit(kept);
                }),
            };
            waiting.add(entry);
        },
        cover(next) {
            run++;
            nextCard?.();
            nextCard = undefined;
            cover = next;
            drop();
            showCard();
        },
        close() {
            closed = true;
            nextCard?.();
            drop();
        },
    };
}
