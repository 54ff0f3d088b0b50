/** Collects what {@link judge} needs to know: turns samples and events into "since when". Pure but for its own memory. */
import type { ReceiverSample } from './receiverStats.ts';
import type { Observed } from './viewHealth.ts';

type Scene = Pick<Observed, 'connection' | 'screen' | 'paused' | 'lost' | 'steady' | 'hasKey'>;

/** ms that buffered frames may outlive a failure to decrypt later ones. */
const FAILURE_HOLDS_MS = 1_000;

export interface Observer {
    /** A new track: what was seen of the old one no longer counts. */
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
    let before: ReceiverSample | undefined;
    const frame = (now: number): void => {
        lastFrameAt = now;
        undecodedSince = undefined;
        // Frames from before the failure are still shown for a moment after it, and it is not reported twice.
        if (failure && now - failure.at > FAILURE_HOLDS_MS) failure = undefined;
    };
    return {
        trackChanged() {
            failure = firstPacketAt = lastPacketAt = lastFrameAt = undecodedSince = lastByteAt = before = undefined;
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
            // The first sample of a track tells nothing about when its packets came, except that there are some.
            const arrived = sample.packetsReceived > (before?.packetsReceived ?? 0);
            const decoded = sample.framesDecoded > (before?.framesDecoded ?? 0);
            if (arrived) {
                firstPacketAt ??= at;
                lastPacketAt = at;
            }
            if (decoded) frame(at);
            else if (arrived) undecodedSince ??= at;
            // Nothing arrived and nothing was owed: the picture is still.
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
        }),
    };
}
