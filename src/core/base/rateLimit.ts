/** One token bucket per key. The caller provides the clock. */
export interface RateLimit {
    /** Takes one token of `key`. Returns 0 when there was one, else the ms until the next one. */
    take(key: string): number;
}

export interface RateLimitOptions {
    /** Tokens that are refilled each second. */
    readonly perSecond: number;
    /** Size of a full bucket: how many tokens are available at once after a pause. */
    readonly burst: number;
    /** Monotonic milliseconds. */
    readonly now: () => number;
}

/** With more keys than this, full buckets are dropped: a full bucket means the same as no bucket. */
const MAX_KEYS = 10_000;

export function createRateLimit({ perSecond, burst, now }: RateLimitOptions): RateLimit {
    const buckets = new Map<string, { level: number; at: number }>();
    const levelOf = (bucket: { level: number; at: number }, time: number): number =>
        Math.min(burst, bucket.level + ((time - bucket.at) / 1000) * perSecond);

    const makeRoom = (time: number): void => {
        for (const [key, bucket] of buckets) if (levelOf(bucket, time) >= burst) buckets.delete(key);
        // If all of them are in use, the oldest are dropped. Memory must not grow without limit.
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
