/**
 * When each message was sent, in words, and where a new day begins. The order of the room counts, not the clocks of its
 * servers: one that is wrong opens no day of its own, and is shown as wrong. Pure.
 */
import { isTime, type TimeWords } from '../../core/base/timeWords.ts';

export interface MessageTime {
    readonly label: string;
    readonly title: string;
    /** The label is more than a time of the day above. */
    readonly odd: boolean;
    /** A new day begins with this message: its name. */
    readonly newDay: string | undefined;
}

/** ms. Clocks that differ by less are right. */
const TOLERANCE_MS = 60 * 60_000;
const DAY_MS = 24 * TOLERANCE_MS;
/** Matrix did not exist before. ms since the epoch. */
const FIRST_MS = Date.UTC(2014, 0, 1);
/** The newest messages that tell whether our own clock is behind. */
const WITNESSES = 21;
const FEWEST_WITNESSES = 5;

/** `messages`: in the order of the room. `now`: ms since the epoch, by our own clock. */
export function timesOf(messages: readonly { readonly ts: number }[], now: number, words: TimeWords): MessageTime[] {
    const others = typical(messages.map(({ ts }) => ts));
    const isBehind = others > now + TOLERANCE_MS;
    const latest = isBehind ? others + DAY_MS : now + TOLERANCE_MS;
    let today = -Infinity;
    return messages.map(({ ts }) => {
        if (!isTime(ts) || ts < FIRST_MS || ts > latest)
            return {
                label: 'wrong clock',
                title: `This clock or that of the sender’s homeserver is wrong. The message says: ${words.moment(ts)}`,
                odd: true,
                newDay: undefined,
            };
        const day = new Date(ts).setHours(0, 0, 0, 0);
        if (day < today)
            return {
                label: words.moment(ts),
                title: `Sent ${words.moment(ts)}. It came late, or the clock of the sender’s homeserver is behind.`,
                odd: true,
                newDay: undefined,
            };
        const newDay = day > today ? words.day(ts) : undefined;
        today = day;
        return { label: words.time(ts), title: words.moment(ts), odd: false, newDay };
    });
}

/** The middle of the newest times. A few wrong clocks do not move it. */
function typical(all: readonly number[]): number {
    const last = all.slice(-WITNESSES).filter(isTime);
    if (last.length < FEWEST_WITNESSES) return -Infinity;
    return last.toSorted((a, b) => a - b)[Math.floor((last.length - 1) / 2)] ?? -Infinity;
}
