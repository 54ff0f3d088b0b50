/** A token bucket per key. Pure but for its own memory; the clock comes in. */
export interface RateLimit {
    /** Takes one token of `key`. Returns 0 when there was one, else the wait in ms until there is. */
    take(key: string): number;
}

export interface RateLimitOptions {
    /** Refill. */
    readonly perSecond: number;
    /** Size of a full bucket: so many at once after a pause. */
    readonly burst: number;
    /** Monotonic milliseconds. */
    readonly now: () => number;
}

/** Beyond this many keys the full buckets are dropped: they say no more than no bucket. */
const MAX_KEYS = 10_000;

export function createRateLimit({ perSecond, burst, now }: RateLimitOptions): RateLimit {
    const buckets = new Map<string, { level: number; at: number }>();
    const levelOf = (bucket: { level: number; at: number }, time: number): number =>
        Math.min(burst, bucket.level + ((time - bucket.at) / 1000) * perSecond);

    const makeRoom = (time: number): void => {
        for (const [key, bucket] of buckets) if (levelOf(bucket, time) >= burst) buckets.delete(key);
        // All of them in use: forget the oldest rather than grow without bound.
        for (const key of buckets.keys()) {
            if (buckets.size < MAX_KEYS) break;
            buckets.delete(key);
        }
    };

    return {
        take(key) {
            const time = now();
            const bucket = buckets.get(key);
            if (bucket === undefined && buckets.size >= MAX_KEYS) makeRoom(time);
            const level = bucket === undefined ? burst : levelOf(bucket, time);
            if (level < 1) return Math.ceil(((1 - level) / perSecond) * 1000);
            buckets.set(key, { level: level - 1, at: time });
            return 0;
        },
    };
}
