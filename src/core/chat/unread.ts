/** The messages that a person has not seen: those of others after the last one in view. Notices do not count. */
import type { ChatMessage } from './message.ts';

const COUNTED: ReadonlySet<ChatMessage['kind']> = new Set(['text', 'emote', 'file', 'other', 'unreadable']);

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

/** A conversation that was never in view has no unread messages. */
export function unreadOf(messages: readonly ChatMessage[], seen: Seen | undefined): Unread {
    if (seen === undefined) return { count: 0, first: null };
    const at = messages.findIndex((m) => m.key === seen.key);
    // The message is not here: it is older than what is loaded, or it was an echo. The servers' clocks are close
    // enough.
    const news = at >= 0 ? messages.slice(at + 1) : messages.filter((m) => m.ts > seen.ts);
    const last = news.findLastIndex((m) => m.own) + 1; // a person who answers has read
    const counted = news.slice(last).filter((m) => COUNTED.has(m.kind));
    return { count: counted.length, first: counted[0]?.key ?? null };
}

export function unreadWords(count: number): string {
    return count === 1 ? '1 new message' : `${count} new messages`;
}
