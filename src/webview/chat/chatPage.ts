/** The page of the chat view: draws what the host sends, and reports what the person does. */
import { fromHost } from '../host/webviewPort.ts';
import { createChannel, type ChannelPort } from '../../core/page/channel.ts';
import {
    CHAT_PAGE_ID,
    chatHostMessage,
    type ChatHostMessage,
    type ChatPageMessage,
} from '../../core/chat/chatPageMessages.ts';
import { applyChange } from './applyChange.ts';
import { createChatFrame } from './chatFrame.ts';
import { createChatParts } from './chatParts.ts';
import { createDrafts } from './drafts.ts';
import { showProgress } from './fileView.ts';
import { shrink } from './shrink.ts';
import { createShownNow } from './shownNow.ts';
import '../ui/page.css';
import '../ui/menu.css';
import './chat.css';
import './message.css';
import './body.css';
import './attachment.css';
import './changes.css';
import './activity.css';

type Host = NonNullable<ReturnType<NonNullable<typeof globalThis.acquireVsCodeApi>>>;

const api = globalThis.acquireVsCodeApi?.();
const app = document.getElementById('app') ?? document.body;
if (api) start(api);

function start(host: Host): void {
    /** The number of the state that is shown. */
    let seq = -1;
    const now = createShownNow();
    const send = (message: ChatPageMessage): void => channel.send(message);
    const drafts = createDrafts(host.getState(), (state) => host.setState(state));
    const parts = createChatParts(now, drafts, send);
    const show = createChatFrame({ app, now, drafts, parts, act: (name) => send({ type: 'chat.action', name }) });

    function receive(message: ChatHostMessage): void {
        const { conversation, problem } = parts;
        switch (message.type) {
            case 'chat.show':
                seq = message.seq;
                return show(message);
            case 'chat.change':
                if (!now.chat || message.base !== seq) return send({ type: 'chat.again' });
                seq = message.seq;
                return show(applyChange(now.chat, message));
            case 'chat.progress':
                parts.progress.set(message.txnId, message.done);
                return showProgress(conversation.element, message.txnId, message.done);
            case 'chat.goTo':
                return void conversation.goTo(message.key);
            case 'chat.picture':
                return parts.pictures.show(message);
            case 'chat.changes':
                return parts.changes.show(message);
            case 'chat.places':
                return parts.places.answered(message.asked, message.found);
            case 'chat.shrink':
                return void shrink(message.bytes, message.imageType).then((small) =>
                    send({ type: 'chat.shrunk', request: message.request, small }),
                );
            case 'chat.problem':
                parts.history.failed();
                return problem.tell(message.text);
            case 'chat.forget':
                return drafts.forget(message.userId);
            case 'chat.back': {
                const { userId, text, caption, replyTo, name, bytes, imageType } = message;
                if (userId === now.userId) problem.tell(text);
                const file = new File([bytes], name, { type: imageType ?? '' });
                return parts.files.giveBack(message, { text: caption, replyTo, files: [file] });
            }
        }
    }
    const channel = createChannel<ChatHostMessage, ChatPageMessage>({
        pageId: CHAT_PAGE_ID,
        generation: Number(document.documentElement.dataset['hushGeneration']),
        transport: portOf(host),
        incoming: chatHostMessage,
        onMessage: receive,
        onDropped: (reason) => send({ type: 'chat.log', text: reason.slice(0, 1_000) }),
    });
    send({ type: 'chat.ready' });
}

function portOf(host: Host): ChannelPort {
    return {
        post: (data) => host.postMessage(data),
        onData(listener) {
            const onMessage = (event: MessageEvent<unknown>): void => {
                if (fromHost(event)) listener(event.data);
            };
            window.addEventListener('message', onMessage);
            return () => window.removeEventListener('message', onMessage);
        },
    };
}
