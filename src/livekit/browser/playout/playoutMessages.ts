/**
 * Messages between a page and its media worker about the playout of incoming pictures. They share the channel with
 * livekit-client's own messages, so their kinds begin with `hush.`.
 */

/**
 * `immediate`: Hush decodes each frame as soon as it is complete. `buffered`: the browser's own player does, behind its
 * jitter buffer.
 */
export type PlayoutMode = 'immediate' | 'buffered';

/** Why a picture is buffered although the page asked for `immediate`. */
export type BufferedReason =
    | 'wanted' // the person wants smooth motion
    | 'noNumbers' // the sender does not number its frames
    | 'codec' // this codec cannot be decoded here
    | 'errors' // the decoder failed again and again
    | 'gaps' // frames were missing again and again
    | 'slow'; // this machine decodes more slowly than the frames come

/** What the worker counted for one track since its start. */
export interface PlayoutStats {
    /** Frames that were decoded, or skipped because the page is hidden. */
    readonly frames: number;
    readonly framesPerSecond: number;
    /** px. 0 before the first picture. */
    readonly width: number;
    readonly height: number;
    readonly keyFrames: number;
    /** Frames that waited for one before them. */
    readonly held: number;
    /** Times that the wait ended without the missing frame. */
    readonly gaveUp: number;
    readonly errors: number;
    /** Key frames that were asked for. */
    readonly keyFrameRequests: number;
    /** Median ms from the complete frame to its picture, over the last second. Includes decryption and the wait. */
    readonly decodeMs: number;
    /** No picture can be decoded until a key frame comes. The last picture is old meanwhile. */
    readonly catchingUp: boolean;
}

export type ToWorker =
    /** Whether incoming pictures are decoded at once. Comes before the first track, and with each change. */
    | { readonly kind: 'hush.playout'; readonly immediate: boolean }
    /** The pictures of this track go here. The stream is transferred. */
    | { readonly kind: 'hush.sink'; readonly trackId: string; readonly sink: WritableStream<VideoFrame> }
    /** Nobody sees the picture (true), so nothing is decoded. */
    | { readonly kind: 'hush.hidden'; readonly hidden: boolean }
    /** ms, of the connection. A missing frame is waited for as long as a retransmission may take. */
    | { readonly kind: 'hush.roundTrip'; readonly ms: number };

export type FromWorker =
    | {
          readonly kind: 'hush.mode';
          readonly trackId: string;
          readonly mode: PlayoutMode;
          readonly reason: BufferedReason | undefined;
      }
    | { readonly kind: 'hush.stats'; readonly trackId: string; readonly stats: PlayoutStats };

/** Options of the RTCRtpScriptTransform of a direct connection. */
export interface DirectTransformOptions {
    readonly kind: 'hush.direct';
    readonly trackId: string;
}
