/** The list of messages. It keeps its scroll position while it grows at either end, and updates only what changed. */
import type { ShownChat } from '../../core/chat/chatPageMessages.ts';
import { h, setHidden, setText } from '../ui/dom.ts';
import { icon } from '../ui/icons.ts';
import { rowsOf, type RowOptions } from './conversationRows.ts';
import { followMessageKeys } from './messageKeys.ts';
import { createMessageList, type MessageList } from './messageList.ts';
import { stepOf } from './shownStep.ts';

export interface Conversation {
    readonly element: HTMLElement;
    show(shown: ShownChat): void;
    /** Scrolls to a message. Returns false if it is not in the list. */
    goTo(key: string): boolean;
}
export interface ConversationOptions extends RowOptions {
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

/** Within this distance in px, an end counts as reached. */
const NEAR_END = 40;
const NEAR_START = 300;

export function createConversation(options: ConversationOptions): Conversation {
    const { earlier, around, later, newest, seen } = options;
    const list = createMessageList();
    const { element, scroller, start, more, toEnd } = conversationElements(list);
    let shown: ShownChat | undefined;
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
    followMessageKeys(scroller, list);
    const resized = new ResizeObserver(() => {
        if (atEnd && shown?.atEnd !== false) end();
        look();
    });
    resized.observe(scroller);
    resized.observe(list.element); // a picture may have another size than its sender said
    toEnd.addEventListener('click', () => {
        if (shown?.atEnd === false) newest();
        else end();
    });
    more.addEventListener('click', () => {
        const oldest = shown?.messages[0];
        if (oldest) around(oldest.key);
    });

    return {
        element,
        show(next) {
            const step = stepOf(shown, next);
            const fromEnd = scroller.scrollHeight - scroller.scrollTop;
            const kept = step.moved ? firstInView(scroller, list) : undefined;
            const followed = atEnd && step.atNewest;
            jumping = step.leftNewest;
            shown = next;
            if (!step.alike) list.draw(rowsOf(next, options));
            setText(start, startOf(next));
            setHidden(more, !next.full);
            const still = kept && list.elementOf(kept.key);
            if (!step.sameRoom || followed || step.newestAgain || step.own) end();
            else if (kept && still) scroller.scrollTop += topOf(still) - kept.top;
            else if (step.grewBefore) scroller.scrollTop = scroller.scrollHeight - fromEnd;
            look();
        },
        goTo(key) {
            jumping = false;
            const target = list.elementOf(key);
            if (!target) return false;
            target.scrollIntoView({ block: 'center' });
            target.focus({ preventScroll: true });
            return true;
        },
    };
}

function conversationElements(list: MessageList) {
    const start = h('span', { role: 'status' });
    const more = h('button', { type: 'button', class: 'link', hidden: true }, 'Show earlier messages');
    const toEnd = h(
        'button',
        { type: 'button', class: 'toEnd', title: 'Newest messages', 'aria-label': 'Newest messages', hidden: true },
        icon('down'),
    );
    const scroller = h(
        'div',
        { class: 'scroller', tabindex: '0', role: 'group', 'aria-label': 'Conversation. Arrow keys go through it.' },
        h('div', { class: 'start' }, start, ' ', more),
        list.element,
    );
    return { element: h('div', { class: 'conversation' }, scroller, toEnd), scroller, start, more, toEnd };
}

function topOf(part: Element): number {
    return part.getBoundingClientRect().top;
}

/** The first message of which something is seen, and where it is, in px. */
function firstInView(scroller: Element, list: MessageList): { key: string; top: number } | undefined {
    const first = list.messages().find((message) => message.getBoundingClientRect().bottom > topOf(scroller));
    return first && { key: first.dataset['key'] ?? '', top: topOf(first) };
}

function startOf({ room, atStart, full, loading, offline, messages }: ShownChat): string {
    const hello = room?.barred === null ? 'No messages yet. Say hello.' : 'No messages yet.';
    if (atStart) return messages.length === 0 ? hello : 'The conversation starts here.';
    if (full) return `Only ${messages.length} messages are shown at once.`;
    return offline
        ? 'Earlier messages come when the homeserver is reached again.'
        : loading
          ? 'Getting earlier messages…'
          : '';
}
