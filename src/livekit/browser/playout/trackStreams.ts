/** The streams of one track's encoded frames: where they come from, how they are numbered, and where they go on to. */
import { COUNTER_PERIOD, ENCRYPTION_OVERHEAD, frameCounter } from './frameCounter.ts';
import type { PlayoutPipe, PlayoutPipeOptions } from './playoutPipe.ts';

export interface EncodedStreams {
    readonly readable: ReadableStream<RTCEncodedVideoFrame>;
    readonly writable: WritableStream<RTCEncodedVideoFrame>;
}
/** The used part of RTCRtpScriptTransformer (W3C webrtc-encoded-transform). */
export interface Transformer extends EncodedStreams {
    sendKeyFrameRequest?(): Promise<void>;
}
export type PipeOptions = Omit<PlayoutPipeOptions, 'immediate' | 'onMode'>;
export interface PipeOwner {
    open(options: PipeOptions): PlayoutPipe;
    ended(pipe: PlayoutPipe): void;
}

/** No decoder takes this. WebRTC's own then asks the sender for a key frame, which it lets nobody else ask for. */
const UNDECODABLE = 1;

/** Newer than the types: the codec of a frame. */
type Metadata = RTCEncodedVideoFrameMetadata & { readonly mimeType?: string; readonly frameId?: number };
const metadataOf = (frame: RTCEncodedVideoFrame): Metadata => frame.getMetadata();

/**
 * Puts a pipe around the streams between which a track is decrypted, and returns the new ends. `codec`: as the media
 * server announces it. `request`: asks for a key frame, where the browser has a way.
 */
export function pipeEncrypted(
    codec: string,
    { readable, writable }: EncodedStreams,
    request: (() => void) | undefined,
    owner: PipeOwner,
): EncodedStreams {
    const arrivals = new WeakMap<RTCEncodedVideoFrame, { at: number; length: number; number?: number }>();
    const noted = new TransformStream<RTCEncodedVideoFrame, RTCEncodedVideoFrame>({
        transform(frame, controller) {
            const number = frameCounter(frame.data, frame.timestamp);
            const arrival = { at: performance.now(), length: frame.data.byteLength };
            arrivals.set(frame, number === undefined ? arrival : { ...arrival, number });
            controller.enqueue(frame);
        },
    });
    const writer = writable.getWriter();
    let spoil = false;
    const pipe = owner.open({
        codec: (frame) => metadataOf(frame as RTCEncodedVideoFrame).mimeType ?? codec,
        period: COUNTER_PERIOD,
        handOn: (frame) => {
            if (spoil && frame.type === 'delta') frame.data = new ArrayBuffer(UNDECODABLE);
            spoil = false;
            return writer.write(frame as RTCEncodedVideoFrame);
        },
        requestKeyFrame: request ?? (() => (spoil = true)),
    });
    const decrypted = new WritableStream<RTCEncodedVideoFrame>({
        async write(frame) {
            const arrival = arrivals.get(frame);
            // What did not lose its encryption on the way was never encrypted: a blank frame of the server.
            const wasEncrypted = arrival?.length === frame.data.byteLength + ENCRYPTION_OVERHEAD;
            try {
                await pipe.receive(frame, wasEncrypted ? arrival.number : undefined, arrival?.at ?? performance.now());
            } catch (error) {
                owner.ended(pipe); // WebRTC has ended the track
                throw error;
            }
        },
        close() {
            owner.ended(pipe);
            return writer.close();
        },
        abort(reason) {
            owner.ended(pipe);
            return writer.abort(reason);
        },
    });
    return { readable: readable.pipeThrough(noted), writable: decrypted };
}

/** Runs a track that came over a direct connection, whose frames are not encrypted on top of DTLS-SRTP. */
export function pipeDirect(transformer: Transformer, owner: PipeOwner): void {
    const writer = transformer.writable.getWriter();
    const pipe = owner.open({
        codec: (frame) => metadataOf(frame as RTCEncodedVideoFrame).mimeType ?? '',
        period: Number.POSITIVE_INFINITY,
        handOn: (frame) => writer.write(frame as RTCEncodedVideoFrame),
        requestKeyFrame: () => void transformer.sendKeyFrameRequest?.().catch(() => undefined), // the track has ended
    });
    const frames = new WritableStream<RTCEncodedVideoFrame>({
        write: (frame) => pipe.receive(frame, metadataOf(frame).frameId, performance.now()),
    });
    void transformer.readable
        .pipeTo(frames)
        .catch(() => undefined) // the connection was closed
        .finally(() => owner.ended(pipe));
}
