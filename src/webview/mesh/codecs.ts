/**
 * Which codec a screen is sent in. AV1 gives the best text from the first frame at a third of the bits (FACTS, "Encoding
 * text"), where the machine encodes it in real time; else VP8. Measured while sending, per frame. Pure.
 */

/** Share of the time between two frames that encoding for all viewers together may take. */
const BUDGET = 0.7;
/** Samples in a row over the budget before AV1 is given up. */
const PATIENCE = 3;
/** Viewers from whom on AV1 is not tried: each of them costs an encoder. */
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

/** `smooth`: what the browser's media capabilities say of AV1 at this size and rate. */
export function mayUseAv1(smooth: boolean, viewers: number): boolean {
    return smooth && viewers <= MOST_AV1_VIEWERS;
}

export interface EncodeSample {
    /** Seconds spent encoding, and frames encoded, since the connection began; of all viewers together. */
    readonly totalEncodeTime: number;
    readonly framesEncoded: number;
    readonly framesPerSecond: number;
}

/** Tells when encoding has been too slow for a while. Holds the last sample. */
export function createEncodeWatch(): (sample: EncodeSample, viewers: number) => boolean {
    let before: EncodeSample | undefined;
    let over = 0;
    return (sample, viewers) => {
        const frames = sample.framesEncoded - (before?.framesEncoded ?? 0);
        const seconds = sample.totalEncodeTime - (before?.totalEncodeTime ?? 0);
        const first = before === undefined;
        before = sample;
        if (first || frames <= 0 || sample.framesPerSecond <= 0) return false;
        // Each frame is encoded once per viewer in the time of one.
        over = (seconds / frames) * viewers * sample.framesPerSecond > BUDGET ? over + 1 : 0;
        return over >= PATIENCE;
    };
}
