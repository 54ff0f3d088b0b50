/** The worker's side of the gate: reads the capture, writes what may leave. */
import { createFrameGate, type FrameGate } from './frameGate.ts';
import { drawCard } from './coverCard.ts';
import type { FromGate, ToGate } from './gateMessages.ts';

export function isGateMessage(message: { readonly kind: string }): message is ToGate {
    return message.kind.startsWith('hush.gate.');
}

/** One worker has one gate. */
export function createGateWorker(post: (message: FromGate) => void): (message: ToGate) => void {
    let gate: FrameGate<VideoFrame> | undefined;
    return (message) => {
        switch (message.kind) {
            case 'hush.gate.open':
                gate ??= open(message, () => post({ kind: 'hush.gate.failed' }));
                return;
            case 'hush.gate.cover':
                gate?.cover(message.cover);
                return post({ kind: 'hush.gate.done', order: message.order });
        }
    };
}

function open({ readable, writable, delayMs, cover }: Extract<ToGate, { kind: 'hush.gate.open' }>, failed: () => void) {
    const writer = writable.getWriter();
    const canvas = new OffscreenCanvas(1, 1);
    const gate = createFrameGate<VideoFrame>({
        delayMs,
        cover,
        // The track that it writes to is closed when the share ends.
        write: (frame) => void writer.write(frame).catch(() => frame.close()),
        copy,
        retime(frame, timestamp) {
            const timed = new VideoFrame(frame, { timestamp });
            frame.close();
            return timed;
        },
        card(of, width, height, timestamp) {
            drawCard(canvas, of, width, height);
            return new VideoFrame(canvas, { timestamp });
        },
        now: () => performance.now(),
        after(ms, run) {
            const timer = setTimeout(run, ms);
            return () => clearTimeout(timer);
        },
    });
    pump(readable, gate).catch(failed);
    return gate;
}

/** Ends with the capture. A failure ends the pictures: nothing goes around the gate. */
async function pump(readable: ReadableStream<VideoFrame>, gate: FrameGate<VideoFrame>): Promise<void> {
    const reader = readable.getReader();
    try {
        for (let next = await reader.read(); !next.done; next = await reader.read()) await gate.take(next.value);
    } finally {
        gate.close();
    }
}

/** The capture has few buffers. A picture that waits must not hold one, or the capture stands still. */
async function copy(frame: VideoFrame): Promise<VideoFrame> {
    const { codedWidth, codedHeight, timestamp, format, colorSpace } = frame;
    try {
        if (format === null) {
            const bitmap = await createImageBitmap(frame);
            try {
                return new VideoFrame(bitmap, { timestamp });
            } finally {
                bitmap.close();
            }
        }
        const data = new Uint8Array(frame.allocationSize());
        const layout = await frame.copyTo(data);
        const visible = frame.visibleRect;
        return new VideoFrame(data, {
            format,
            codedWidth: visible?.width ?? codedWidth,
            codedHeight: visible?.height ?? codedHeight,
            timestamp,
            layout,
            colorSpace: colorSpace.toJSON(),
        });
    } finally {
        frame.close();
    }
}
