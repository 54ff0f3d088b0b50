/**
 * One incoming video track between its complete frames and WebRTC's pipeline. Decides whether Hush decodes the frames at
 * once, and hands each frame on: as it is, or as a placeholder of 16 × 16 px. The mode changes only with a key frame,
 * because no decoder can continue a stream whose beginning the other one has.
 */
import { decodableCodec } from './decodableCodec.ts';
import { createFrameOrder, type FrameOrder } from './frameOrder.ts';
import { placeholdersOf, type Placeholders } from './placeholders.ts';
import type { BufferedReason, PlayoutMode, PlayoutStats } from './playoutMessages.ts';
import { createPictureDecoder, type PictureDecoder } from './pictureDecoder.ts';
import { createPlayoutCounters } from './playoutCounters.ts';

/** The used part of RTCEncodedVideoFrame (W3C webrtc-encoded-transform). */
interface EncodedFrame {
    readonly type: 'key' | 'delta' | 'empty';
    /** RTP timestamp: 90 kHz, 32 bits. */
    readonly timestamp: number;
    data: ArrayBuffer;
}

/** A frame on its way to the decoder. `at`: ms, when it was complete. */
interface Complete {
    readonly key: boolean;
    readonly timestamp: number;
    readonly data: ArrayBuffer;
    readonly at: number;
}

export interface PlayoutPipe {
    /**
     * Takes a decrypted frame in order of arrival. `number`: its place in the decoding order. `at`: ms, when it was
     * complete. Resolves when it was handed on.
     */
    receive(frame: EncodedFrame, number: number | undefined, at: number): Promise<void>;
    sink(stream: WritableStream<VideoFrame>): void;
    hidden(hidden: boolean): void;
    /** ms. */
    roundTrip(ms: number): void;
    immediate(wanted: boolean): void;
    /** Another track begins: the next key frame decides again, and its pictures need a new sink. */
    restart(): void;
    stats(): PlayoutStats;
    close(): void;
}

export interface PlayoutPipeOptions {
    /** Such as `video/VP8`. Empty: unknown. */
    readonly codec: (frame: EncodedFrame) => string;
    /** The numbers of the frames count modulo this. */
    readonly period: number;
    readonly immediate: boolean;
    readonly handOn: (frame: EncodedFrame) => Promise<void>;
    /** Asks the sender for a key frame. */
    readonly requestKeyFrame: () => void;
    readonly onMode: (mode: PlayoutMode, reason: BufferedReason | undefined) => void;
}

/** ms to wait for a missing frame: bounds, and how many round trips a retransmission may take. */
const MIN_WAIT_MS = 150;
const MAX_WAIT_MS = 600;
const WAIT_ROUND_TRIPS = 3;
/** ms between two requests for a key frame. */
const REQUEST_MS = 300;
/** This many failures of a kind within 10 s, and the browser's player takes over. */
const MAX_FAILURES = 5;
const FAILURES_MS = 10_000;
/** More frames than this without a number in a row: the sender has stopped to number them. */
const MAX_UNNUMBERED = 15;
/** More frames than this in the decoder for this many ms: it is too slow. */
const MAX_QUEUE = 10;
const SLOW_MS = 2_000;

export function createPlayoutPipe(options: PlayoutPipeOptions): PlayoutPipe {
    const counters = createPlayoutCounters();
    let order: FrameOrder<Complete> = createFrameOrder(options.period);
    let wanted: PlayoutMode = options.immediate ? 'immediate' : 'buffered';
    let reason: BufferedReason | undefined = options.immediate ? undefined : 'wanted';
    let mode: PlayoutMode | undefined;
    let placeholders: Placeholders | undefined;
    let decoder: PictureDecoder | undefined;
    let hidden = false;
    let closed = false;
    let waitMs = MIN_WAIT_MS;
    let wait: ReturnType<typeof setTimeout> | undefined;
    let again: ReturnType<typeof setTimeout> | undefined;
    let requestedAt = Number.NEGATIVE_INFINITY;
    let slowSince: number | undefined;
    let unnumbered = 0;
    /** True until a key frame was decoded after a loss. */
    let lost = true;
    const failures = { errors: [] as number[], gaps: [] as number[] };
    const pictures = createPictureSink();

    const request = (): void => {
        if (closed || hidden) return;
        const now = performance.now();
        clearTimeout(again);
        // The request or its answer may be lost, so it is repeated until a key frame is here.
        again = setTimeout(() => (lost || mode !== wanted) && request(), REQUEST_MS);
        if (now - requestedAt < REQUEST_MS) return;
        requestedAt = now;
        counters.requested();
        options.requestKeyFrame();
    };
    const giveBack = (why: BufferedReason): void => {
        if (wanted === 'buffered') return;
        wanted = 'buffered';
        reason = why;
        request(); // the browser's player can begin only there
    };
    const failed = (kind: keyof typeof failures): void => {
        const now = performance.now();
        failures[kind] = [...failures[kind].filter((at) => now - at < FAILURES_MS), now];
        if (failures[kind].length >= MAX_FAILURES) giveBack(kind);
    };
    const lose = (): void => {
        lost = true;
        counters.catchingUp(true);
        request();
    };
    const decode = ({ key, timestamp, data, at }: Complete): void => {
        if (key) lost = false;
        if (lost || !decoder) return;
        counters.catchingUp(false);
        const queue = decoder.decode(key, timestamp, data, at);
        if (queue <= MAX_QUEUE) slowSince = undefined;
        else slowSince ??= at;
        if (slowSince !== undefined && at - slowSince > SLOW_MS) giveBack('slow');
    };
    const gapOver = (): void => {
        wait = undefined;
        counters.gaveUp();
        failed('gaps');
        const ready = order.giveUp();
        if (order.needsKey) lose();
        ready.forEach(decode);
        watchGap();
    };
    const watchGap = (): void => {
        if (!order.waiting) {
            clearTimeout(wait);
            wait = undefined;
        } else wait ??= setTimeout(gapOver, waitMs);
    };
    const openDecoder = (codec: string): void => {
        decoder?.close();
        decoder = createPictureDecoder(codec, {
            picture(frame, at) {
                counters.picture(frame.codedWidth, frame.codedHeight, performance.now() - at);
                pictures.show(frame);
            },
            failed() {
                counters.failed();
                failed('errors');
                openDecoder(codec);
                lose();
            },
        });
    };
    /** Decides with a key frame. */
    const choose = async (frame: EncodedFrame, number: number | undefined): Promise<void> => {
        const why = wanted === 'buffered' ? reason : await obstacle(frame, number);
        if (closed) return;
        const next: PlayoutMode = wanted === 'buffered' || why !== undefined ? 'buffered' : 'immediate';
        if (next === mode) return;
        mode = next;
        if (next === 'buffered') {
            decoder?.close();
            decoder = undefined;
            clearTimeout(wait);
            counters.catchingUp(false);
        }
        options.onMode(next, why);
    };
    /** Why this stream cannot be decoded here. Undefined: it can, and everything is ready. */
    const obstacle = async (frame: EncodedFrame, number: number | undefined): Promise<BufferedReason | undefined> => {
        if (number === undefined) return 'noNumbers';
        const codec = decodableCodec(options.codec(frame));
        if (!codec) return 'codec';
        if (decoder?.codec === codec.decode) return undefined;
        try {
            const { supported } = await VideoDecoder.isConfigSupported({
                codec: codec.decode,
                optimizeForLatency: true,
            });
            if (supported !== true) return 'codec';
            placeholders = await placeholdersOf(codec);
        } catch {
            return 'codec'; // no decoder, or no encoder for the placeholders
        }
        if (closed) return undefined;
        openDecoder(codec.decode);
        return undefined;
    };

    const take = (complete: Complete, number: number): void => {
        if (hidden) {
            counters.skipped();
            lost = true;
            return;
        }
        if (order.waiting) counters.held();
        order.push(number, complete.key, complete).forEach(decode);
        if (complete.key) counters.keyFrame();
        if (order.needsKey) lose();
        watchGap();
    };

    return {
        async receive(frame, number, at) {
            if (closed || frame.type === 'empty' || frame.data.byteLength === 0) return options.handOn(frame);
            const key = frame.type === 'key';
            unnumbered = number === undefined ? unnumbered + 1 : 0;
            if (unnumbered > MAX_UNNUMBERED) giveBack('noNumbers');
            // A media server puts blank key frames between those of the sender. They decide nothing.
            if (key && (mode !== 'immediate' || number !== undefined || wanted === 'buffered'))
                await choose(frame, number);
            if (closed || mode !== 'immediate' || !placeholders) return options.handOn(frame);
            if (number !== undefined) take({ key, timestamp: frame.timestamp, data: frame.data, at }, number);
            frame.data = (key ? placeholders.key : placeholders.delta).slice(0);
            return options.handOn(frame);
        },
        sink: pictures.sink,
        hidden(next) {
            if (hidden === next) return;
            hidden = next;
            if (mode !== 'immediate') return;
            order = createFrameOrder(options.period); // what is skipped does not count as missing
            watchGap();
            if (!hidden) return lose();
            lost = true;
            counters.catchingUp(false); // nobody waits for a picture
        },
        roundTrip(ms) {
            waitMs = Math.min(MAX_WAIT_MS, Math.max(MIN_WAIT_MS, ms * WAIT_ROUND_TRIPS));
        },
        immediate(next) {
            wanted = next ? 'immediate' : 'buffered';
            reason = next ? undefined : 'wanted';
            failures.errors = failures.gaps = [];
            if (mode !== undefined && mode !== wanted) request();
        },
        restart() {
            mode = undefined;
            lost = true;
            decoder?.close();
            decoder = undefined;
            order = createFrameOrder(options.period);
            watchGap();
            pictures.end();
        },
        stats: () => counters.stats(performance.now()),
        close() {
            closed = true;
            clearTimeout(wait);
            clearTimeout(again);
            decoder?.close();
            pictures.end();
        },
    };
}

/** Writes pictures to the page's track. Until the page has given one, keeps the newest. */
function createPictureSink(): {
    sink(stream: WritableStream<VideoFrame>): void;
    show(frame: VideoFrame): void;
    /** Forgets the page's track. */
    end(): void;
} {
    let writer: WritableStreamDefaultWriter<VideoFrame> | undefined;
    let kept: VideoFrame | undefined;
    const write = (frame: VideoFrame): void => {
        // The page has ended its track.
        writer?.write(frame).catch(() => frame.close());
    };
    return {
        sink(stream) {
            writer = stream.getWriter();
            if (kept) write(kept);
            kept = undefined;
        },
        show(frame) {
            if (writer) return write(frame);
            kept?.close();
            kept = frame;
        },
        end() {
            kept?.close();
            kept = undefined;
            writer?.close().catch(() => undefined); // it may have ended already
            writer = undefined;
        },
    };
}
