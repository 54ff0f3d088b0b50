/** Which messages a person has not seen: what others wrote after the last one that was in view. Notices are quiet. Pure. */
import type { ChatMessage } from '../../webview/protocol/chatMessages.ts';

const COUNTED: ReadonlySet<ChatMessage['kind']> = new Set(['text', 'emote', 'file', 'unreadable']);

export interface Unread {
    readonly count: number;
    readonly first: string | null;
}

/** `seen`: key of the last message in view. Of a conversation that was never in view nothing is news. */
export function unreadOf(messages: readonly ChatMessage[], seen: string | undefined): Unread {
    if (seen === undefined) return { count: 0, first: null };
    // Not here: what is here came after it, or it is beyond a gap that is being filled.
    const news = messages.slice(messages.findIndex((m) => m.key === seen) + 1);
    const last = news.findLastIndex((m) => m.own) + 1; // who answers has read
    const counted = news.slice(last).filter((m) => COUNTED.has(m.kind));
    return { count: counted.length, first: counted[0]?.key ?? null };
}
