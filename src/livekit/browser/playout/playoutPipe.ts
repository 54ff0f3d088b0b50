/**
 * One incoming video track between its complete frames and WebRTC's pipeline. Decides whether Hush decodes the frames at
 * once, and hands each frame on: as it is, or as a placeholder of 16 × 16 px. The mode changes only with a key frame,
 * because no decoder can continue a stream whose beginning the other one has.
 */
import { decodableCodec, type DecodableCodec } from './decodableCodec.ts';
import { createFrameDecoding } from './frameDecoding.ts';
import { createKeyFrameRequests } from './keyFrameRequests.ts';
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
    /** What the page asked for. */
    let asked = options.immediate;
    let wanted: PlayoutMode = asked ? 'immediate' : 'buffered';
    let reason: BufferedReason | undefined = asked ? undefined : 'wanted';
    let mode: PlayoutMode | undefined;
    let placeholders: Placeholders | undefined;
    let hidden = false;
    let closed = false;
    /** A change of mode waits for a key frame. */
    let due = false;

    const ask = (): void => {
        if (!closed && !hidden) requests.ask();
    };
    const requests = createKeyFrameRequests(
        () => {
            counters.requested();
            options.requestKeyFrame();
        },
        () => !closed && !hidden && (due || (mode === 'immediate' && decoding.lost)),
    );
    const trouble = createPlayoutTrouble((why) => {
        if (wanted === 'buffered') return;
        wanted = 'buffered';
        reason = why;
        due = true;
        ask(); // the browser's player can begin only with a key frame
    });
    /** Does what the page asked for, whatever went wrong before. */
    const begin = (): void => {
        wanted = asked ? 'immediate' : 'buffered';
        reason = asked ? undefined : 'wanted';
        trouble.forget();
    };
    const { period } = options;
    const decoding = createFrameDecoding({ period, counters, trouble, show: pictures.show, onLost: ask });
    /** Why this stream cannot be decoded here. Undefined: it can, and everything is ready. */
    const obstacle = async (frame: EncodedFrame, number: number | undefined): Promise<BufferedReason | undefined> => {
        if (number === undefined) return 'noNumbers';
        const codec = decodableCodec(options.codec(frame));
        if (!codec) return 'codec';
        if (decoding.codec === codec.decode) return undefined;
        const ready = await placeholdersIfDecodable(codec);
        if (!ready) return 'codec';
        placeholders = ready;
        if (!closed) decoding.open(codec.decode);
        return undefined;
    };
    /** Decides with a key frame. */
    const choose = async (frame: EncodedFrame, number: number | undefined): Promise<void> => {
        const why = wanted === 'buffered' ? reason : await obstacle(frame, number);
        const next: PlayoutMode = wanted === 'buffered' || why !== undefined ? 'buffered' : 'immediate';
        due = false;
        if (closed || next === mode) return;
        mode = next;
        if (next === 'buffered') decoding.close();
        options.onMode(next, why);
    };

    return {
        async receive(frame, number, at) {
            const { data, timestamp } = frame;
            if (closed || frame.type === 'empty' || data.byteLength === 0) return options.handOn(frame);
            const key = frame.type === 'key';
            trouble.numbered(number !== undefined);
            // A media server puts blank key frames between those of the sender. They decide nothing.
            const foreign = mode === 'immediate' && number === undefined && wanted === 'immediate';
            if (key && !foreign) await choose(frame, number);
            if (closed || mode !== 'immediate' || !placeholders) return options.handOn(frame);
            if (number !== undefined) decoding.take({ number, key, timestamp, data, at });
            frame.data = (key ? placeholders.key : placeholders.delta).slice(0);
            return options.handOn(frame);
        },
        sink: pictures.sink,
        hidden(next) {
            if (hidden === next) return;
            hidden = next;
            decoding.hidden(hidden);
        },
        roundTrip: decoding.roundTrip,
        immediate(next) {
            asked = next;
            begin();
            due = mode !== undefined && mode !== wanted;
            if (due) ask();
        },
        restart() {
            mode = undefined;
            due = false;
            requests.stop();
            begin();
            decoding.close();
            pictures.end();
        },
        stats: () => counters.stats(performance.now()),
        close() {
            closed = true;
            requests.stop();
            decoding.close();
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
