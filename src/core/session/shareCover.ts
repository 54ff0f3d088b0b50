/**
 * Hides our share: because the person paused it, or because a file with secrets is visible (Secret Shield). The page
 * sends a card in place of the screen. It has to confirm that in time, else the share ends.
 */
import type { Cover } from '../share/mediaMessages.ts';
import { deviceKey, viewersOf } from './sessionMembers.ts';
import {
    still,
    withShare,
    type CoverOrder,
    type Effect,
    type Failure,
    type LocalShare,
    type SessionState,
    type Step,
} from './state.ts';

/** ms from the moment that the secret is out of sight. VS Code tells about a change before it has drawn it. */
export const UNSHIELD_MS = 500;
/** ms for the page to confirm. */
export const CONFIRM_MS = 2_000;

/** What a new share begins with. */
export function uncovered({ secrets }: SessionState) {
    const [file] = secrets;
    return {
        paused: false,
        shielded: file === undefined ? undefined : { file },
        unshielding: undefined,
        cover: { cover: null, file: '', order: 0 },
        unconfirmed: undefined,
    } as const satisfies Partial<LocalShare>;
}

/** A pause is stronger, because it does not end by itself. */
export function coverOf({ paused, shielded }: LocalShare): Cover | null {
    if (paused) return 'paused';
    return shielded ? 'shielded' : null;
}

export function pause(state: SessionState, paused: boolean): Step {
    return still(withShare(state, { paused }));
}

export function seeSecrets(state: SessionState, files: readonly string[]): Step {
    const next = { ...state, secrets: files };
    const { share } = state;
    const [file] = files;
    if (!share) return still(next);
    if (file !== undefined) return still(withShare(next, { shielded: { file }, unshielding: undefined }));
    if (!share.shielded || share.unshielding !== undefined) return still(next);
    const wait = share.waits + 1;
    return {
        state: withShare(next, { unshielding: wait, waits: wait }),
        effects: [{ type: 'wait', pageId: share.id, wait, ms: UNSHIELD_MS }],
    };
}

export function coverEffect({ id: pageId, generation, cover }: LocalShare): Effect {
    return { type: 'send', pageId, generation, message: { type: 'share.cover', ...cover } };
}

/** Pictures may be on their way. */
function isSending({ phase }: LocalShare): boolean {
    return phase !== 'preparing' && phase !== 'choosing';
}

/** Tells the page what changed. Called after every event. */
export function reconcileCover(state: SessionState): Step {
    const { share } = state;
    if (!share) return still(state);
    const cover = coverOf(share);
    const file = share.shielded?.file ?? '';
    if (share.cover.cover === cover && share.cover.file === file) return still(state);
    const order: CoverOrder = { cover, file, order: share.cover.order + 1 };
    if (cover === null || share.cover.cover !== null || !isSending(share)) {
        const unconfirmed = cover === null ? undefined : share.unconfirmed;
        const told = { ...share, cover: order, unconfirmed };
        return { state: { ...state, share: told }, effects: [coverEffect(told)] };
    }
    const wait = share.waits + 1;
    const unconfirmed = { wait, order: order.order };
    const told = { ...share, cover: order, unconfirmed, waits: wait };
    return {
        state: { ...state, share: told },
        effects: [coverEffect(told), { type: 'wait', pageId: share.id, wait, ms: CONFIRM_MS }],
    };
}

/** Tells the devices that watch what they see: all when it changed, and one that has just come. */
export function tellViewers(before: SessionState, after: SessionState): Effect[] {
    const { share } = after;
    if (!share || before.share?.id !== share.id) return [];
    const { cover, order } = share.cover;
    const changed = before.share.cover.cover !== cover;
    const known = before.share.viewers;
    const to = viewersOf(after, share)
        .filter((v) => share.viewers.has(deviceKey(v)))
        .filter((v) => changed || (cover !== null && !known.has(deviceKey(v))))
        .map(({ userId, deviceId }) => ({ userId, deviceId }));
    if (to.length === 0) return [];
    return [{ type: 'sendCover', roomId: share.roomId, shareId: share.id, cover, order, to }];
}

/** The page confirmed this order. An older one says nothing about the screen now. */
export function covered(state: SessionState, share: LocalShare, order: number): Step {
    const { unconfirmed, cover } = share;
    const counts = unconfirmed && order >= unconfirmed.order && order <= cover.order;
    return still(counts ? withShare(state, { unconfirmed: undefined }) : state);
}

/** The secret is out of sight for long enough. Returns undefined for a wait of something else. */
export function unshield(state: SessionState, share: LocalShare, wait: number): Step | undefined {
    if (wait !== share.unshielding) return undefined;
    return still(withShare(state, { shielded: undefined, unshielding: undefined }));
}

/** The page did not confirm in time. */
export const NOT_HIDDEN: Failure = {
    code: 'media.notHidden',
    message: 'The page that captures your screen did not confirm that it is hidden, so sharing was stopped.',
};
