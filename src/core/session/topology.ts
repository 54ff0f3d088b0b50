/**
 * Which way a share goes: straight to each viewer, or through the room's media server. Direct is the fastest way for few;
 * the server carries many, reaches every network, and is the only way to other MatrixRTC clients. Pure.
 *
 * Going to the server is decided at once. Going back waits until it has been possible for {@link CALM_MS} without a break,
 * with one viewer of room to spare, so that a share does not swing between the two.
 */
import type { Transport } from '../share/share.ts';

/** Viewers that one device's upload usually carries. */
export const MOST_DIRECT = 4;
/** With so many or fewer a share may come back from the media server. */
export const BACK_AT = 3;
/** ms that coming back must have been possible before it is done. */
export const CALM_MS = 30_000;
/** ms that viewers have to move before the way they came by is closed. */
export const HANDOVER_MS = 20_000;
/** ms until a media server that was not there, or did not work, is tried again. */
export const RETRY_MS = 60_000;
/** ms until viewers are told again which way a share goes, when telling them did not work. */
export const ANNOUNCE_AGAIN_MS = 3_000;
/** ms without a picture after which a viewer's device says that it cannot be reached directly. */
export const DIRECT_WITHIN_MS = 10_000;

export interface Scene {
    /** What the person set. */
    readonly wish: Transport | 'auto';
    /** How the share goes now. */
    readonly current: Transport;
    /** Devices that watch. */
    readonly viewers: number;
    /** Most viewers that this device's connection has been found to carry: {@link MOST_DIRECT} until it suffered. */
    readonly carries: number;
    /** Devices of other MatrixRTC clients in the room's session, which see only what a media server carries. */
    readonly others: number;
    /** Viewers' devices that a direct connection did not reach. */
    readonly unreached: number;
}

/** Why a direct share needs a media server; undefined when it does not. */
export type Need = 'others' | 'unreached' | 'viewers' | 'uplink';

export function needOf({ viewers, carries, others, unreached }: Omit<Scene, 'wish' | 'current'>): Need | undefined {
    if (others > 0) return 'others';
    if (unreached > 0) return 'unreached';
    if (viewers > MOST_DIRECT) return 'viewers';
    return viewers > carries ? 'uplink' : undefined;
}

/** What to do about it: nothing, go there now, or go there once it has been possible for {@link CALM_MS}. */
export type Decision =
    | { readonly kind: 'stay' }
    | { readonly kind: 'move'; readonly to: Transport; readonly need: Need | undefined }
    | { readonly kind: 'moveWhenCalm'; readonly to: Transport }
    /** A media server is needed and must not be used, because the person wants it direct. */
    | { readonly kind: 'refused'; readonly need: Need };

const STAY: Decision = { kind: 'stay' };

export function decide(scene: Scene): Decision {
    const { wish, current, viewers, carries } = scene;
    const need = needOf(scene);
    if (wish === 'livekit') return STAY;
    if (wish === 'mesh') return need === undefined ? STAY : { kind: 'refused', need };
    if (current === 'mesh') return need === undefined ? STAY : { kind: 'move', to: 'livekit', need };
    // A connection that did not carry one viewer beside another does not carry the first any better later.
    const back = need === undefined && viewers <= BACK_AT && carries > 0;
    return back ? { kind: 'moveWhenCalm', to: 'mesh' } : STAY;
}

/** How a share begins where both ways are open: nobody watches yet. */
export function firstWay(others: number): Transport {
    return others > 0 ? 'livekit' : 'mesh';
}

/** What the connection carries, once it suffered with that many viewers: fewer by one. */
export function carriesAfter(carries: number, sufferedWith: number): number {
    return Math.max(0, Math.min(carries, sufferedWith - 1));
}
