/** Who types in the shown conversation, and how far its people have read, for the page. */
import type { ChatMessage } from './message.ts';
import { visibleLine } from '../base/visibleText.ts';
import type { ReadMark, RoomActivity } from '../rooms/presencePort.ts';

export interface SeenBy {
    /** Key of the message. */
    readonly key: string;
    readonly names: string[];
}

/** More names than a person reads. */
const MAX_NAMES = 20;

/** The message of a read marker: its own, or the last one before an event that is not shown (a reaction, a call). */
export function markedMessage(messages: readonly ChatMessage[], mark: ReadMark): ChatMessage | undefined {
    return (
        messages.find(({ key }) => key === mark.eventId) ??
        messages.findLast(({ ts, state }) => state === 'sent' && ts <= mark.ts)
    );
}

/**
 * For each message, the people who have read up to it and no further. A sender is not listed under their own message.
 */
export function seenBy(messages: readonly ChatMessage[], read: RoomActivity['read']): SeenBy[] {
    const names = new Map<string, string[]>();
    for (const mark of read) {
        const message = markedMessage(messages, mark);
        if (!message || message.sender === mark.userId) continue;
        const list = names.get(message.key) ?? [];
        names.set(message.key, list);
        list.push(visibleLine(mark.name, 400));
    }
    return [...names].map(([key, list]) => ({ key, names: list.toSorted().slice(0, MAX_NAMES) }));
}
