/** The incoming tracks of a media worker: makes a pipe for each, and passes on what the page and the pipes say. */
import type { FromWorker, ToWorker } from './playoutMessages.ts';
import { createPlayoutPipe, type PlayoutPipe } from './playoutPipe.ts';
import { pipeDirect, pipeEncrypted, type EncodedStreams, type PipeOptions, type Transformer } from './trackStreams.ts';

export interface PlayoutPipes {
    message(message: ToWorker): void;
    /**
     * Puts a pipe around the streams between which a track is decrypted. `codec`: as the media server announces it.
     * `request`: asks for a key frame, where the browser has a way.
     */
    encrypted(trackId: string, codec: string, streams: EncodedStreams, request?: () => void): EncodedStreams;
    /** Runs a track that came over a direct connection, whose frames are not encrypted on top of DTLS-SRTP. */
    direct(trackId: string, transformer: Transformer): void;
    /** The browser uses the receiver of one track, with its streams, for another track. */
    renamed(from: string, to: string): void;
    /** Nobody watches the track now. Its streams stay, for another track may use them. */
    removed(trackId: string): void;
}

const STATS_MS = 500;
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
    /** A pipe that another one replaced has no name any more. */
    const endedPipe = (pipe: PlayoutPipe): void => {
        const trackId = nameOf(pipe);
        if (trackId !== undefined) ended(trackId);
    };
    const open = (trackId: string, options: PipeOptions): PlayoutPipe => {
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
        encrypted: (trackId, codec, streams, request) =>
            pipeEncrypted(codec, streams, request, {
                open: (options) => open(trackId, options),
                ended: endedPipe,
            }),
        direct: (trackId, transformer) =>
            pipeDirect(transformer, { open: (options) => open(trackId, options), ended: endedPipe }),
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
