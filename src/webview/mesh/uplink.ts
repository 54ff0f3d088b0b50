/**
 * Whether this device's upload suffers from carrying each viewer. With one viewer a media server would have to be sent just
 * as much, and a viewer with a bad line of their own is no reason either: it takes two or more, all of them limited, for a
 * while. Read from `qualityLimitationReason` (W3C webrtc-stats). Pure.
 */

/** Samples in a row: a connection that begins is limited for some seconds until its bandwidth is known. */
const PATIENCE = 12;
/** Of the wanted frames; with more, nobody sees a limit. A still picture comes at half of them (encoding.ts). */
const SEEN_BELOW = 0.4;

export interface UplinkSample {
    /** One for each connected viewer. */
    readonly senders: readonly { readonly limitation: string; readonly framesPerSecond: number }[];
    /** Of the capture. */
    readonly wantedFrameRate: number;
    /** Scales the picture down rather than dropping frames: then the limit is seen in the size. */
    readonly prefersFrames: boolean;
}

/** Tells, with each sample, whether the upload suffers. Holds how long it has. */
export function createUplinkWatch(): (sample: UplinkSample) => boolean {
    let inARow = 0;
    let viewers = 0;
    return ({ senders, wantedFrameRate, prefersFrames }) => {
        const limited = senders.filter(
            ({ limitation, framesPerSecond }) =>
                (limitation === 'bandwidth' || limitation === 'cpu') &&
                (prefersFrames || framesPerSecond < wantedFrameRate * SEEN_BELOW),
        );
        // Who came just now has to be measured first.
        const suffers = senders.length >= 2 && senders.length <= viewers && limited.length === senders.length;
        inARow = suffers ? inARow + 1 : 0;
        viewers = senders.length;
        return inARow >= PATIENCE;
    };
}
