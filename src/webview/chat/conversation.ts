/** The list of messages. It keeps its scroll position while it grows at either end, and updates only what changed. */
import type { ShownChat } from '../../core/chat/chatPageMessages.ts';
import type { ChatMessage } from '../../core/chat/message.ts';
import { isolated } from '../../core/base/isolated.ts';
import type { TimeWords } from '../../core/base/timeWords.ts';
import { h, setHidden, setText } from '../ui/dom.ts';
import { icon } from '../ui/icons.ts';
import type { BodyRenderer } from './bodyRenderer.ts';
import { timesOf, type MessageTime } from './messageTimes.ts';
import { messageElement, type MessageActions } from './messageView.ts';

export type Shown = ShownChat;
export interface Conversation {
    readonly element: HTMLElement;
    show(shown: Shown): void;
    /** Scrolls to a message. Returns false if it is not in the list. */
    goTo(key: string): boolean;
}
export interface ConversationOptions {
    readonly bodies: BodyRenderer;
    readonly actions: MessageActions;
    readonly words: TimeWords;
    /** The oldest message in the list came into view, and older ones exist. */
    readonly earlier: () => void;
    /** Requests the messages before this one. They are too many to show together with the current ones. */
    readonly around: (key: string) => void;
    /** The last message in the list came into view, and newer ones exist. */
    readonly later: () => void;
    /** Goes back to the newest messages, which are not in the list. */
    readonly newest: () => void;
    /** The newest message is in view. */
    readonly seen: () => void;
}

/** Messages of one person within this time in ms share one head. */
const TOGETHER_MS = 5 * 60_000;
/** Within this distance in px, an end counts as reached. */
const NEAR_END = 40;
const NEAR_START = 300;

export function createConversation({
    bodies,
    actions,
    words,
    earlier,
    around,
    later,
    newest,
    seen,
}: ConversationOptions): Conversation {
    const start = h('span', { role: 'status' });
    const more = h('button', { type: 'button', class: 'link', hidden: true }, 'Show earlier messages');
    const list = h('div', { class: 'list', role: 'log', 'aria-label': 'Messages' });
    const toEnd = h(
        'button',
        { type: 'button', class: 'toEnd', title: 'Newest messages', 'aria-label': 'Newest messages', hidden: true },
        icon('down'),
    );
    const scroller = h(
        'div',
        { class: 'scroller', tabindex: '0', role: 'group', 'aria-label': 'Conversation. Arrow keys go through it.' },
        h('div', { class: 'start' }, start, ' ', more),
        list,
    );
    const element = h('div', { class: 'conversation' }, scroller, toEnd);
    const drawn = new Map<string, { look: string; element: HTMLElement }>();
    let shown: Shown | undefined;
    let atEnd = true;
    /** The list has jumped to another part, and the target message is not in view yet. */
    let jumping = false;
    /** Sizes and scroll position at the last check, in px. */
    let last = { list: 0, view: 0, top: 0 };

    const look = (): void => {
        if (jumping) return;
        last = { list: scroller.scrollHeight, view: scroller.clientHeight, top: scroller.scrollTop };
        atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight <= NEAR_END;
        setHidden(toEnd, atEnd && shown?.atEnd !== false);
        if (!shown || scroller.clientHeight === 0) return;
        if (atEnd && shown.atEnd && document.visibilityState === 'visible') seen();
        if (atEnd && !shown.atEnd && !shown.loading && !shown.offline) later();
        const wanted = !shown.atStart && !shown.full && !shown.loading && !shown.offline;
        if (scroller.scrollTop < NEAR_START && wanted) earlier();
    };
    const end = (): void => {
        scroller.scrollTop = scroller.scrollHeight;
    };
    const scrolled = (): void => {
        // The scroll event of a jump to the end may come after a picture below has loaded, and before its size is
        // known. Keep following then.
        const grown = scroller.scrollHeight !== last.list || scroller.clientHeight !== last.view;
        if (!(atEnd && grown && scroller.scrollTop >= last.top)) look();
    };
    scroller.addEventListener('scroll', scrolled, { passive: true });
    document.addEventListener('visibilitychange', look);
    // The arrow keys go from message to message, and Tab goes to the buttons of the message. Nobody needs a mouse.
    scroller.addEventListener('keydown', (event) => {
        const step = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
        const all = [...list.querySelectorAll<HTMLElement>('.message')];
        const at = all.findIndex((message) => message === event.target);
        // The same keys scroll code in a message.
        if (step === 0 || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
        if (at === -1 && (event.target !== scroller || step === 1)) return;
        const next = at === -1 ? all.at(-1) : all[at + step];
        if (!next) return;
        event.preventDefault();
        next.focus({ preventScroll: true });
        next.scrollIntoView({ block: 'nearest' });
    });
    const resized = new ResizeObserver(() => {
        if (atEnd && shown?.atEnd !== false) end();
        look();
    });
    resized.observe(scroller);
    resized.observe(list); // a picture may have another size than its sender said
    toEnd.addEventListener('click', () => {
        if (shown?.atEnd === false) newest();
        else end();
    });

    more.addEventListener('click', () => {
        const oldest = shown?.messages[0];
        if (oldest) around(oldest.key);
    });
    const elementOf = (key: string): HTMLElement | null =>
        list.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
    const topOf = (part: Element): number => part.getBoundingClientRect().top;
    /** The first message of which something is seen, and where it is, px. */
    const inView = (): { key: string; top: number } | undefined => {
        const all = [...list.querySelectorAll<HTMLElement>('.message')];
        const first = all.find((message) => message.getBoundingClientRect().bottom > topOf(scroller));
        return first && { key: first.dataset['key'] ?? '', top: topOf(first) };
    };

    function draw({ room, messages, firstUnread, seen: readers }: Shown): void {
        const may = { write: room?.barred === null, react: room?.mayReact === true };
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
        const seenBy = new Map(readers.map(({ key, names }) => [key, names]));
        let before: { readonly message: ChatMessage; readonly time: MessageTime } | undefined;
        const times = timesOf(messages, Date.now(), words);
        for (const [i, message] of messages.entries()) {
            const time = times[i];
            if (!time) continue;
            const day = time.newDay;
            if (day !== undefined)
                take(`day ${message.key}`, day, () => h('div', { class: 'day' }, h('span', {}, day)));
            const unread = message.key === firstUnread;
            if (unread) take('unread', '', () => h('div', { class: 'day new' }, h('span', {}, 'New')));
            const follows =
                day === undefined &&
                !unread &&
                before?.message.sender === message.sender &&
                (time.odd || before.time.odd
                    ? time.label === before.time.label
                    : Math.abs(message.ts - before.message.ts) < TOGETHER_MS) &&
                message.reply === null;
            // An echo and the sent message are one element for the person.
            take(message.txnId ?? message.key, `${signOf(message)} ${JSON.stringify([follows, may, time.label])}`, () =>
                messageElement(message, { follows, may, time }, bodies, actions),
            );
            const names = seenBy.get(message.key)?.map(isolated).join(', ');
            if (names !== undefined)
                take(`seen ${message.key}`, names, () =>
                    h('div', { class: 'seen', title: `Seen by ${names}` }, 'Seen by ', h('bdi', {}, names)),
                );
            before = { message, time };
        }
        for (const id of [...drawn.keys()]) if (!used.has(id)) drawn.delete(id);
        const focused = focusedPart();
        // Remove old elements first, because an element that moves loses the focus.
        const staying = new Set<Element>(wanted);
        for (const child of [...list.children]) if (!staying.has(child)) child.remove();
        for (const [i, child] of wanted.entries())
            if (list.children[i] !== child) list.insertBefore(child, list.children[i] ?? null);
        if (focused && !list.contains(focused.element)) refocus(focused);
    }

    interface FocusedPart {
        readonly element: Element;
        readonly key: string;
        /** The label of a focused button in the message, or null for the message itself. */
        readonly label: string | null;
    }
    function focusedPart(): FocusedPart | undefined {
        const focused = document.activeElement;
        const message = focused?.closest<HTMLElement>('.message');
        if (!focused || !message || !list.contains(message)) return undefined;
        const label = focused === message ? null : focused.getAttribute('aria-label');
        return { element: focused, key: message.dataset['key'] ?? '', label };
    }
    /** Restores the focus in a redrawn message. A reaction must not move the focus to the start of the page. */
    function refocus({ key, label }: FocusedPart): void {
        const message = elementOf(key);
        message?.focus({ preventScroll: true });
        if (label !== null)
            message?.querySelector<HTMLElement>(`[aria-label="${CSS.escape(label)}"]`)?.focus({ preventScroll: true });
    }

    return {
        element,
        show(next) {
            const sameRoom = shown?.room?.roomId === next.room?.roomId;
            const fromEnd = scroller.scrollHeight - scroller.scrollTop;
            const grewBefore = shown?.messages[0]?.key !== next.messages[0]?.key;
            const moved = grewBefore && shown?.messages.at(-1)?.key !== next.messages.at(-1)?.key;
            const kept = moved ? inView() : undefined;
            const newestAgain =
                shown?.atEnd === false && next.atEnd && shown.messages[0]?.key !== next.messages[0]?.key;
            const followed = atEnd && shown?.atEnd !== false && next.atEnd;
            const own =
                ['waiting', 'sending'].includes(next.messages.at(-1)?.state ?? '') &&
                shown?.messages.at(-1)?.key !== next.messages.at(-1)?.key;
            const before = shown;
            jumping = sameRoom && shown?.atEnd !== false && !next.atEnd;
            shown = next;
            if (!before || !isDrawnAlike(before, next)) draw(next);
            setText(start, startOf(next));
            setHidden(more, !next.full);
            const still = kept && elementOf(kept.key);
            if (!sameRoom || followed || newestAgain || own) end();
            else if (kept && still) scroller.scrollTop += topOf(still) - kept.top;
            else if (grewBefore) scroller.scrollTop = scroller.scrollHeight - fromEnd;
            look();
        },
        goTo(key) {
            jumping = false;
            const target = elementOf(key);
            if (!target) return false;
            target.scrollIntoView({ block: 'center' });
            target.focus({ preventScroll: true });
            return true;
        },
    };
}

/** Who types, and whether more is loading, is shown elsewhere. */
function isDrawnAlike(before: Shown, next: Shown): boolean {
    return (
        before.messages === next.messages &&
        before.room === next.room &&
        before.firstUnread === next.firstUnread &&
        before.seen === next.seen
    );
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

function startOf({ room, atStart, full, loading, offline, messages }: Shown): string {
    const hello = room?.barred === null ? 'No messages yet. Say hello.' : 'No messages yet.';
    if (atStart) return messages.length === 0 ? hello : 'The conversation starts here.';
    if (full) return `Only ${messages.length} messages are shown at once.`;
    return offline
        ? 'Earlier messages come when the homeserver is reached again.'
        : loading
          ? 'Getting earlier messages…'
          : '';
}
