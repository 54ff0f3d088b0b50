/**
 * One incoming video track between its complete frames and WebRTC's pipeline. Decides whether Hush decodes the frames at
 * once, and hands each frame on: as it is, or as a placeholder of 16 × 16 px. The mode changes only with a key frame,
 * because no decoder can continue a stream whose beginning the other one has.
 */
import { decodableCodec, type DecodableCodec } from './decodableCodec.ts';
import { createFrameQueue } from './frameQueue.ts';
import { createKeyFrameRequests } from './keyFrameRequests.ts';
import { createPictureDecoder, type PictureDecoder } from './pictureDecoder.ts';
import { createPictureSink } from './pictureSink.ts';
import { placeholdersOf, type Placeholders } from './placeholders.ts';
import { createPlayoutCounters } from './playoutCounters.ts';
import type { BufferedReason, PlayoutMode, PlayoutStats } from './playoutMessages.ts';
import { createPlayoutTrouble } from './playoutTrouble.ts';

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

export function createPlayoutPipe(options: PlayoutPipeOptions): PlayoutPipe {
    const counters = createPlayoutCounters();
    const pictures = createPictureSink();
    let wanted: PlayoutMode = options.immediate ? 'immediate' : 'buffered';
    let reason: BufferedReason | undefined = options.immediate ? undefined : 'wanted';
    let mode: PlayoutMode | undefined;
    let placeholders: Placeholders | undefined;
    let decoder: PictureDecoder | undefined;
    let hidden = false;
    let closed = false;
    /** True until a key frame can be decoded. */
    let lost = true;

    const ask = (): void => {
        if (!closed && !hidden) requests.ask();
    };
    const requests = createKeyFrameRequests(
        () => {
            counters.requested();
            options.requestKeyFrame();
        },
        () => !closed && !hidden && (lost || mode !== wanted),
    );
    const lose = (): void => {
        lost = true;
        counters.catchingUp(true);
        ask();
    };
    const trouble = createPlayoutTrouble((why) => {
        if (wanted === 'buffered') return;
        wanted = 'buffered';
        reason = why;
        ask(); // the browser's player can begin only with a key frame
    });
    const decode = ({ key, timestamp, data, at }: Complete): void => {
        if (key) lost = false;
        if (lost || !decoder) return;
        counters.catchingUp(false);
        trouble.queued(decoder.decode(key, timestamp, data, at), at);
    };
    const queue = createFrameQueue(options.period, decode, () => {
        counters.gaveUp();
        trouble.failed('gaps', performance.now());
        if (queue.needsKey) lose();
    });
    const openDecoder = (codec: string): void => {
        decoder?.close();
        decoder = createPictureDecoder(codec, {
            picture(frame, at) {
                counters.picture(frame.codedWidth, frame.codedHeight, performance.now() - at);
                pictures.show(frame);
            },
            failed() {
                counters.failed();
                trouble.failed('errors', performance.now());
                openDecoder(codec);
                lose();
            },
        });
    };
    const closeDecoder = (): void => {
        decoder?.close();
        decoder = undefined;
        queue.clear();
        counters.catchingUp(false);
    };
    /** Why this stream cannot be decoded here. Undefined: it can, and everything is ready. */
    const obstacle = async (frame: EncodedFrame, number: number | undefined): Promise<BufferedReason | undefined> => {
        if (number === undefined) return 'noNumbers';
        const codec = decodableCodec(options.codec(frame));
        if (!codec) return 'codec';
        if (decoder?.codec === codec.decode) return undefined;
        const ready = await placeholdersIfDecodable(codec);
        if (!ready) return 'codec';
        placeholders = ready;
        if (!closed) openDecoder(codec.decode);
        return undefined;
    };
    /** Decides with a key frame. */
    const choose = async (frame: EncodedFrame, number: number | undefined): Promise<void> => {
        const why = wanted === 'buffered' ? reason : await obstacle(frame, number);
        const next: PlayoutMode = wanted === 'buffered' || why !== undefined ? 'buffered' : 'immediate';
        if (closed || next === mode) return;
        mode = next;
        if (next === 'buffered') closeDecoder();
        options.onMode(next, why);
    };
    const take = (complete: Complete, number: number): void => {
        if (hidden) {
            counters.skipped();
            lost = true;
            return;
        }
        if (queue.waiting) counters.held();
        if (complete.key) counters.keyFrame();
        queue.push(number, complete.key, complete);
        if (queue.needsKey) lose();
    };

    return {
        async receive(frame, number, at) {
            if (closed || frame.type === 'empty' || frame.data.byteLength === 0) return options.handOn(frame);
            const key = frame.type === 'key';
            trouble.numbered(number !== undefined);
            // A media server puts blank key frames between those of the sender. They decide nothing.
            const foreign = mode === 'immediate' && number === undefined && wanted === 'immediate';
            if (key && !foreign) await choose(frame, number);
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
            queue.clear(); // what is skipped does not count as missing
            if (!hidden) return lose();
            lost = true;
            counters.catchingUp(false); // nobody waits for a picture
        },
        roundTrip: queue.roundTrip,
        immediate(next) {
            wanted = next ? 'immediate' : 'buffered';
            reason = next ? undefined : 'wanted';
            trouble.forget();
            if (mode !== undefined && mode !== wanted) ask();
        },
        restart() {
            mode = undefined;
            lost = true;
            closeDecoder();
            pictures.end();
        },
        stats: () => counters.stats(performance.now()),
        close() {
            closed = true;
            requests.stop();
            closeDecoder();
            pictures.end();
        },
    };
}

/** Returns undefined without a decoder for the codec, or an encoder for its placeholders. */
async function placeholdersIfDecodable(codec: DecodableCodec): Promise<Placeholders | undefined> {
    try {
        const { supported } = await VideoDecoder.isConfigSupported({ codec: codec.decode, optimizeForLatency: true });
        return supported === true ? await placeholdersOf(codec) : undefined;
    } catch {
        return undefined;
    }
}
