/** Decodes the frames of one track in order, and knows when no picture can come before the next key frame. */
import { createFrameQueue } from './frameQueue.ts';
import { createPictureDecoder, type PictureDecoder } from './pictureDecoder.ts';
import type { PlayoutCounters } from './playoutCounters.ts';
import type { PlayoutTrouble } from './playoutTrouble.ts';

/** A frame on its way to the decoder. `at`: ms, when it was complete. `number`: its place in the decoding order. */
interface CompleteFrame {
    readonly number: number;
    readonly key: boolean;
    /** RTP timestamp: 90 kHz, 32 bits. */
    readonly timestamp: number;
    readonly data: ArrayBuffer;
    readonly at: number;
}

export interface FrameDecoding {
    /** True until a key frame can be decoded. */
    readonly lost: boolean;
    /** The codec of the open decoder. */
    readonly codec: string | undefined;
    open(codec: string): void;
    take(frame: CompleteFrame): void;
    /** Nobody sees the picture (true), so frames are skipped. */
    hidden(hidden: boolean): void;
    /** ms, of the connection. */
    roundTrip(ms: number): void;
    close(): void;
}

export interface FrameDecodingOptions {
    /** The numbers of the frames count modulo this. */
    readonly period: number;
    readonly counters: PlayoutCounters;
    readonly trouble: PlayoutTrouble;
    /** Gets each picture, and closes it. */
    readonly show: (picture: VideoFrame) => void;
    /** A key frame is needed. */
    readonly onLost: () => void;
}

export function createFrameDecoding(options: FrameDecodingOptions): FrameDecoding {
    const { counters, trouble, show } = options;
    let decoder: PictureDecoder | undefined;
    let hidden = false;
    let lost = true;

    const lose = (): void => {
        lost = true;
        counters.catchingUp(true);
        options.onLost();
    };
    const decode = ({ key, timestamp, data, at }: CompleteFrame): void => {
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
    const open = (codec: string): void => {
        decoder?.close();
        decoder = createPictureDecoder(codec, {
            picture(frame, at) {
                counters.picture(frame.codedWidth, frame.codedHeight, performance.now() - at);
                show(frame);
            },
            failed() {
                counters.failed();
                trouble.failed('errors', performance.now());
                open(codec);
                lose();
            },
        });
    };
    return {
        get lost() {
            return lost;
        },
        get codec() {
            return decoder?.codec;
        },
        open,
        take(frame) {
            if (hidden) {
                counters.skipped();
                lost = true;
                return;
            }
            if (queue.waiting) counters.held();
            if (frame.key) counters.keyFrame();
            queue.push(frame.number, frame.key, frame);
            if (queue.needsKey) lose();
        },
        hidden(next) {
            hidden = next;
            if (!decoder) return;
            queue.clear(); // what is skipped does not count as missing
            if (!hidden) return lose();
            lost = true;
            counters.catchingUp(false); // nobody waits for a picture
        },
        roundTrip: queue.roundTrip,
        close() {
            lost = true;
            decoder?.close();
            decoder = undefined;
            queue.clear();
            counters.catchingUp(false);
        },
    };
}
