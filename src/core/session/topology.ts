/**
 * Chooses the transport of a share: directly to each viewer, or through the room's SFU. Direct is the fastest for few
 * viewers. The SFU carries many viewers, reaches every network, and is the only transport for other MatrixRTC clients.
 *
 * A share moves to the SFU at once. It goes back only after that was possible for {@link CALM_MS} without a break, with
 * room for one more viewer. This prevents it from switching back and forth.
 */
import type { Transport } from '../share/share.ts';

/** The number of viewers that one device's upload usually carries. */
export const MAX_DIRECT = 4;
/** With this many viewers or fewer, a share may return from the SFU. */
export const BACK_AT = 3;
/** ms for which a return must have been possible before it happens. */
export const CALM_MS = 30_000;
/** ms that viewers have to move before the old transport is closed. */
export const HANDOVER_MS = 20_000;
/** ms until a missing or failed SFU is tried again. */
export const RETRY_MS = 60_000;
/** ms until a failed announcement of the transport is repeated. */
export const ANNOUNCE_AGAIN_MS = 3_000;
/** ms without a picture after which a viewer's device reports that direct connections do not reach it. */
export const DIRECT_WITHIN_MS = 10_000;

export interface Scene {
    /** The transport that the person set. */
    readonly wantedTransport: Transport | 'auto';
    /** The current transport. */
    readonly current: Transport;
    /** The number of devices that watch. */
    readonly viewers: number;
    /** The most viewers that this device's connection can carry: {@link MAX_DIRECT} until it was overloaded. */
    readonly carries: number;
    /** Devices of other MatrixRTC clients in the session. They see only what an SFU carries. */
    readonly others: number;
    /** Viewers' devices that a direct connection did not reach. */
    readonly unreached: number;
}

/** Why a direct share needs an SFU. Undefined when it does not. */
export type Need = 'others' | 'unreached' | 'viewers' | 'uplink';

export function needOf({
    viewers,
    carries,
    others,
    unreached,
}: Omit<Scene, 'wantedTransport' | 'current'>): Need | undefined {
    if (others > 0) return 'others';
    if (unreached > 0) return 'unreached';
    if (viewers > MAX_DIRECT) return 'viewers';
    return viewers > carries ? 'uplink' : undefined;
}

/** What to do: nothing, move now, or move once that was possible for {@link CALM_MS}. */
export type Decision =
    | { readonly kind: 'stay' }
    | { readonly kind: 'move'; readonly to: Transport; readonly need: Need | undefined }
    | { readonly kind: 'moveWhenCalm'; readonly to: Transport }
    /** An SFU is needed, but the person wants a direct share. */
    | { readonly kind: 'refused'; readonly need: Need };

const STAY: Decision = { kind: 'stay' };

export function decide(scene: Scene): Decision {
    const { wantedTransport, current, viewers, carries } = scene;
    const need = needOf(scene);
    if (wantedTransport === 'livekit') return STAY;
    if (wantedTransport === 'mesh') return need === undefined ? STAY : { kind: 'refused', need };
    if (current === 'mesh') return need === undefined ? STAY : { kind: 'move', to: 'livekit', need };
    // If the connection could not carry a second viewer, it will not carry the first one better later.
    const back = need === undefined && viewers <= BACK_AT && carries > 0;
    return back ? { kind: 'moveWhenCalm', to: 'mesh' } : STAY;
}

/** The first transport when both are possible. Nobody watches yet. */
export function firstTransport(others: number): Transport {
    return others > 0 ? 'livekit' : 'mesh';
}

/** What the connection can carry after it was overloaded by this many viewers: one less. */
export function carriesAfter(carries: number, sufferedWith: number): number {
    return Math.max(0, Math.min(carries, sufferedWith - 1));
}
