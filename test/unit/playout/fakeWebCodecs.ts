/** Stands in for WebCodecs in Node: decoders that a test can make slow, or let fail. */

type Output = (frame: FakePicture) => void;

export class FakePicture {
    closed = false;
    readonly codedWidth = 640;
    readonly codedHeight = 480;
    readonly timestamp: number;
    readonly content: number;
    constructor(timestamp: number, content: number) {
        this.timestamp = timestamp;
        this.content = content;
    }
    close(): void {
        this.closed = true;
    }
}

export interface FakeWebCodecs {
    /** First bytes of the frames that decoders got, in order. */
    readonly decoded: number[];
    readonly pictures: FakePicture[];
    /** From now on, a frame with this first byte fails. */
    failAt: number | undefined;
    /** From now on, decoders keep this many frames waiting. */
    queue: number;
    supported: boolean;
    restore(): void;
}

export function fakeWebCodecs(): FakeWebCodecs {
    const fake: FakeWebCodecs = {
        decoded: [],
        pictures: [],
        failAt: undefined,
        queue: 0,
        supported: true,
        restore: () => Object.assign(globalThis, before),
    };
    class Chunk {
        readonly timestamp: number;
        readonly data: ArrayBuffer;
        readonly byteLength: number;
        constructor({ timestamp, data }: { timestamp: number; data: ArrayBuffer }) {
            this.timestamp = timestamp;
            this.data = data;
            this.byteLength = data.byteLength;
        }
        copyTo(to: ArrayBuffer): void {
            new Uint8Array(to).set(new Uint8Array(this.data));
        }
    }
    class Decoder {
        state = 'configured';
        readonly #init: { output: Output; error: (e: Error) => void };
        constructor(init: { output: Output; error: (e: Error) => void }) {
            this.#init = init;
        }
        static isConfigSupported = async () => ({ supported: fake.supported });
        configure(): void {
            this.state = 'configured';
        }
        get decodeQueueSize(): number {
            return fake.queue;
        }
        decode(chunk: Chunk): void {
            const [content = 0] = new Uint8Array(chunk.data);
            if (content === fake.failAt) {
                this.state = 'closed';
                return this.#init.error(new Error('bad frame'));
            }
            fake.decoded.push(content);
            const picture = new FakePicture(chunk.timestamp, content);
            fake.pictures.push(picture);
            this.#init.output(picture);
        }
        close(): void {
            this.state = 'closed';
        }
    }
    class Encoder {
        readonly #output: (chunk: Chunk) => void;
        constructor({ output }: { output: (chunk: Chunk) => void }) {
            this.#output = output;
        }
        configure(): void {}
        encode(_frame: unknown, { keyFrame }: { keyFrame: boolean }): void {
            this.#output(new Chunk({ timestamp: 0, data: new Uint8Array([keyFrame ? 255 : 254]).buffer }));
        }
        flush = async (): Promise<void> => undefined;
        close(): void {}
    }
    class Frame {
        close(): void {}
    }
    class Canvas {
        getContext(): undefined {
            return undefined;
        }
    }
    const parts = {
        VideoDecoder: Decoder,
        VideoEncoder: Encoder,
        EncodedVideoChunk: Chunk,
        VideoFrame: Frame,
        OffscreenCanvas: Canvas,
    };
    const before = Object.fromEntries(Object.keys(parts).map((name) => [name, Reflect.get(globalThis, name)]));
    Object.assign(globalThis, parts);
    return fake;
}
