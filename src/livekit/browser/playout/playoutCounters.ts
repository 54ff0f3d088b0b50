/** Counts what happens to the frames of one track. Pure except for its own memory. */
import type { PlayoutStats } from './playoutMessages.ts';

const WINDOW_MS = 1_000;

export interface PlayoutCounters {
    /** A picture came out of the decoder, `ms` after its frame was complete. */
    picture(width: number, height: number, ms: number): void;
    skipped(): void;
    keyFrame(): void;
    held(): void;
    gaveUp(): void;
    failed(): void;
    requested(): void;
    catchingUp(now: boolean): void;
    stats(now: number): PlayoutStats;
}

export function createPlayoutCounters(): PlayoutCounters {
    let [frames, keyFrames, held, gaveUp, errors, keyFrameRequests] = [0, 0, 0, 0, 0, 0];
    let size = { width: 0, height: 0 };
    let catchingUp = false;
    /** Since the last reading: ms of each picture. */
    let times: number[] = [];
    let readAt: number | undefined;
    let rate = 0;
    let decodeMs = 0;
    return {
        picture(width, height, ms) {
            frames += 1;
            size = { width, height };
            times.push(ms);
        },
        skipped: () => void (frames += 1),
        keyFrame: () => void (keyFrames += 1),
        held: () => void (held += 1),
        gaveUp: () => void (gaveUp += 1),
        failed: () => void (errors += 1),
        requested: () => void (keyFrameRequests += 1),
        catchingUp: (now) => void (catchingUp = now),
        stats(now) {
            if (readAt === undefined || now - readAt >= WINDOW_MS) {
                const seconds = (now - (readAt ?? now)) / 1_000;
                rate = seconds > 0 ? Math.round(times.length / seconds) : 0;
                const sorted = times.toSorted((a, b) => a - b);
                decodeMs = Math.round((sorted[Math.floor(sorted.length / 2)] ?? 0) * 10) / 10;
                times = [];
                readAt = now;
            }
            const counted = { frames, keyFrames, held, gaveUp, errors, keyFrameRequests };
            return { ...counted, ...size, framesPerSecond: rate, decodeMs, catchingUp };
        },
    };
}
