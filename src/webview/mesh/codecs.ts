/**
 * Chooses the codec for a screen. AV1 gives the best text from the first frame and needs a third of the bits
 * (docs/decisions/06-codecs.md). It is used if the machine encodes it in real time, else VP8. The time per frame is
 * measured while sending. Pure.
 */

/** The part of the time between two frames that the encoders for all viewers may use. */
const BUDGET = 0.7;
/** After this many samples in a row over the budget, AV1 is given up. */
const PATIENCE = 3;
/** With more viewers, AV1 is not tried, because each viewer needs an encoder. */
const MOST_AV1_VIEWERS = 2;

export interface CodecLike {
    readonly mimeType: string;
    readonly sdpFmtpLine?: string;
}

/** All that the browser offers, the wanted first, so that whatever the other end lacks is passed over. */
export function orderCodecs<T extends CodecLike>(available: readonly T[], av1: boolean): T[] {
    const wanted = av1 ? ['video/av1', 'video/vp8', 'video/vp9'] : ['video/vp8', 'video/vp9', 'video/av1'];
    const rank = ({ mimeType }: T): number => {
        const at = wanted.indexOf(mimeType.toLowerCase());
        return at < 0 ? wanted.length : at;
    };
    return available.toSorted((a, b) => rank(a) - rank(b));
}

/** `smooth`: whether the browser's media capabilities call AV1 smooth at this size and rate. */
export function mayUseAv1(smooth: boolean, viewers: number): boolean {
    return smooth && viewers <= MOST_AV1_VIEWERS;
}

export interface EncodeSample {
    /** Seconds of encoding and number of frames since the connection began, for all viewers together. */
    readonly totalEncodeTime: number;
    readonly framesEncoded: number;
    readonly framesPerSecond: number;
}

/** Returns true when encoding has been too slow for a while. Keeps the last sample. */
export function createEncodeWatch(): (sample: EncodeSample, viewers: number) => boolean {
    let before: EncodeSample | undefined;
    let over = 0;
    return (sample, viewers) => {
        const frames = sample.framesEncoded - (before?.framesEncoded ?? 0);
        const seconds = sample.totalEncodeTime - (before?.totalEncodeTime ?? 0);
        const first = before === undefined;
        before = sample;
        if (first || frames <= 0 || sample.framesPerSecond <= 0) return false;
        // Each frame is encoded once per viewer, within the time of one frame.
        over = (seconds / frames) * viewers * sample.framesPerSecond > BUDGET ? over + 1 : 0;
        return over >= PATIENCE;
    };
}
