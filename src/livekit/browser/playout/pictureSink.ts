/** Writes pictures to the page's track. Until the page has given one, keeps the newest picture. */

export interface PictureSink {
    sink(stream: WritableStream<VideoFrame>): void;
    /** Closes the frame when it is no longer needed. */
    show(frame: VideoFrame): void;
    /** Forgets the page's track. */
    end(): void;
}

export function createPictureSink(): PictureSink {
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
