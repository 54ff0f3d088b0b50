/**
 * Collects the input of {@link judge}: turns samples and events into points in time. Pure except for its own memory.
 */
import type { ReceiverSample } from './receiverStats.ts';
import type { Observed } from './viewHealth.ts';

type Scene = Pick<Observed, 'connection' | 'screen' | 'paused' | 'lost' | 'steady' | 'hasKey'>;

/** ms in which buffered frames may still show after a failure to decrypt later ones. */
const FAILURE_HOLDS_MS = 1_000;

/** ms. The worker's counts in a sample may be this old, and a picture may have come since. */
const COUNTS_AGE_MS = 700;

export interface Observer {
    /** A new track started, so observations of the old one no longer count. */
    trackChanged(): void;
    keyChanged(now: number): void;
    decryptionFailed(reason: 'missingKey' | 'invalidKey', now: number): void;
    frameShown(now: number): void;
    sampled(sample: ReceiverSample): void;
    observed(scene: Scene): Observed;
}

export function createObserver(): Observer {
    let keyChangedAt: number | undefined;
    let failure: Observed['failure'];
    let firstPacketAt: number | undefined;
    let lastPacketAt: number | undefined;
    let lastFrameAt: number | undefined;
    let undecodedSince: number | undefined;
    let lastByteAt: number | undefined;
    let catchingUpSince: number | undefined;
    let before: ReceiverSample | undefined;
    const frame = (now: number): void => {
        lastFrameAt = now;
        undecodedSince = undefined;
        catchingUpSince = undefined;
        // Frames from before the failure still show for a moment, and the failure is reported only once.
        if (failure && now - failure.at > FAILURE_HOLDS_MS) failure = undefined;
    };
    return {
        trackChanged() {
            failure = firstPacketAt = lastPacketAt = lastFrameAt = undecodedSince = lastByteAt = before = undefined;
            catchingUpSince = undefined;
        },
        keyChanged(now) {
            keyChangedAt = now;
        },
        decryptionFailed(reason, now) {
            failure = { reason, at: now };
            undecodedSince ??= now;
        },
        frameShown: frame,
        sampled(sample) {
            const { at } = sample;
            if (sample.lifeSigns !== before?.lifeSigns) lastByteAt = at;
            // The first sample of a track says only that packets exist, not when they came.
            const arrived = sample.packetsReceived > (before?.packetsReceived ?? 0);
            const decoded = sample.framesDecoded > (before?.framesDecoded ?? 0);
            if (arrived) {
                firstPacketAt ??= at;
                lastPacketAt = at;
            }
            const justShown = lastFrameAt !== undefined && at - lastFrameAt < COUNTS_AGE_MS;
            if (!sample.catchingUp || justShown) catchingUpSince = undefined;
            else catchingUpSince ??= at;
            if (decoded) frame(at);
            else if (arrived) undecodedSince ??= at;
            // No packets came and none were expected: the picture is still.
            else if (failure === undefined && lastFrameAt !== undefined) undecodedSince = undefined;
            before = sample;
        },
        observed: (scene) => ({
            ...scene,
            keyChangedAt,
            failure,
            firstPacketAt,
            lastPacketAt,
            lastFrameAt,
            undecodedSince,
            lastByteAt,
            catchingUpSince,
        }),
    };
}
