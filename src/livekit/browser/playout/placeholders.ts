/**
 * Tiny frames that WebRTC's own pipeline gets in place of those that Hush decodes itself. The pipeline must get a frame
 * for each one, else it asks for key frames without end. With these, it stays content, and the second decoding costs
 * nothing. Its statistics then say 16 × 16.
 */
import type { DecodableCodec } from './decodableCodec.ts';

export interface Placeholders {
    readonly key: ArrayBuffer;
    readonly delta: ArrayBuffer;
}

/** Width and height. */
export const PLACEHOLDER_PX = 16;
const FRAME_US = 33_000;
const made = new Map<string, Promise<Placeholders>>();

/** Encoded once per codec. Rejects if the browser has no encoder for it. */
export function placeholdersOf(codec: DecodableCodec): Promise<Placeholders> {
    const known = made.get(codec.encode);
    if (known) return known;
    const next = encode(codec.encode);
    made.set(codec.encode, next);
    next.catch(() => made.delete(codec.encode)); // the next key frame tries again
    return next;
}

async function encode(codec: string): Promise<Placeholders> {
    const chunks: ArrayBuffer[] = [];
    let failure: DOMException | undefined;
    const encoder = new VideoEncoder({
        output(chunk) {
            const data = new ArrayBuffer(chunk.byteLength);
            chunk.copyTo(data);
            chunks.push(data);
        },
        error(error) {
            failure = error;
        },
    });
    encoder.configure({
        codec,
        width: PLACEHOLDER_PX,
        height: PLACEHOLDER_PX,
        latencyMode: 'realtime',
        bitrate: 10_000,
    });
    const canvas = new OffscreenCanvas(PLACEHOLDER_PX, PLACEHOLDER_PX);
    canvas.getContext('2d')?.fillRect(0, 0, PLACEHOLDER_PX, PLACEHOLDER_PX);
    // The third frame stands for all later ones: it changes nothing against the second.
    for (let i = 0; i < 3; i++) {
        const frame = new VideoFrame(canvas, { timestamp: i * FRAME_US });
        encoder.encode(frame, { keyFrame: i === 0 });
        frame.close();
    }
    await encoder.flush();
    encoder.close();
    const [key, , delta] = chunks;
    if (failure || !key || !delta) throw failure ?? new Error(`The encoder of ${codec} gave no frames.`);
    return { key, delta };
}
