/** The list of messages: keeps its place while it grows at either end, and touches only what changed. */
import type { ChatHostMessage, ChatMessage } from '../protocol/chatMessages.ts';
import { h, setHidden } from '../ui/dom.ts';
import { icon } from '../ui/icons.ts';
import type { BodyRenderer } from './bodyRenderer.ts';
import { messageElement, type MessageActions } from './messageView.ts';

export type Shown = Extract<ChatHostMessage, { type: 'chat.show' }>;
export interface Conversation {
    readonly element: HTMLElement;
    show(shown: Shown): void;
    /** Brings a message into view; false: it is not here. */
    goTo(key: string): boolean;
}
export interface ConversationOptions {
    readonly bodies: BodyRenderer;
    readonly actions: MessageActions;
    /** The oldest message comes into view, and there are older ones. */
    readonly earlier: () => void;
    /** The newest message is in view. */
    readonly seen: () => void;
}

/** Messages of one person within so many ms stand under one head. */
const TOGETHER_MS = 5 * 60_000;
/** px from an end that count as being there. */
const NEAR_END = 40;
const NEAR_START = 300;

export function createConversation({ bodies, actions, earlier, seen }: ConversationOptions): Conversation {
    const start = h('div', { class: 'start', role: 'status' });
    const list = h('div', { class: 'list', role: 'log', 'aria-label': 'Messages' });
    const toEnd = h(
        'button',
        { type: 'button', class: 'toEnd', title: 'Newest messages', 'aria-label': 'Newest messages', hidden: true },
        icon('down'),
    );
    const scroller = h('div', { class: 'scroller', tabindex: '0' }, start, list);
    const element = h('div', { class: 'conversation' }, scroller, toEnd);
    const drawn = new Map<string, { look: string; element: HTMLElement }>();
    let shown: Shown | undefined;
    let atEnd = true;

    const look = (): void => {
        atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight <= NEAR_END;
        setHidden(toEnd, atEnd);
        if (!shown || scroller.clientHeight === 0) return;
        if (atEnd && document.visibilityState === 'visible') seen();
        if (scroller.scrollTop < NEAR_START && !shown.atStart && !shown.loading && !shown.offline) earlier();
    };
    const end = (): void => {
        scroller.scrollTop = scroller.scrollHeight;
    };
    scroller.addEventListener('scroll', look, { passive: true });
    document.addEventListener('visibilitychange', look);
    new ResizeObserver(() => {
        if (atEnd) end();
        look();
    }).observe(scroller);
    toEnd.addEventListener('click', end);

    function draw(messages: readonly ChatMessage[], firstUnread: string | null): void {
        const used = new Set<string>();
        const wanted: HTMLElement[] = [];
        const take = (id: string, sign: string, make: () => HTMLElement): void => {
            let entry = drawn.get(id);
            if (entry?.look !== sign) {
                entry = { look: sign, element: make() };
                drawn.set(id, entry);
            }
            used.add(id);
            wanted.push(entry.element);
        };
        let before: ChatMessage | undefined;
        for (const message of messages) {
            const day = dayOf(message.ts);
            const newDay = before === undefined || dayOf(before.ts) !== day;
            if (newDay) take(`day ${message.key}`, day, () => h('div', { class: 'day' }, h('span', {}, day)));
            const unread = message.key === firstUnread;
            if (unread) take('unread', '', () => h('div', { class: 'day new' }, h('span', {}, 'New')));
            const follows =
                !newDay &&
                !unread &&
                before?.sender === message.sender &&
                message.ts - before.ts < TOGETHER_MS &&
                message.reply === null;
            // An echo and what becomes of it are one element to the person.
            take(message.txnId ?? message.key, JSON.stringify([message, follows]), () =>
                messageElement(message, follows, bodies, actions),
            );
            before = message;
        }
        for (const id of [...drawn.keys()]) if (!used.has(id)) drawn.delete(id);
        for (const [i, child] of wanted.entries())
            if (list.children[i] !== child) list.insertBefore(child, list.children[i] ?? null);
        while (list.children.length > wanted.length) list.lastElementChild?.remove();
    }

    return {
        element,
        show(next) {
            const sameRoom = shown?.room?.roomId === next.room?.roomId;
            const fromEnd = scroller.scrollHeight - scroller.scrollTop;
            const grewBefore = shown?.messages[0]?.key !== next.messages[0]?.key;
            const own =
                next.messages.at(-1)?.state === 'sending' && shown?.messages.at(-1)?.key !== next.messages.at(-1)?.key;
            shown = next;
            draw(next.messages, next.firstUnread);
            start.textContent = startOf(next);
            if (!sameRoom || atEnd || own) end();
            else if (grewBefore) scroller.scrollTop = scroller.scrollHeight - fromEnd;
            look();
        },
        goTo(key) {
            const target = list.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
            if (!target) return false;
            target.scrollIntoView({ block: 'center' });
            target.focus({ preventScroll: true });
            return true;
        },
    };
}

function dayOf(ts: number): string {
    return new Date(ts).toLocaleDateString(undefined, {
        weekday: 'long',
        day: 'numeric',
        month: 'long',
        year: 'numeric',
    });
}

function startOf({ atStart, loading, offline, messages }: Shown): string {
    if (atStart) return messages.length === 0 ? 'No messages yet. Say hello.' : 'The conversation starts here.';
    return offline
        ? 'Earlier messages come when the homeserver is reached again.'
        : loading
          ? 'Getting earlier messages…'
          : '';
}
