/** A WebCodecs decoder that gives each picture as soon as it can (W3C WebCodecs, `optimizeForLatency`). */

export interface PictureDecoder {
    readonly codec: string;
    /**
     * `timestamp`: RTP, 90 kHz. `at`: ms, when the frame was complete. Returns the number of frames that wait in the
     * decoder.
     */
    decode(key: boolean, timestamp: number, data: ArrayBuffer, at: number): number;
    close(): void;
}

export interface PictureDecoderEvents {
    /** The receiver closes the frame. `at`: as given to `decode`. */
    picture(frame: VideoFrame, at: number): void;
    /** The decoder is of no use any more. */
    failed(): void;
}

/** Pictures that a decoder may hold back. Older entries belong to frames without a picture. */
const MAX_PENDING = 120;

export function createPictureDecoder(codec: string, events: PictureDecoderEvents): PictureDecoder {
    const pending = new Map<number, number>();
    let ended = false;
    const fail = (): void => {
        if (ended) return;
        ended = true;
        events.failed();
    };
    const decoder = new VideoDecoder({
        output(frame) {
            if (ended) return frame.close();
            const at = pending.get(frame.timestamp);
            pending.delete(frame.timestamp);
            events.picture(frame, at ?? performance.now());
        },
        error: fail,
    });
    decoder.configure({ codec, optimizeForLatency: true });
    return {
        codec,
        decode(key, rtp, data, at) {
            const timestamp = Math.round((rtp / 90) * 1_000);
            pending.set(timestamp, at);
            if (pending.size > MAX_PENDING) pending.delete(pending.keys().next().value ?? timestamp);
            try {
                decoder.decode(new EncodedVideoChunk({ type: key ? 'key' : 'delta', timestamp, data }));
            } catch {
                fail(); // a delta frame without its key frame, or a closed decoder
            }
            return ended ? 0 : decoder.decodeQueueSize;
        },
        close() {
            ended = true;
            if (decoder.state !== 'closed') decoder.close();
        },
    };
}
