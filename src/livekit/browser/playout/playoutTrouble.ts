/** Counts what goes wrong, and says when Hush must leave the picture to the browser's player. Pure. */
import type { BufferedReason } from './playoutMessages.ts';

/** This many failures of a kind within 10 s are too many. */
const MAX_FAILURES = 5;
const FAILURES_MS = 10_000;
/** More frames than this in the decoder for this many ms: it is too slow. */
const MAX_QUEUE = 10;
const SLOW_MS = 2_000;
/** More frames than this without a number in a row: the sender has stopped to number them. */
const MAX_UNNUMBERED = 15;

export interface PlayoutTrouble {
    /** A failure of this kind. `at`: ms. */
    failed(kind: 'errors' | 'gaps', at: number): void;
    /** Frames that wait in the decoder. */
    queued(frames: number, at: number): void;
    /** Whether the frame has a number. */
    numbered(has: boolean): void;
    forget(): void;
}

/** `giveUp` gets the reason, each time that there is too much of it. */
export function createPlayoutTrouble(giveUp: (reason: BufferedReason) => void): PlayoutTrouble {
    const failures = { errors: [] as readonly number[], gaps: [] as readonly number[] };
    let slowSince: number | undefined;
    let unnumbered = 0;
    return {
        failed(kind, at) {
            failures[kind] = [...failures[kind].filter((earlier) => at - earlier < FAILURES_MS), at];
            if (failures[kind].length >= MAX_FAILURES) giveUp(kind);
        },
        queued(frames, at) {
            if (frames <= MAX_QUEUE) slowSince = undefined;
            else slowSince ??= at;
            if (slowSince !== undefined && at - slowSince > SLOW_MS) giveUp('slow');
        },
        numbered(has) {
            unnumbered = has ? 0 : unnumbered + 1;
            if (unnumbered > MAX_UNNUMBERED) giveUp('noNumbers');
        },
        forget() {
            failures.errors = failures.gaps = [];
            slowSince = undefined;
            unnumbered = 0;
        },
    };
}
