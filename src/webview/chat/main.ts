/** The page of the chat view: draws what the host shows, and tells it what the person does. */
import '../ui/page.css';
import './chat.css';
import { fromHost } from '../host/webviewPort.ts';
import { createChannel } from '../protocol/channel.ts';
import { CHAT_CALL, chatHostMessage, type ChatHostMessage, type ChatPageMessage } from '../protocol/chatMessages.ts';
import { h, setHidden, setText } from '../ui/dom.ts';
import { createBodyRenderer } from './bodyRenderer.ts';
import { createComposer } from './composer.ts';
import { createConversation, type Shown } from './conversation.ts';
import { createDrafts } from './drafts.ts';

const api = globalThis.acquireVsCodeApi?.();
const app = document.getElementById('app') ?? document.body;
if (api) start(api);

function start(host: NonNullable<typeof api>): void {
    let shown: Shown | undefined;
    let seen = '';
    /** Asked for, and not answered by a newer picture yet. */
    let asked: Shown | undefined;
    /** ms; not asked again at once when it did not work. */
    let pauseUntil = 0;
    const room = (): string => shown?.room?.roomId ?? '';
    const send = (message: ChatPageMessage): void => channel.send(message);
    const drafts = createDrafts(host.getState(), (state) => host.setState(state));

    const bodies = createBodyRenderer(window, {
        open: ({ path, line, endLine, column }) => send({ type: 'chat.open', path, line, endLine, column }),
        copy: (text) => send({ type: 'chat.copy', text }),
    });
    const composer = createComposer({
        send: ({ text, replyTo, edits }) => send({ type: 'chat.send', roomId: room(), markdown: text, replyTo, edits }),
        tooLong: () => tell('This is too long for one message. Send it in parts.'),
        changed: (draft) => drafts.set(room(), draft),
        lastOwn: () => shown?.messages.findLast((m) => m.own && m.kind === 'text' && m.state === 'sent'),
    });
    const conversation = createConversation({
        bodies,
        actions: {
            reply: (message) => composer.reply(message),
            edit: (message) => composer.edit(message),
            react(message, key) {
                const own = message.reactions.find((r) => r.key === key)?.own;
                if (own) send({ type: 'chat.delete', roomId: room(), target: own, ask: false });
                else send({ type: 'chat.react', roomId: room(), target: message.key, key });
            },
            delete: ({ key }) => send({ type: 'chat.delete', roomId: room(), target: key, ask: true }),
            retry: (txnId) => send({ type: 'chat.retry', txnId }),
            cancel: (txnId) => send({ type: 'chat.cancel', txnId }),
            rewrite({ txnId, body }) {
                composer.rewrite(body);
                send({ type: 'chat.cancel', txnId: txnId ?? '' });
            },
            goTo(key) {
                if (!conversation.goTo(key)) tell('That message is further up. Scroll up to load it.');
            },
        },
        earlier() {
            if (asked === shown || !shown?.room || performance.now() < pauseUntil) return;
            asked = shown;
            send({ type: 'chat.earlier', roomId: room() });
        },
        seen() {
            const key = shown?.messages.findLast((m) => m.state === 'sent')?.key;
            if (key === undefined || key === seen) return;
            seen = key;
            send({ type: 'chat.seen', roomId: room(), key });
        },
    });
    const offline = h('div', { class: 'offline', role: 'status', hidden: true }, 'No connection. Messages wait here.');
    const problem = h('div', { class: 'problem', role: 'alert', hidden: true });
    let hide: ReturnType<typeof setTimeout> | undefined;
    const tell = (text: string): void => {
        setText(problem, text);
        setHidden(problem, false);
        clearTimeout(hide);
        hide = setTimeout(() => setHidden(problem, true), 8_000);
    };
    problem.addEventListener('click', () => setHidden(problem, true));
    const nothing = emptyView((name) => send({ type: 'chat.action', name }));
    const chat = h('main', { class: 'chat' }, offline, conversation.element, problem, composer.element);
    app.dataset['hushRole'] = 'chat';
    app.replaceChildren(nothing, chat);
    setHidden(chat, true);
    setHidden(nothing, true);

    function show(next: Shown): void {
        const moved = shown?.room?.roomId !== next.room?.roomId;
        shown = next;
        setHidden(nothing, next.room !== null);
        setHidden(chat, next.room === null);
        app.dataset['hushState'] = next.room === null ? 'empty' : 'open';
        if (!next.room) return;
        if (moved) {
            seen = '';
            composer.load(drafts.get(next.room.roomId));
        }
        composer.enable(
            next.room.encrypted,
            next.room.encrypted
                ? `Message ${next.room.name}`
                : 'This room is not encrypted: Hush does not write in it.',
        );
        setHidden(offline, !next.offline);
        conversation.show(next);
    }
    const channel = createChannel<ChatHostMessage, ChatPageMessage>({
        call: CHAT_CALL,
        generation: Number(document.documentElement.dataset['hushGeneration']),
        transport: {
            post: (data) => host.postMessage(data),
            onData(listener) {
                const onMessage = (event: MessageEvent<unknown>): void => {
                    if (fromHost(event)) listener(event.data);
                };
                window.addEventListener('message', onMessage);
                return () => window.removeEventListener('message', onMessage);
            },
        },
        incoming: chatHostMessage,
        onMessage(message) {
            if (message.type === 'chat.show') return show(message);
            pauseUntil = performance.now() + 5_000;
            tell(message.text);
            if (message.edit) composer.restore(message.edit.key, message.edit.markdown);
        },
        onDropped: (reason) => send({ type: 'chat.log', text: reason.slice(0, 1_000) }),
    });
    send({ type: 'chat.ready' });
}

function emptyView(act: (name: 'startSession' | 'pickRoom') => void): HTMLElement {
    const begin = h('button', { type: 'button', class: 'primary' }, 'Start Session for This Workspace');
    const pick = h('button', { type: 'button', class: 'secondary' }, 'Choose a Room…');
    begin.addEventListener('click', () => act('startSession'));
    pick.addEventListener('click', () => act('pickRoom'));
    return h(
        'main',
        { class: 'empty' },
        h(
            'p',
            {},
            'This workspace has no session yet. Its conversation, end-to-end encrypted, is here once it has one.',
        ),
        begin,
        pick,
    );
}
