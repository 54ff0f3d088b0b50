/** The incoming tracks of a media worker: makes a pipe for each, and passes on what the page and the pipes say. */
import { COUNTER_PERIOD, ENCRYPTION_OVERHEAD, frameCounter } from './frameCounter.ts';
import type { FromWorker, ToWorker } from './playoutMessages.ts';
import { createPlayoutPipe, type PlayoutPipe, type PlayoutPipeOptions } from './playoutPipe.ts';

export type VideoFrames = ReadableStream<RTCEncodedVideoFrame>;
export type VideoFrameSink = WritableStream<RTCEncodedVideoFrame>;

/** The used part of RTCRtpScriptTransformer (W3C webrtc-encoded-transform). */
export interface Transformer {
    readonly readable: VideoFrames;
    readonly writable: VideoFrameSink;
    sendKeyFrameRequest?(): Promise<void>;
}

export interface PlayoutPipes {
    message(message: ToWorker): void;
    /**
     * Puts a pipe around the streams between which a track is decrypted. `codec`: as the media server announces it.
     * `request`: asks for a key frame, where the browser has a way.
     */
    encrypted(
        trackId: string,
        codec: string,
        streams: { readonly readable: VideoFrames; readonly writable: VideoFrameSink },
        request?: () => void,
    ): { readonly readable: VideoFrames; readonly writable: VideoFrameSink };
    /** Runs a track that came over a direct connection, whose frames are not encrypted on top of DTLS-SRTP. */
    direct(trackId: string, transformer: Transformer): void;
    /** The browser uses the receiver of one track, with its streams, for another track. */
    renamed(from: string, to: string): void;
    /** Nobody watches the track now. Its streams stay, for another track may use them. */
    removed(trackId: string): void;
}

const STATS_MS = 500;
/** No decoder takes this. WebRTC's own then asks the sender for a key frame, which it lets nobody else ask for. */
const UNDECODABLE = 1;

/** Newer than the types: the codec of a frame. */
type Metadata = RTCEncodedVideoFrameMetadata & { readonly mimeType?: string; readonly frameId?: number };
const metadataOf = (frame: RTCEncodedVideoFrame): Metadata => frame.getMetadata();

export function createPlayoutPipes(post: (message: FromWorker) => void): PlayoutPipes {
    const pipes = new Map<string, PlayoutPipe>();
    const sinks = new Map<string, WritableStream<VideoFrame>>();
    let immediate = false;
    let hidden = false;
    let roundTripMs = 0;
    let reports: ReturnType<typeof setInterval> | undefined;

    const nameOf = (pipe: PlayoutPipe): string | undefined => [...pipes].find(([, p]) => p === pipe)?.[0];
    const report = (): void => {
        for (const [trackId, pipe] of pipes) post({ kind: 'hush.stats', trackId, stats: pipe.stats() });
    };
    const ended = (trackId: string): void => {
        pipes.get(trackId)?.close();
        pipes.delete(trackId);
        sinks.delete(trackId);
        if (pipes.size > 0) return;
        clearInterval(reports);
        reports = undefined;
    };
    const open = (trackId: string, options: Omit<PlayoutPipeOptions, 'immediate' | 'onMode'>): PlayoutPipe => {
        pipes.get(trackId)?.close();
        const pipe = createPlayoutPipe({
            ...options,
            immediate,
            onMode: (mode, reason) => {
                const id = nameOf(pipe);
                if (id !== undefined) post({ kind: 'hush.mode', trackId: id, mode, reason });
            },
        });
        const sink = sinks.get(trackId);
        sinks.delete(trackId);
        pipes.set(trackId, pipe);
        pipe.hidden(hidden);
        pipe.roundTrip(roundTripMs);
        if (sink) pipe.sink(sink);
        reports ??= setInterval(report, STATS_MS);
        return pipe;
    };
    return {
        message(message) {
            switch (message.kind) {
                case 'hush.playout':
                    immediate = message.immediate;
                    for (const pipe of pipes.values()) pipe.immediate(immediate);
                    return;
                case 'hush.sink': {
                    const pipe = pipes.get(message.trackId);
                    if (pipe) pipe.sink(message.sink);
                    else sinks.set(message.trackId, message.sink);
                    return;
                }
                case 'hush.hidden':
                    hidden = message.hidden;
                    for (const pipe of pipes.values()) pipe.hidden(hidden);
                    return;
                case 'hush.roundTrip':
                    roundTripMs = message.ms;
                    for (const pipe of pipes.values()) pipe.roundTrip(roundTripMs);
            }
        },
        encrypted(trackId, codec, { readable, writable }, request) {
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
            const pipe = open(trackId, {
                codec: (frame) => metadataOf(frame as RTCEncodedVideoFrame).mimeType ?? codec,
                period: COUNTER_PERIOD,
                handOn: (frame) => {
                    if (spoil && frame.type === 'delta') frame.data = new ArrayBuffer(UNDECODABLE);
                    if (spoil) spoil = false;
                    return writer.write(frame as RTCEncodedVideoFrame);
                },
                requestKeyFrame: request ?? (() => (spoil = true)),
            });
            const decrypted = new WritableStream<RTCEncodedVideoFrame>({
                write(frame) {
                    const arrival = arrivals.get(frame);
                    // What did not lose its encryption on the way was never encrypted: a blank frame of the server.
                    const wasEncrypted = arrival?.length === frame.data.byteLength + ENCRYPTION_OVERHEAD;
                    return pipe.receive(
                        frame,
                        wasEncrypted ? arrival.number : undefined,
                        arrival?.at ?? performance.now(),
                    );
                },
                close() {
                    ended(nameOf(pipe) ?? trackId);
                    return writer.close();
                },
                abort(reason) {
                    ended(nameOf(pipe) ?? trackId);
                    return writer.abort(reason);
                },
            });
            return { readable: readable.pipeThrough(noted), writable: decrypted };
        },
        direct(trackId, transformer) {
            const writer = transformer.writable.getWriter();
            const pipe = open(trackId, {
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
                .finally(() => ended(trackId));
        },
        renamed(from, to) {
            const pipe = pipes.get(from);
            if (!pipe || from === to) return;
            pipes.delete(from);
            pipes.set(to, pipe);
            pipe.restart();
            const sink = sinks.get(to);
            sinks.delete(to);
            if (sink) pipe.sink(sink);
        },
        removed(trackId) {
            sinks.delete(trackId);
            pipes.get(trackId)?.restart();
        },
    };
}
