/** The chat page as a whole: the conversation with its text field, or two buttons while there is no room. */
import { isolated } from '../../core/base/isolated.ts';
import type { ChatPageMessage, ShownChat } from '../../core/chat/chatPageMessages.ts';
import { h, setHidden } from '../ui/dom.ts';
import type { ChatParts } from './chatParts.ts';
import type { Drafts } from './drafts.ts';
import type { ShownNow } from './shownNow.ts';
import { createTypingLine } from './typing.ts';

type Action = Extract<ChatPageMessage, { type: 'chat.action' }>['name'];

export interface ChatFrameOptions {
    /** The element of the page. */
    readonly app: HTMLElement;
    readonly now: ShownNow;
    readonly drafts: Drafts;
    readonly parts: ChatParts;
    readonly act: (name: Action) => void;
}

/** Returns what shows the next state. */
export function createChatFrame({ app, now, drafts, parts, act }: ChatFrameOptions): (next: ShownChat) => void {
    const { composer, conversation, problem } = parts;
    const offline = h('div', { class: 'offline', role: 'status', hidden: true }, 'No connection. Messages wait here.');
    const typists = createTypingLine();
    const nothing = emptyView(act);
    const chat = h(
        'main',
        { class: 'chat' },
        h('h1', { class: 'unseen' }, 'Chat'),
        offline,
        conversation.element,
        typists.element,
        problem.element,
        composer.element,
    );
    app.dataset['hushRole'] = 'chat';
    app.replaceChildren(nothing, chat);
    setHidden(chat, true);
    setHidden(nothing, true);

    function enterRoom({ self: userId, roomId }: NonNullable<ShownChat['room']>): void {
        parts.read.reset();
        parts.pictures.clear();
        parts.changes.clear();
        parts.progress.clear();
        const lost = drafts.lost(userId, roomId);
        composer.load(drafts.get(userId, roomId));
        if (lost > 0) problem.tell(`Files that waited here (${lost}) went when the view was closed. Add them again.`);
    }
    return (next) => {
        const { room } = next;
        const before = now.chat?.room;
        const moved = before?.roomId !== room?.roomId || before?.self !== room?.self;
        if (moved) parts.typing.stop();
        now.show(next);
        setHidden(nothing, room !== null);
        setHidden(chat, room === null);
        app.dataset['hushState'] = room === null ? 'empty' : 'open';
        if (!room) return;
        if (moved) enterRoom(room);
        composer.enable(room.barred === null, room.barred ?? `Message ${isolated(room.name)}`);
        setHidden(offline, !next.offline);
        typists.show(next.typing);
        conversation.show(next);
    };
}

function emptyView(act: (name: Action) => void): HTMLElement {
    const begin = h('button', { type: 'button', class: 'primary' }, 'Start Session for This Workspace');
    const pick = h('button', { type: 'button', class: 'secondary' }, 'Choose a Room…');
    begin.addEventListener('click', () => act('startSession'));
    pick.addEventListener('click', () => act('pickRoom'));
    return h(
        'main',
        { class: 'empty' },
        h('h1', { class: 'unseen' }, 'Chat'),
        h('p', {}, 'This workspace has no session yet. Its end-to-end encrypted chat appears here once it has one.'),
        begin,
        pick,
    );
}
