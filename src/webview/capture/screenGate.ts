/**
 * The gate between the capture and everything that sends it. Transports get tracks of the gate only, so whatever they do
 * with them (mute, resume, replace, move), a covered screen does not leave.
 */
import type { Cover, ShareSettings } from '../../core/share/mediaMessages.ts';
import type { FromGate, ToGate } from '../../livekit/browser/gate/gateMessages.ts';

export interface ScreenGate {
    /**
     * False: this browser cannot replace pictures. A cover then makes the tracks black, and a transport that can pause
     * pauses.
     */
    readonly replaces: boolean;
    /** A track for one transport, which may stop it. */
    take(): MediaStreamTrack;
    hint(contentHint: ShareSettings['contentHint']): void;
    /** Resolves when no more of the screen leaves, or with null when it leaves again. */
    cover(cover: Cover | null): Promise<void>;
    close(): void;
}

/** Chromium's way to read and write the pictures of tracks (mediacapture-transform). */
interface TrackGenerator extends MediaStreamTrack {
    readonly writable: WritableStream<VideoFrame>;
}
interface TrackStreams {
    readonly MediaStreamTrackProcessor?: new (init: { readonly track: MediaStreamTrack }) => {
        readonly readable: ReadableStream<VideoFrame>;
    };
    readonly MediaStreamTrackGenerator?: new (init: { readonly kind: 'video' }) => TrackGenerator;
}

export function canReplaceFrames(): boolean {
    const { MediaStreamTrackProcessor, MediaStreamTrackGenerator } = globalThis as TrackStreams;
    return MediaStreamTrackProcessor !== undefined && MediaStreamTrackGenerator !== undefined;
}

interface GateOptions {
    readonly captured: MediaStreamTrack;
    readonly contentHint: ShareSettings['contentHint'];
    readonly delayMs?: number | undefined;
    readonly cover: Cover | null;
    /** URL of the media worker. */
    readonly workerUrl: string;
    /** No picture leaves any more. */
    readonly failed: () => void;
}

/** Throws if the capture has ended. */
export function openGate(options: GateOptions): ScreenGate {
    const { MediaStreamTrackProcessor: Processor, MediaStreamTrackGenerator: Generator } = globalThis as TrackStreams;
    if (!Processor || !Generator) return openTrackGate(options);
    const { captured, contentHint, delayMs = 0, cover, workerUrl, failed } = options;
    const worker = new Worker(workerUrl);
    worker.addEventListener('error', failed);
    let generator: TrackGenerator;
    try {
        const { readable } = new Processor({ track: captured });
        generator = new Generator({ kind: 'video' });
        const { writable } = generator;
        const open: ToGate = { kind: 'hush.gate.open', readable, writable, delayMs, cover };
        worker.postMessage(open, [readable, writable]);
    } catch (error) {
        worker.terminate();
        throw error;
    }
    const taken = takenFrom(generator, contentHint);
    let orders = 0;
    const waiting = new Map<number, () => void>();
    worker.addEventListener('message', ({ data }: MessageEvent<FromGate>) => {
        if (data.kind === 'hush.gate.failed') return failed();
        if (data.kind !== 'hush.gate.done') return; // the worker also has messages of livekit-client
        waiting.get(data.order)?.();
        waiting.delete(data.order);
    });
    return {
        replaces: true,
        take: taken.take,
        hint: taken.hint,
        cover(next) {
            const order = ++orders;
            const message: ToGate = { kind: 'hush.gate.cover', cover: next, order };
            const done = new Promise<void>((resolve) => waiting.set(order, resolve));
            worker.postMessage(message);
            return done;
        },
        close() {
            worker.terminate();
            taken.stop();
            generator.stop();
        },
    };
}

/** Browsers that cannot replace pictures send black ones from a track that is off (Media Capture and Streams, 4.3.1). */
function openTrackGate({ captured, contentHint, cover }: GateOptions): ScreenGate {
    const taken = takenFrom(captured, contentHint);
    let covered = cover !== null;
    return {
        replaces: false,
        take() {
            return keepBlack(taken.take(), () => covered);
        },
        hint: taken.hint,
        async cover(next) {
            covered = next !== null;
            taken.enable(!covered);
        },
        close: taken.stop,
    };
}

/**
 * Whoever sends a track may turn it on: livekit-client does so when it publishes, and after a pause. While the screen is
 * covered, that has no effect on this track.
 */
function keepBlack(track: MediaStreamTrack, covered: () => boolean): MediaStreamTrack {
    const native: unknown = Object.getPrototypeOf(track);
    if (typeof native !== 'object' || native === null) throw new TypeError('not a track');
    Object.defineProperty(track, 'enabled', {
        get: () => Reflect.get(native, 'enabled', track),
        set(on: boolean) {
            Reflect.set(native, 'enabled', on && !covered(), track);
        },
    });
    track.enabled = true;
    return track;
}

function takenFrom(source: MediaStreamTrack, first: ShareSettings['contentHint']) {
    const tracks = new Set<MediaStreamTrack>();
    let contentHint = first;
    return {
        take(): MediaStreamTrack {
            for (const old of tracks) if (old.readyState === 'ended') tracks.delete(old);
            const track = source.clone();
            track.contentHint = contentHint;
            tracks.add(track);
            return track;
        },
        hint(next: ShareSettings['contentHint']): void {
            contentHint = next;
            for (const track of tracks) track.contentHint = next;
        },
        enable(enabled: boolean): void {
            for (const track of tracks) track.enabled = enabled;
        },
        stop(): void {
            for (const track of tracks) track.stop();
            tracks.clear();
        },
    };
}
