/** The rows of the conversation: messages, days, the mark of the first unread message, and who has read how far. */
import { isolated } from '../../core/base/isolated.ts';
import type { TimeWords } from '../../core/base/timeWords.ts';
import type { ShownChat } from '../../core/chat/chatPageMessages.ts';
import type { ChatMessage } from '../../core/chat/message.ts';
import { h } from '../ui/dom.ts';
import type { BodyRenderer } from './bodyRenderer.ts';
import { timesOf, type MessageTime } from './messageTimes.ts';
import { messageElement, type MessageActions } from './messageView.ts';

export interface Row {
    readonly id: string;
    /** Rows with the same ID and the same look need no new element. */
    readonly look: string;
    make(): HTMLElement;
}
export interface RowOptions {
    readonly bodies: BodyRenderer;
    readonly actions: MessageActions;
    readonly words: TimeWords;
}

/** Messages of one person within this time in ms share one head. */
const TOGETHER_MS = 5 * 60_000;

interface TimedMessage {
    readonly message: ChatMessage;
    readonly time: MessageTime;
}

export function rowsOf(chat: ShownChat, { bodies, actions, words }: RowOptions): Row[] {
    const { room, messages, firstUnread, seen } = chat;
    const may = { write: room?.barred === null, react: room?.mayReact === true };
    const readers = new Map(seen.map(({ key, names }) => [key, names]));
    const times = timesOf(messages, Date.now(), words);
    const rows: Row[] = [];
    let before: TimedMessage | undefined;
    for (const [i, message] of messages.entries()) {
        const time = times[i];
        if (!time) continue;
        const unread = message.key === firstUnread;
        if (time.newDay !== undefined) rows.push(dayRow(message, time.newDay));
        if (unread) rows.push(NEW_ROW);
        const follows = time.newDay === undefined && !unread && sharesHead(before, { message, time });
        rows.push({
            // An echo and the sent message are one element for the person.
            id: message.txnId ?? message.key,
            look: `${signOf(message)} ${JSON.stringify([follows, may, time.label])}`,
            make: () => messageElement(message, { follows, may, time }, bodies, actions),
        });
        const names = readers.get(message.key)?.map(isolated).join(', ');
        if (names !== undefined) rows.push(seenRow(message, names));
        before = { message, time };
    }
    return rows;
}

function sharesHead(before: TimedMessage | undefined, { message, time }: TimedMessage): boolean {
    if (before?.message.sender !== message.sender || message.reply !== null) return false;
    return time.odd || before.time.odd
        ? time.label === before.time.label
        : Math.abs(message.ts - before.message.ts) < TOGETHER_MS;
}

const NEW_ROW: Row = {
    id: 'unread',
    look: '',
    make: () => h('div', { class: 'day new' }, h('span', {}, 'New')),
};

function dayRow({ key }: ChatMessage, day: string): Row {
    return { id: `day ${key}`, look: day, make: () => h('div', { class: 'day' }, h('span', {}, day)) };
}

function seenRow({ key }: ChatMessage, names: string): Row {
    return {
        id: `seen ${key}`,
        look: names,
        make: () => h('div', { class: 'seen', title: `Seen by ${names}` }, 'Seen by ', h('bdi', {}, names)),
    };
}

/** A message that did not change is the same object in the next state. */
const signs = new WeakMap<ChatMessage, string>();

function signOf(message: ChatMessage): string {
    let sign = signs.get(message);
    if (sign === undefined) {
        sign = JSON.stringify(message);
        signs.set(message, sign);
    }
    return sign;
}
