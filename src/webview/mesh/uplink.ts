/**
 * Detects that this device's upload suffers because it serves each viewer itself. With one viewer, an SFU would need
 * the same upload. One viewer with a bad line is no reason either. So two or more viewers must all be limited for a
 * while. Reads `qualityLimitationReason` (W3C webrtc-stats). Pure.
 */

/** Number of samples in a row. A new connection is limited for some seconds until its bandwidth is known. */
const PATIENCE = 12;
/**
 * Part of the wanted frames. Above it, nobody sees a limit. A still picture comes at half of the wanted frames
 * (encoding.ts).
 */
const SEEN_BELOW = 0.4;

export interface UplinkSample {
    /** One entry for each connected viewer. */
    readonly senders: readonly { readonly limitation: string; readonly framesPerSecond: number }[];
    /** The frame rate of the capture. */
    readonly wantedFrameRate: number;
    /** The encoder reduces the size instead of dropping frames, so a limit shows in the size. */
    readonly prefersFrames: boolean;
}

/** Returns for each sample whether the upload suffers. Counts for how long. */
export function createUplinkWatch(): (sample: UplinkSample) => boolean {
    let inARow = 0;
    let viewers = 0;
    return ({ senders, wantedFrameRate, prefersFrames }) => {
        const limited = senders.filter(
            ({ limitation, framesPerSecond }) =>
                (limitation === 'bandwidth' || limitation === 'cpu') &&
                (prefersFrames || framesPerSecond < wantedFrameRate * SEEN_BELOW),
        );
        // A new viewer must be measured first.
        const suffers = senders.length >= 2 && senders.length <= viewers && limited.length === senders.length;
        inARow = suffers ? inARow + 1 : 0;
        viewers = senders.length;
        return inARow >= PATIENCE;
    };
}
