/** Lanes that wait for a connection try again by themselves, because it may come back before the account notices. */

/** ms until a lane without a connection tries again. Each further wait is twice as long. */
const FIRST_RETRY_MS = 4_000;
const LAST_RETRY_MS = 64_000;

export interface LaneRetries {
    later(lane: string): void;
    /** The lane sent something: its next wait is short again. */
    succeeded(lane: string): void;
    reset(): void;
}

export function createLaneRetries(
    after: (ms: number, work: () => void) => void,
    retry: (lane: string) => void,
): LaneRetries {
    const due = new Set<string>();
    /** The failures in a row of each lane. */
    const misses = new Map<string, number>();
    return {
        later(lane) {
            if (due.has(lane)) return;
            due.add(lane);
            const missed = misses.get(lane) ?? 0;
            misses.set(lane, missed + 1);
            after(Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** missed), () => {
                due.delete(lane);
                retry(lane);
            });
        },
        succeeded: (lane) => void misses.delete(lane),
        reset: () => misses.clear(),
    };
}
