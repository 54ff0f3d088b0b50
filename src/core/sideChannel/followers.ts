/**
 * Who follows us. A follower who closes only the tab cannot say that it ended, so it repeats that it follows, and is
 * forgotten when that stops. Pure except for its own memory.
 */
import type { After } from '../base/timer.ts';

/** ms between two times that a follower says so. */
const REPEAT_MS = 10_000;
/** ms without hearing it. Two may be lost. */
const FORGET_MS = 30_000;

export interface Followers {
    readonly size: number;
    /** Returns whether this device is new. */
    heard(device: string): boolean;
    delete(device: string): void;
    dispose(): void;
}

/** `forgotten`: a device has not said it for too long. */
export function createFollowers(after: After, forgotten: () => void): Followers {
    /** What stops the timer, by the key of the device. */
    const timers = new Map<string, () => void>();
    const remove = (device: string): void => {
        timers.get(device)?.();
        timers.delete(device);
    };
    return {
        get size() {
            return timers.size;
        },
        heard(device) {
            const isNew = !timers.has(device);
            remove(device);
            const stop = after(FORGET_MS, () => {
                timers.delete(device);
                forgotten();
            });
            timers.set(device, stop);
            return isNew;
        },
        delete: remove,
        dispose() {
            for (const device of [...timers.keys()]) remove(device);
        },
    };
}

export interface Repeat {
    start(): void;
    stop(): void;
}

/** Says again and again that we follow somebody. */
export function createRepeat(after: After, say: () => void): Repeat {
    let cancel: (() => void) | undefined;
    const wait = (): void => {
        cancel = after(REPEAT_MS, () => {
            wait();
            say();
        });
    };
    const stop = (): void => {
        cancel?.();
        cancel = undefined;
    };
    return {
        start() {
            stop();
            wait();
        },
        stop,
    };
}
