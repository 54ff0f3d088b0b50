/** Which messages a person has not seen: what others wrote after the last one that was in view. Notices are quiet. Pure. */
import type { ChatMessage } from './message.ts';

const COUNTED: ReadonlySet<ChatMessage['kind']> = new Set(['text', 'emote', 'file', 'unreadable']);

export interface Unread {
    readonly count: number;
    readonly first: string | null;
}

/** The last message that was in view. */
export interface Seen {
    readonly key: string;
    /** ms since the epoch. */
    readonly ts: number;
}

/** Of a conversation that was never in view nothing is news. */
export function unreadOf(messages: readonly ChatMessage[], seen: Seen | undefined): Unread {
    if (seen === undefined) return { count: 0, first: null };
    const at = messages.findIndex((m) => m.key === seen.key);
    // Not here: it lies further back than what is loaded, or was an echo; servers' clocks are near enough.
    const news = at >= 0 ? messages.slice(at + 1) : messages.filter((m) => m.ts > seen.ts);
    const last = news.findLastIndex((m) => m.own) + 1; // who answers has read
    const counted = news.slice(last).filter((m) => COUNTED.has(m.kind));
    return { count: counted.length, first: counted[0]?.key ?? null };
}

export function unreadWords(count: number): string {
    return count === 1 ? '1 new message' : `${count} new messages`;
}
