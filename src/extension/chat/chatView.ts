/** The chat view in the side bar: its page, its badge, and what in it needs VS Code. */
import { randomBytes, randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { createChannel, type Channel } from '../../webview/protocol/channel.ts';
import {
    CHAT_CALL,
    chatPageMessage,
    type ChatHostMessage,
    type ChatPageMessage,
} from '../../webview/protocol/chatMessages.ts';
import type { Account } from '../account.ts';
import { commands } from '../commands.ts';
import { userMessage } from '../errors.ts';
import { DisposableScope, type Disposable } from '../lifecycle.ts';
import type { Log } from '../log.ts';
import { showFailure } from '../views/notices.ts';
import type { Model } from '../views/viewModel.ts';
import { chatHtml } from './chatHtml.ts';
import { chatRoomOf } from './chatRoom.ts';
import { createChatSession } from './chatSession.ts';
import { openReference } from './openReference.ts';
import { setStatusBarMessage, showWarningMessage } from '../views/messages.ts';

export const CHAT_VIEW = 'hush.chat';

export interface ChatView extends Disposable {
    update(model: Model): void;
    /** Shows the room's conversation in this window from now on. */
    open(roomId: string): Promise<void>;
    /** Into the conversation that is shown. @throws HushError `chat.noRoom`. */
    send(markdown: string): void;
}
export interface ChatViewOptions {
    readonly extensionUri: vscode.Uri;
    readonly account: () => Account | undefined;
    readonly memento: vscode.Memento;
    readonly log: Log;
}

export function createChatView({ extensionUri, account, memento, log }: ChatViewOptions): ChatView {
    const scope = new DisposableScope();
    let view: vscode.WebviewView | undefined;
    let channel: Channel<ChatHostMessage> | undefined;
    let generation = 0;
    let model: Model | undefined;
    let picked: string | undefined;
    let drawing: NodeJS.Immediate | undefined;

    const draw = (): void => {
        drawing = undefined;
        const { shown, unread } = session;
        channel?.send(shown);
        if (!view) return;
        view.description = shown.room?.name ?? '';
        view.badge =
            unread === 0
                ? undefined
                : { value: unread, tooltip: unread === 1 ? '1 new message' : `${unread} new messages` };
    };
    const session = scope.add(
        createChatSession({
            memory: {
                get: (key) => memento.get(`chat.${key}`),
                set: (key, value) =>
                    void memento
                        .update(`chat.${key}`, value)
                        .then(undefined, (error: unknown) => log.warn('The state of the chat was not kept', error)),
            },
            now: Date.now,
            newTxnId: () => `hush.${randomUUID()}`,
            after: (ms, work) => void setTimeout(work, ms),
            watching: () => view?.visible === true && vscode.window.state.focused,
            async confirmDelete() {
                const choice = await showWarningMessage(
                    'Delete this message for everybody?',
                    { modal: true, detail: 'Other people may have read it, and their clients may have kept it.' },
                    'Delete',
                );
                return choice === 'Delete';
            },
            onChange: () => {
                drawing ??= setImmediate(draw);
            },
            onProblem(text, edit) {
                if (view?.visible)
                    channel?.send({ type: 'chat.problem', text: text.slice(0, 1_000), edit: edit ?? null });
                else void showFailure(text);
            },
            log,
        }),
    );

    function hear(message: ChatPageMessage): void {
        switch (message.type) {
            case 'chat.ready':
                session.opened();
                return draw();
            case 'chat.open':
                return void openReference(message).catch((error: unknown) =>
                    showFailure(userMessage(error, 'Opening the file')),
                );
            case 'chat.copy':
                return void vscode.env.clipboard.writeText(message.text);
            case 'chat.action':
                return void vscode.commands.executeCommand(
                    message.name === 'startSession' ? commands.startSession : commands.openChat,
                );
            case 'chat.log':
                return log.warn(`chat page: ${message.text}`);
            default:
                session.handle(message);
        }
    }
    const provider: vscode.WebviewViewProvider = {
        resolveWebviewView(resolved) {
            view = resolved;
            const { webview } = resolved;
            const file = (name: string): string =>
                webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'dist', name)).toString();
            webview.options = { enableScripts: true, localResourceRoots: [vscode.Uri.joinPath(extensionUri, 'dist')] };
            channel?.close();
            const opened = createChannel<ChatPageMessage, ChatHostMessage>({
                call: CHAT_CALL,
                generation: ++generation,
                transport: {
                    post: (data) => void webview.postMessage(data),
                    onData(listener) {
                        const subscription = webview.onDidReceiveMessage(listener);
                        return () => subscription.dispose();
                    },
                },
                incoming: chatPageMessage,
                onMessage: hear,
                onDropped: (reason) => log.warn(`chat page: ${reason}`),
            });
            channel = opened;
            resolved.onDidDispose(() => {
                opened.close();
                if (view === resolved) view = undefined;
            });
            webview.html = chatHtml({
                generation,
                cspSource: webview.cspSource,
                nonce: randomBytes(16).toString('base64url'),
                scriptUri: file('chat.js'),
                styleUri: file('chat.css'),
            });
            draw();
        },
    };
    scope.add(vscode.window.registerWebviewViewProvider(CHAT_VIEW, provider));
    scope.add(vscode.window.onDidChangeWindowState(({ focused }) => (focused ? session.focus() : undefined)));
    scope.defer(() => clearImmediate(drawing));

    const follow = (): void => session.follow(account()?.chat, model && chatRoomOf(model, picked));
    return {
        update(next) {
            if (next.account.kind === 'signedOut' && model && model.account.kind !== 'signedOut') session.forget();
            model = next;
            follow();
        },
        async open(roomId) {
            picked = roomId;
            follow();
            await vscode.commands.executeCommand(`${CHAT_VIEW}.focus`);
        },
        send(markdown) {
            session.send(markdown);
            if (view) view.show(true);
            else setStatusBarMessage('check', 'Handed to the session’s chat', 4_000);
        },
        dispose: () => scope.dispose(),
    };
}
