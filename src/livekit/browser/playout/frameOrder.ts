/**
 * Puts encoded frames into decoding order. A frame is complete when its last packet has come, so a lost and repeated
 * packet makes its frame late. A decoder that gets frames out of order fails, or shows a wrong picture without an error
 * (VP8). Pure.
 */

export interface FrameOrder<T> {
    /** Takes a frame in order of arrival. Returns the frames that can be decoded now, in order. */
    push(number: number, key: boolean, frame: T): readonly T[];
    /** True while frames are held because one before them is missing. */
    readonly waiting: boolean;
    /** True until a key frame comes: nothing can be decoded before it. */
    readonly needsKey: boolean;
    /**
     * Stops the wait for the missing frame. Returns what can be decoded without it, which begins with a key frame, or
     * nothing. Without a held key frame, the next one is needed.
     */
    giveUp(): readonly T[];
}

/** Frames that are held at most. One second of pictures is more than a retransmission takes. */
export const MAX_HELD = 60;
/** A key frame with an older number than the last frame is late up to this distance. Beyond it, a new count began. */
const LATE_KEY = 64;

interface Held<T> {
    readonly number: number;
    readonly key: boolean;
    readonly frame: T;
}

/** `period`: numbers count modulo this. `Infinity`: they only grow. */
export function createFrameOrder<T>(period: number): FrameOrder<T> {
    /** Number of the frame that is decoded next. */
    let next: number | undefined;
    let held: Held<T>[] = [];

    /** Signed distance from `next`: negative is late. */
    const ahead = (number: number, of: number): number => {
        const difference = number - of;
        if (!Number.isFinite(period)) return difference;
        const forward = ((difference % period) + period) % period;
        return forward < period / 2 ? forward : forward - period;
    };
    const follow = (number: number): number => (Number.isFinite(period) ? (number + 1) % period : number + 1);
    const drain = (): T[] => {
        const ready: T[] = [];
        for (;;) {
            const at = held.findIndex(({ number }) => number === next);
            const [found] = at < 0 ? [] : held.splice(at, 1);
            if (!found) return ready;
            ready.push(found.frame);
            next = follow(found.number);
        }
    };
    const giveUp = (): T[] => {
        const from = next;
        next = undefined;
        if (from === undefined) return [];
        held.sort((a, b) => ahead(a.number, from) - ahead(b.number, from));
        const key = held.findIndex((h) => h.key);
        held = key < 0 ? [] : held.slice(key);
        next = held[0]?.number;
        return drain();
    };
    return {
        push(number, key, frame) {
            const distance = next === undefined ? undefined : ahead(number, next);
            if (key) {
                if (distance !== undefined && distance < 0 && distance >= -LATE_KEY) return [];
                // Nothing before a key frame is needed any more.
                held = distance === undefined ? [] : held.filter((h) => ahead(h.number, number) > 0);
                next = number;
            } else if (distance === undefined || distance < 0) return [];
            if (held.some((h) => h.number === number)) return [];
            held.push({ number, key, frame });
            const ready = drain();
            return held.length > MAX_HELD ? [...ready, ...giveUp()] : ready;
        },
        get waiting() {
            return held.length > 0;
        },
        get needsKey() {
            return next === undefined;
        },
        giveUp,
    };
}
