/** Gives frames in decoding order, and ends the wait for a missing one when a retransmission can no longer bring it. */
import { createFrameOrder } from './frameOrder.ts';

/** ms to wait for a missing frame: bounds, and the number of round trips that a retransmission may take. */
const MIN_WAIT_MS = 150;
const MAX_WAIT_MS = 600;
const WAIT_ROUND_TRIPS = 3;

export interface FrameQueue<T> {
    /** `frame`: the next one by arrival. `number`: its place in the decoding order. */
    push(number: number, key: boolean, frame: T): void;
    /** True while frames wait for one before them. */
    readonly waiting: boolean;
    /** True until a key frame comes: nothing can be decoded before it. */
    readonly needsKey: boolean;
    /** ms, of the connection. */
    roundTrip(ms: number): void;
    /** Forgets all frames. The next key frame is the beginning. */
    clear(): void;
}

/** `period`: numbers count modulo this. `ready`: gets the frames in order. `gap`: a missing frame was given up. */
export function createFrameQueue<T>(period: number, ready: (frame: T) => void, gap: () => void): FrameQueue<T> {
    let order = createFrameOrder<T>(period);
    let waitMs = MIN_WAIT_MS;
    let wait: ReturnType<typeof setTimeout> | undefined;
    const watch = (): void => {
        if (order.waiting) wait ??= setTimeout(giveUp, waitMs);
        else stop();
    };
    const stop = (): void => {
        clearTimeout(wait);
        wait = undefined;
    };
    const giveUp = (): void => {
        wait = undefined;
        const frames = order.giveUp();
        gap();
        frames.forEach(ready);
        watch();
    };
    return {
        push(number, key, frame) {
            const frames = order.push(number, key, frame);
            // What was waited for is here. Another one may be missing, with a wait of its own.
            if (frames.length > 0) stop();
            frames.forEach(ready);
            watch();
        },
        get waiting() {
            return order.waiting;
        },
        get needsKey() {
            return order.needsKey;
        },
        roundTrip(ms) {
            waitMs = Math.min(MAX_WAIT_MS, Math.max(MIN_WAIT_MS, ms * WAIT_ROUND_TRIPS));
        },
        clear() {
            order = createFrameOrder<T>(period);
            watch();
        },
    };
}
