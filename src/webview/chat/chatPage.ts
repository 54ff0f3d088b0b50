/** The page of the chat view: draws what the host sends, and reports what the person does. */
import { fromHost } from '../host/webviewPort.ts';
import { createChannel } from '../../core/page/channel.ts';
import {
    CHAT_PAGE_ID,
    chatHostMessage,
    type ChatHostMessage,
    type ChatPageMessage,
} from '../../core/chat/chatPageMessages.ts';
import { isSameReaction } from '../../core/base/reactionKey.ts';
import { createTimeWords } from '../../core/base/timeWords.ts';
import { isolated } from '../../core/base/isolated.ts';
import { h, setHidden, setText } from '../ui/dom.ts';
import { applyChange } from './applyChange.ts';
import { createBodyRenderer } from './bodyRenderer.ts';
import { createChangesCards } from './changesCards.ts';
import { createComposer, EMPTY_DRAFT } from './composer.ts';
import { createConversation, type Shown } from './conversation.ts';
import { createDrafts } from './drafts.ts';
import { createTypingLine, createTypingTeller } from './typing.ts';
import { showProgress } from './fileView.ts';
import { joinWords, type Parcel } from './parcels.ts';
import { createPictures } from './pictures.ts';
import { createPlaceLinks } from './placeLinks.ts';
import { shrink } from './shrink.ts';
import { nameOf } from './tray.ts';
import '../ui/page.css';
import '../ui/menu.css';
import './chat.css';
import './message.css';
import './body.css';
import './attachment.css';
import './changes.css';
import './activity.css';

/** In ms. */
const SAME_EDGE_MS = 3_000;

const api = globalThis.acquireVsCodeApi?.();
const app = document.getElementById('app') ?? document.body;
if (api) start(api);

function start(host: NonNullable<typeof api>): void {
    let shown: Shown | undefined;
    /** The number of the state that is shown. */
    let seq = -1;
    let seen = '';
    /** The state in which more messages were requested. Reset by a newer state. */
    let asked: Shown | undefined;
    /** In ms. After a failed request, the next one waits until then. */
    let pauseUntil = 0;
    let lastEdge = { of: '', until: 0 };
    let sending = Promise.resolve();
    const room = (): string => shown?.room?.roomId ?? '';
    const self = (): string => shown?.room?.self ?? '';
    const send = (message: ChatPageMessage): void => channel.send(message);
    const typing = createTypingTeller((on) => send({ type: 'chat.typing', roomId: room(), typing: on }));
    const typists = createTypingLine();
    const drafts = createDrafts(host.getState(), (state) => host.setState(state));

    const places = createPlaceLinks(document, {
        ask: (paths) => send({ type: 'chat.places', paths: [...paths] }),
        open: ({ path, line, endLine, column }) => send({ type: 'chat.open', path, line, endLine, column }),
        now: Date.now,
    });
    const bodies = createBodyRenderer(window, places, {
        copy: (text) => send({ type: 'chat.copy', text }),
    });
    const composer = createComposer({
        send({ text, replyTo, edits }) {
            typing.stop();
            send({ type: 'chat.send', roomId: room(), markdown: text, replyTo, edits });
        },
        tooLong: () => tell('This is too long for one message. Send it in parts.'),
        refuse: (text) => tell(text),
        attach: (replyTo) => send({ type: 'chat.attach', roomId: room(), replyTo }),
        sendFiles(parcels) {
            const [to, by] = [room(), self()];
            sending = sending.then(() => sendFiles(to, by, parcels));
        },
        changed(draft) {
            if (shown?.room) drafts.set(self(), room(), draft);
            typing.wrote(draft.text);
        },
        lastOwn: () => shown?.messages.findLast((m) => m.own && m.kind === 'text' && m.state === 'sent'),
    });
    /** Sends one after the other, so that they arrive in order. */
    async function sendFiles(roomId: string, userId: string, parcels: readonly Parcel<File>[]): Promise<void> {
        let follows = false;
        for (const { file, caption, replyTo } of parcels) {
            const bytes = await file.arrayBuffer().catch(() => undefined);
            const name = nameOf(file, Date.now()).slice(0, 512);
            if (bytes && (shown?.room ?? null) !== null && userId !== self()) {
                giveBack({ userId, roomId }, caption, replyTo, [file]); // another person has signed in
            } else if (bytes) {
                send({ type: 'chat.file', roomId, name, bytes: new Uint8Array(bytes), caption, replyTo, follows });
                follows = true;
            } else {
                tell(`${file.name} could not be read.`);
                giveBack({ userId, roomId }, caption, replyTo, []);
            }
        }
    }
    function giveBack(
        { userId, roomId }: { userId: string; roomId: string },
        text: string,
        replyTo: string | null,
        files: readonly File[],
    ): void {
        if (roomId === room() && userId === self()) {
            if (text !== '' || files.length > 0) composer.rewrite(text, repliedTo(replyTo), files);
        } else {
            const draft = drafts.get(userId, roomId) ?? EMPTY_DRAFT;
            const kept = { ...draft, text: joinWords(text, draft.text), files: [...files, ...draft.files] };
            drafts.set(userId, roomId, kept);
        }
    }
    function repliedTo(key: string | null): { readonly key: string; readonly name: string } | undefined {
        return key === null ? undefined : (shown?.messages.find((m) => m.key === key) ?? { key, name: '' });
    }
    const pictures = createPictures({
        ask: (key) => send({ type: 'chat.picture', roomId: room(), key }),
        enlarge: (key) => send({ type: 'chat.enlarge', roomId: room(), key }),
    });
    const changes = createChangesCards({
        ask: (key) => send({ type: 'chat.changes', roomId: room(), key }),
        act: (key, act) => send({ type: 'chat.changesAct', roomId: room(), key, act }),
    });
    const progress = new Map<string, number>();
    const conversation = createConversation({
        bodies,
        words: createTimeWords(document.documentElement.dataset['hushLanguage'] ?? 'en'),
        actions: {
            reply: (message) => composer.reply(message),
            edit: (message) => composer.edit(message),
            react(message, key) {
                const there = message.reactions.find((r) => isSameReaction(r.key, key));
                const own = there?.own;
                if (own) send({ type: 'chat.delete', roomId: room(), target: own, ask: false });
                else send({ type: 'chat.react', roomId: room(), target: message.key, key: there?.key ?? key });
            },
            delete: ({ key }) => send({ type: 'chat.delete', roomId: room(), target: key, ask: true }),
            retry: (txnId) => send({ type: 'chat.retry', txnId }),
            cancel: (txnId) => send({ type: 'chat.cancel', txnId }),
            picture: (message, file) => pictures.element(message, file),
            changes: (message, file) => changes.element(message, file),
            save: ({ key }) => send({ type: 'chat.save', roomId: room(), key }),
            progressOf: (txnId) => progress.get(txnId) ?? 0,
            rewrite({ txnId, body, reply }) {
                composer.rewrite(body, repliedTo(reply?.key ?? null));
                send({ type: 'chat.cancel', txnId: txnId ?? '' });
            },
            goTo(key) {
                if (!conversation.goTo(key)) send({ type: 'chat.goTo', roomId: room(), key });
            },
        },
        earlier: () => more('chat.earlier'),
        around: (key) => send({ type: 'chat.goTo', roomId: room(), key }),
        later: () => more('chat.later'),
        newest: () => send({ type: 'chat.newest', roomId: room() }),
        seen() {
            const key = shown?.messages.findLast((m) => m.state === 'sent')?.key;
            if (key === undefined || key === seen) return;
            seen = key;
            send({ type: 'chat.seen', roomId: room(), key });
        },
    });
    function more(type: 'chat.earlier' | 'chat.later'): void {
        if (asked === shown || !shown?.room || performance.now() < pauseUntil) return;
        // Wait before a repeat of a request that brought nothing.
        const edge = `${type} ${shown.messages.at(type === 'chat.later' ? -1 : 0)?.key ?? ''}`;
        if (edge === lastEdge.of && performance.now() < lastEdge.until) return;
        lastEdge = { of: edge, until: performance.now() + SAME_EDGE_MS };
        asked = shown;
        send({ type, roomId: room() });
    }
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
    const chat = h(
        'main',
        { class: 'chat' },
        h('h1', { class: 'unseen' }, 'Chat'),
        offline,
        conversation.element,
        typists.element,
        problem,
        composer.element,
    );
    app.dataset['hushRole'] = 'chat';
    app.replaceChildren(nothing, chat);
    setHidden(chat, true);
    setHidden(nothing, true);

    function show(next: Shown): void {
        const moved = shown?.room?.roomId !== next.room?.roomId || shown?.room?.self !== next.room?.self;
        if (moved) typing.stop();
        shown = next;
        setHidden(nothing, next.room !== null);
        setHidden(chat, next.room === null);
        app.dataset['hushState'] = next.room === null ? 'empty' : 'open';
        if (!next.room) return;
        if (moved) {
            seen = '';
            pictures.clear();
            changes.clear();
            progress.clear();
            const { self: userId, roomId } = next.room;
            const lost = drafts.lost(userId, roomId);
            composer.load(drafts.get(userId, roomId));
            if (lost > 0) tell(`Files that waited here (${lost}) went when the view was closed. Add them again.`);
        }
        const { barred, name } = next.room;
        composer.enable(barred === null, barred ?? `Message ${isolated(name)}`);
        setHidden(offline, !next.offline);
        typists.show(next.typing);
        conversation.show(next);
    }
    const channel = createChannel<ChatHostMessage, ChatPageMessage>({
        pageId: CHAT_PAGE_ID,
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
            switch (message.type) {
                case 'chat.show':
                    seq = message.seq;
                    return show(message);
                case 'chat.change':
                    if (!shown || message.base !== seq) return send({ type: 'chat.again' });
                    seq = message.seq;
                    return show(applyChange(shown, message));
                case 'chat.progress':
                    progress.set(message.txnId, message.done);
                    return showProgress(conversation.element, message.txnId, message.done);
                case 'chat.goTo':
                    return void conversation.goTo(message.key);
                case 'chat.picture':
                    return pictures.show(message);
                case 'chat.changes':
                    return changes.show(message);
                case 'chat.places':
                    return places.answered(message.asked, message.found);
                case 'chat.shrink':
                    return void shrink(message.bytes, message.imageType).then((small) =>
                        send({ type: 'chat.shrunk', request: message.request, small }),
                    );
                case 'chat.problem':
                    pauseUntil = performance.now() + 5_000;
                    return tell(message.text);
                case 'chat.forget':
                    return drafts.forget(message.userId);
                case 'chat.back': {
                    const { text, caption, replyTo, name, bytes, imageType } = message;
                    const type = imageType ?? '';
                    if (message.userId === self()) tell(text);
                    const file = new File([bytes], name, { type });
                    return giveBack(message, caption, replyTo, [file]);
                }
            }
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
        h('h1', { class: 'unseen' }, 'Chat'),
        h('p', {}, 'This workspace has no session yet. Its end-to-end encrypted chat appears here once it has one.'),
        begin,
        pick,
    );
}
