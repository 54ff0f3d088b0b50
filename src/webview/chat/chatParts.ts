/** Makes the parts of the chat page and connects each with the host. */
import { createTimeWords } from '../../core/base/timeWords.ts';
import type { ChatPageMessage } from '../../core/chat/chatPageMessages.ts';
import { createBodyRenderer } from './bodyRenderer.ts';
import { createChangesCards, type ChangesCards } from './changesCards.ts';
import { createComposer, type Composer } from './composer.ts';
import { createConversation, type Conversation } from './conversation.ts';
import type { Drafts } from './drafts.ts';
import { createFileSending, type FileSending } from './fileSending.ts';
import { createHistoryRequests, type HistoryRequests } from './historyRequests.ts';
import { messageActions } from './messageActions.ts';
import { createPictures, type Pictures } from './pictures.ts';
import { createPlaceLinks, type PlaceLinks } from './placeLinks.ts';
import { createProblemLine } from './problemLine.ts';
import { createReadReports, type ReadReports } from './readReports.ts';
import type { ShownNow } from './shownNow.ts';
import { createTypingTeller, type TypingTeller } from './typing.ts';

type Send = (message: ChatPageMessage) => void;

export interface ChatParts {
    readonly changes: ChangesCards;
    readonly composer: Composer;
    readonly conversation: Conversation;
    readonly files: FileSending;
    readonly history: HistoryRequests;
    readonly pictures: Pictures;
    readonly places: PlaceLinks;
    readonly problem: ReturnType<typeof createProblemLine>;
    readonly progress: Map<string, number>;
    readonly read: ReadReports;
    readonly typing: TypingTeller;
}

export function createChatParts(now: ShownNow, drafts: Drafts, send: Send): ChatParts {
    const problem = createProblemLine();
    const typing = createTypingTeller((on) => send({ type: 'chat.typing', roomId: now.roomId, typing: on }));
    const history = createHistoryRequests(now, send);
    const places = createPlaceLinks(document, {
        ask: (paths) => send({ type: 'chat.places', paths: [...paths] }),
        open: ({ path, line, endLine, column }) => send({ type: 'chat.open', path, line, endLine, column }),
        now: Date.now,
    });
    const pictures = createPictures({
        ask: (key) => send({ type: 'chat.picture', roomId: now.roomId, key }),
        enlarge: (key) => send({ type: 'chat.enlarge', roomId: now.roomId, key }),
    });
    const changes = createChangesCards({
        ask: (key) => send({ type: 'chat.changes', roomId: now.roomId, key }),
        act: (key, act) => send({ type: 'chat.changesAct', roomId: now.roomId, key, act }),
    });
    const composer = createComposer({
        send({ text, replyTo, edits }) {
            typing.stop();
            send({ type: 'chat.send', roomId: now.roomId, markdown: text, replyTo, edits });
        },
        tooLong: () => problem.tell('This is too long for one message. Send it in parts.'),
        refuse: (text) => problem.tell(text),
        attach: (replyTo) => send({ type: 'chat.attach', roomId: now.roomId, replyTo }),
        sendFiles: (parcels) => files.send(parcels),
        changed(draft) {
            if (now.chat?.room) drafts.set(now.userId, now.roomId, draft);
            typing.wrote(draft.text);
        },
        lastOwn: () => now.chat?.messages.findLast((m) => m.own && m.kind === 'text' && m.state === 'sent'),
    });
    const files = createFileSending({ now, drafts, composer, send, tell: problem.tell });
    const progress = new Map<string, number>();
    const read = createReadReports(now, send);
    const conversation: Conversation = createConversation({
        bodies: createBodyRenderer(window, places, { copy: (text) => send({ type: 'chat.copy', text }) }),
        words: createTimeWords(document.documentElement.dataset['hushLanguage'] ?? 'en'),
        actions: messageActions({
            now,
            composer,
            pictures,
            changes,
            progress,
            scrollTo: (key) => conversation.goTo(key),
            send,
        }),
        earlier: () => history.more('chat.earlier'),
        around: (key) => send({ type: 'chat.goTo', roomId: now.roomId, key }),
        later: () => history.more('chat.later'),
        newest: () => send({ type: 'chat.newest', roomId: now.roomId }),
        seen: read.seen,
    });
    return { changes, composer, conversation, files, history, pictures, places, problem, progress, read, typing };
}
