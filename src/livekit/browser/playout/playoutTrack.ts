/** The page's side of the playout of one incoming track: which track shows the picture, and what the worker counted. */
import type { BufferedReason, FromWorker, PlayoutMode, PlayoutStats, ToWorker } from './playoutMessages.ts';

/** Chromium's track that shows the frames written to it (mediacapture-transform). */
interface TrackGenerator extends MediaStreamTrack {
    readonly writable: WritableStream<VideoFrame>;
}
type TrackGeneratorConstructor = new (init: { readonly kind: 'video' }) => TrackGenerator;
const generatorClass = (): TrackGeneratorConstructor | undefined =>
    (globalThis as { MediaStreamTrackGenerator?: TrackGeneratorConstructor }).MediaStreamTrackGenerator;

/** Whether this browser can show pictures that Hush decodes itself. */
export function canDecodeHere(): boolean {
    return (
        generatorClass() !== undefined &&
        typeof VideoDecoder === 'function' &&
        typeof VideoEncoder === 'function' &&
        typeof OffscreenCanvas === 'function'
    );
}

export interface PlayoutTrack {
    /** Undefined until the first frame has decided who decodes. */
    readonly track: MediaStreamTrack | undefined;
    readonly mode: PlayoutMode | undefined;
    readonly reason: BufferedReason | undefined;
    /** Only while Hush decodes. */
    readonly stats: PlayoutStats | undefined;
    close(): void;
}

/** `received`: the receiver's own track. The worker must already know that pictures are decoded at once. */
export function createPlayoutTrack(worker: Worker, received: MediaStreamTrack, changed: () => void): PlayoutTrack {
    const Generator = generatorClass();
    if (!Generator) {
        return { track: received, mode: 'buffered', reason: undefined, stats: undefined, close: () => undefined };
    }
    const trackId = received.id;
    const generator = new Generator({ kind: 'video' });
    let mode: PlayoutMode | undefined;
    let reason: BufferedReason | undefined;
    let stats: PlayoutStats | undefined;
    const heard = ({ data }: MessageEvent<FromWorker>): void => {
        if (data.kind === 'hush.stats' && data.trackId === trackId) stats = data.stats;
        if (data.kind !== 'hush.mode' || data.trackId !== trackId) return;
        mode = data.mode;
        reason = data.reason;
        changed();
    };
    worker.addEventListener('message', heard);
    const message: ToWorker = { kind: 'hush.sink', trackId, sink: generator.writable };
    worker.postMessage(message, [generator.writable]);
    return {
        get track() {
            if (mode === undefined) return undefined;
            return mode === 'immediate' ? generator : received;
        },
        get mode() {
            return mode;
        },
        get reason() {
            return reason;
        },
        get stats() {
            return mode === 'immediate' ? stats : undefined;
        },
        close() {
            worker.removeEventListener('message', heard);
            generator.stop();
        },
    };
}
