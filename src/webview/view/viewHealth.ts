/**
 * Decides the state that a viewer sees, from the observations. The important rules:
 * - `live` needs decoded frames. Received packets are not enough.
 * - After a key change (a rotation, a late join), frames that do not decode mean a missing key for 3 s. After that they
 *   mean a wrong key, unless the worker has no key for their index.
 * - A still picture is not frozen, because most clients send nothing while nothing changes. Silence means frozen only
 *   if the sharer promised a steady stream, or if the whole connection is silent.
 * Pure.
 */
import type { ViewState } from '../../core/share/mediaMessages.ts';

/** Time in ms for a key to work. A rotated key is used 1 s after it was sent, and a late joiner waits up to 2 s. */
export const KEY_GRACE_MS = 3_000;
/** ms with packets but without a decoded frame. */
export const STALL_MS = 1_500;
/** ms that the wait for a key frame may take before it is shown. Most take less. */
const CATCH_UP_MS = 500;
/** ms without packets from a sharer that keeps frames coming. */
export const STEADY_SILENCE_MS = 4_000;
/** ms without any byte, including consent checks (at least every 5 s). */
export const DEAD_LINE_MS = 12_000;

/** Times are ms on one clock. `undefined`: never. */
export interface Observed {
    readonly connection: 'connecting' | 'connected' | 'reconnecting' | 'closed';
    readonly screen: 'none' | 'unencrypted' | 'encrypted';
    readonly paused: boolean;
    readonly lost: boolean;
    readonly steady: boolean;
    /** We have at least one key of the sharer. */
    readonly hasKey: boolean;
    readonly keyChangedAt: number | undefined;
    /** The worker's last error about this sharer. */
    readonly failure: { readonly reason: 'missingKey' | 'invalidKey'; readonly at: number } | undefined;
    readonly firstPacketAt: number | undefined;
    readonly lastPacketAt: number | undefined;
    readonly lastFrameAt: number | undefined;
    /** Start of the time in which packets came without a decoded frame. */
    readonly undecodedSince: number | undefined;
    /** Time of the last sign of life on the connection. */
    readonly lastByteAt: number | undefined;
    /** Frames were lost, and the next picture needs a key frame. */
    readonly catchingUpSince: number | undefined;
}

export interface Verdict {
    readonly state: ViewState;
    /** A sentence in addition to the words of the state. Empty if there is none. */
    readonly detail: string;
}

/** Detail of `frozen` while the sharer has paused. LiveKit shows black meanwhile, so the picture is covered. */
export const PAUSED = 'The sharer has paused.';

const verdict = (state: ViewState, detail = ''): Verdict => ({ state, detail });

export function judge(o: Observed, now: number): Verdict {
    if (o.connection === 'closed') return verdict('failed', 'The connection to the media server was lost.');
    if (o.connection === 'connecting') return verdict('connecting');
    if (o.connection === 'reconnecting') return verdict('reconnecting');
    if (o.screen === 'none') return verdict('notSharing');
    if (o.screen === 'unencrypted') return verdict('unencrypted');
    if (!o.hasKey) return verdict('waitingForKey');
    if (o.paused) return verdict('frozen', PAUSED);

    // Frames arrive that cannot be decoded before the next key frame. The picture is old meanwhile.
    if (!o.failure && o.lastFrameAt !== undefined && older(o.catchingUpSince, CATCH_UP_MS, now))
        return verdict('frozen', 'Catching up with the sharer.');
    const stalled =
        o.undecodedSince !== undefined && (o.lastFrameAt === undefined || now - o.undecodedSince > STALL_MS);
    if (stalled && o.undecodedSince !== undefined) return judgeUndecoded(o, o.undecodedSince, now);
    if (o.lastFrameAt === undefined) return verdict('connecting');
    if (o.lost) return verdict('frozen', 'The sharer’s connection is interrupted.');
    if (older(o.lastByteAt, DEAD_LINE_MS, now)) return verdict('frozen', 'Nothing has come in for a while.');
    if (o.steady && older(o.lastPacketAt, STEADY_SILENCE_MS, now))
        return verdict('frozen', 'No new picture for a while.');
    return verdict('live');
}

function judgeUndecoded(o: Observed, since: number, now: number): Verdict {
    const keyAt = o.keyChangedAt ?? since;
    const graceOver = now - Math.max(since, keyAt) > KEY_GRACE_MS;
    // livekit-client reports at most five errors a minute, so an error about an earlier key still counts.
    if (o.failure?.reason === 'missingKey' && (o.failure.at >= keyAt || !graceOver)) return verdict('waitingForKey');
    if (o.failure && graceOver) return verdict('wrongKey');
    if (o.failure) return verdict('waitingForKey');
    if (!graceOver) return verdict(o.lastFrameAt === undefined ? 'connecting' : 'live');
    return verdict('frozen', 'Pictures arrive but cannot be decoded.');
}

function older(at: number | undefined, ms: number, now: number): boolean {
    return at !== undefined && now - at > ms;
}
