/** The chat view in the side bar: its page, its badge, and the parts of it that need VS Code. */
import { randomBytes, randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { createChannel, type Channel } from '../../core/page/channel.ts';
import {
    CHAT_CALL,
    chatPageMessage,
    type ChatHostMessage,
    type ChatPageMessage,
} from '../../core/chat/chatPageMessages.ts';
import type { Account } from '../../core/account/account.ts';
import { commands } from '../manifest/commands.ts';
import { readSetting } from '../manifest/config.ts';
import { userMessage } from '../../core/base/errors.ts';
import { DisposableScope, type Disposable } from '../../core/base/disposable.ts';
import type { Log } from '../../core/base/log.ts';
import { showFailure } from '../shell/failure.ts';
import type { Model } from '../../core/app/model.ts';
import { createChatChanges } from './chatChanges.ts';
import { chatHtml } from './chatHtml.ts';
import { assertWritable } from '../../core/chat/chatRoom.ts';
import { chatRoomOf } from './chosenRoom.ts';
import type { ChatFiles } from './chatFiles.ts';
import { createChatMemory } from '../../core/chat/chatMemory.ts';
import { createConversation, type ChatPlace } from '../../core/chat/chatConversation.ts';
import type { CodePointer } from '../../core/chat/codePointer.ts';
import type { ChatMessage } from '../../core/chat/message.ts';
import { createPlaceAnswers } from '../../core/chat/placeAnswers.ts';
import { createShownChanges } from '../../core/chat/shownChanges.ts';
import { createForgotten } from '../../core/chat/forgotten.ts';
import { unreadWords } from '../../core/chat/unread.ts';
import type { SendHow } from '../shell/actionContext.ts';
import { setStatusBarMessage, showWarningMessage } from '../shell/dialogs.ts';

const CHAT_VIEW = 'hush.chat';

export interface ChatView extends Disposable {
    update(model: Model): void;
    /** Gets the accounts that are signed in on this machine. Deletes the data of all others. */
    known(userIds: readonly string[]): void;
    /** Shows the room of the workspace from now on, even if another one was picked. */
    showWorkspace(): void;
    /** Shows the conversation of the room in this workspace from now on. */
    open(roomId: string): Promise<void>;
    /** Default: the room that is shown. @throws HushError `chat.noRoom`, `room.forbidden`. */
    assertWritable(roomId?: string): void;
    /** Sends to the conversation that is shown. @throws as {@link assertWritable}, and `chat.tooLong`. */
    send(markdown: string): void;
    /** Sends in the same way, and shows nothing new here. */
    point(markdown: string, pointer: CodePointer): void;
    /** The conversation that is shown. @throws as {@link assertWritable}. */
    target(): ChatPlace;
    /**
     * Sends to the conversation that is shown, and opens the view to show the progress. @throws as {@link
     * assertWritable}, and `file.*`.
     */
    sendFiles(uris: readonly vscode.Uri[]): Promise<void>;
    /** Sends data from memory in the same way. `roomId`: sends to that room instead. */
    sendBytes(bytes: Uint8Array, name: string, how?: SendHow & { readonly roomId?: string }): Promise<void>;
}
export interface ChatViewOptions {
    readonly extensionUri: vscode.Uri;
    readonly account: () => Account | undefined;
    readonly memento: vscode.Memento;
    /** Folder for files that are not sent yet: one for each workspace, and one for all windows without a workspace. */
    readonly storage: vscode.Uri;
    /** Gets the number of unread messages while there is no view to show it. */
    readonly onUnread: (count: number) => void;
    /** Gets the newest messages of the room each time that they were read. */
    readonly onRead: (roomId: string, latest: readonly ChatMessage[]) => void;
    readonly log: Log;
}

export function createChatView(options: ChatViewOptions): ChatView {
    const { extensionUri, account, memento, storage, log } = options;
    const scope = new DisposableScope();
    let view: vscode.WebviewView | undefined;
    let channel: Channel<ChatHostMessage> | undefined;
    let generation = 0;
    /** Resolves when the current page has loaded. VS Code discards the page when it is hidden. */
    let loaded = Promise.withResolvers<void>();
    let isLoaded = false;
    const unloaded = (): void => {
        loaded = Promise.withResolvers();
        isLoaded = false;
    };
    let model: Model | undefined;
    let drawing: NodeJS.Immediate | undefined;

    let desk: Promise<ChatFiles> | undefined;
    const files = (): Promise<ChatFiles> =>
        (desk ??= import('./chatDesk.ts').then(({ createChatFiles }) =>
            createChatFiles({
                session,
                files: () => account()?.files,
                folder: vscode.Uri.joinPath(storage, 'outgoing').fsPath,
                post: (message) => channel?.send(message),
                ready: () => loaded.promise,
                extensionUri,
                log,
            }),
        ));
    const withFiles = (work: (files: ChatFiles) => void): void =>
        void files().then(work, (error: unknown) => log.error('The part of Hush for files was not loaded', error));
    /** Deletes the copies of files that are sent or given up. */
    const retain = (): void => {
        if (desk || memory.paths.length > 0) withFiles((all) => all.retain(memory.paths));
    };
    const memory = createChatMemory(memento, retain, log);
    const forgotten = createForgotten(memento, (userId) => channel?.send({ type: 'chat.forget', userId }));
    const picked = (): string | undefined => {
        const { account: of } = model ?? {};
        const room = of?.kind === 'ready' ? memory.get(of.userId, 'picked') : undefined;
        return typeof room === 'string' ? room : undefined;
    };
    const pick = (roomId: string | undefined): void => {
        if (model?.account.kind === 'ready') {
            const own = roomId === model.workspaceRoomId;
            memory.set(model.account.userId, 'picked', own ? undefined : roomId);
        }
        follow();
    };
    const changes = createShownChanges((message) => channel?.send(message));
    const draw = (): void => {
        drawing = undefined;
        const { shown, unread } = session;
        if (channel) changes.show(shown);
        // A view that was never opened cannot show a badge.
        options.onUnread(view ? 0 : unread);
        if (!view) return;
        view.description = shown.room?.name ?? '';
        view.badge = unread === 0 ? undefined : { value: unread, tooltip: unreadWords(unread) };
    };
    const session = scope.add(
        createConversation({
            memory,
            now: Date.now,
            newTxnId: () => `hush.${randomUUID()}`,
            files: {
                send: async (...args) => (await files()).sender.send(...args),
                cancel: (txnId) => withFiles(({ sender }) => sender.cancel(txnId)),
            },
            after: (ms, work) => void setTimeout(work, ms),
            watching: () => view?.visible === true && vscode.window.state.focused,
            tells() {
                const configuration = vscode.workspace.getConfiguration();
                return {
                    typing: readSetting(configuration, 'hush.chat.sendTyping'),
                    receipts: readSetting(configuration, 'hush.chat.sendReadReceipts'),
                };
            },
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
            onRead: options.onRead,
            // Send it after the conversation that contains the message.
            onFound: (key) => void setImmediate(() => channel?.send({ type: 'chat.goTo', key })),
            onProblem(text) {
                if (view?.visible) channel?.send({ type: 'chat.problem', text: text.slice(0, 1_000) });
                else void showFailure(text);
            },
            log,
        }),
    );

    const received = scope.add(
        createChatChanges({
            session,
            account,
            model: () => model,
            storage,
            post: (message) => channel?.send(message),
            log,
        }),
    );
    retain();

    function hear(message: ChatPageMessage): void {
        switch (message.type) {
            case 'chat.ready':
                loaded.resolve();
                isLoaded = true;
                forgotten.opened();
                if (desk) withFiles((all) => all.opened());
                session.opened();
                changes.again();
                return draw();
            case 'chat.again':
                changes.again();
                return draw();
            case 'chat.picture':
            case 'chat.enlarge':
            case 'chat.save':
            case 'chat.attach':
            case 'chat.file':
            case 'chat.shrunk':
                return withFiles((all) => all.hear(message));
            case 'chat.changes':
            case 'chat.changesAct':
                return received.hear(message);
            case 'chat.open':
                return void import('./chatDesk.ts')
                    .then(({ openReference }) => openReference(message))
                    .catch((error: unknown) => showFailure(userMessage(error, 'Opening the file')));
            case 'chat.places':
                return void answerPlaces(message.paths);
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
    const answerPlaces = createPlaceAnswers({
        find: async (paths) => (await import('./chatDesk.ts')).existingPaths(paths),
        answer: (asked, found) => channel?.send({ type: 'chat.places', asked, found }),
        onError: (error) => log.warn('Hush could not look for the files that messages name', error),
    });
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
            changes.again();
            resolved.onDidChangeVisibility(() => {
                if (!resolved.visible) unloaded();
            });
            resolved.onDidDispose(() => {
                unloaded();
                opened.close();
                if (view === resolved) view = undefined;
                drawing ??= setImmediate(draw);
            });
            webview.html = chatHtml({
                generation,
                language: vscode.env.language,
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

    let known: readonly string[] = [];
    let followed: Account | undefined;
    let progress: Disposable | undefined;
    scope.defer(() => progress?.dispose());
    const follow = (): void => {
        const now = account();
        if (now !== followed) {
            progress?.dispose();
            progress = now?.files.onProgress(({ transfer, done, total }) => {
                if (total > 0 && session.localPath(transfer) !== undefined)
                    channel?.send({ type: 'chat.progress', txnId: transfer, done: done / total });
            });
            // The next person must not see the files of the last one.
            if (now?.userId !== followed?.userId) {
                if (desk) withFiles((all) => all.forget());
                received.forget();
            }
            followed = now;
        }
        const ready = model?.account.kind === 'ready' ? model.account : undefined;
        const open = now && ready?.userId === now.userId ? now : undefined;
        session.follow(open, ready?.online === true, open && model && chatRoomOf(model, picked()));
    };
    function forget(userId: string): void {
        forgotten.note(userId, isLoaded);
        session.forget(userId);
        received.forget();
        if (desk) withFiles((all) => all.forget());
    }
    /** Files take a while. In the view, the person can see the progress and cancel. */
    const showUp = async (): Promise<void> => {
        if (view) view.show(true);
        else await vscode.commands.executeCommand(`${CHAT_VIEW}.focus`);
    };
    return {
        update(next) {
            model = next;
            follow();
        },
        known(userIds) {
            // If the keychain is lost, nobody is known at first, but nobody has signed out.
            if (userIds.length === 0 && known.length === 0) return;
            const people = new Set([...known, ...memory.people]);
            known = userIds;
            for (const userId of people) if (!userIds.includes(userId)) forget(userId);
        },
        showWorkspace: () => pick(undefined),
        async open(roomId) {
            pick(roomId);
            await vscode.commands.executeCommand(`${CHAT_VIEW}.focus`);
        },
        assertWritable: (roomId = picked()) => void assertWritable(model && chatRoomOf(model, roomId)),
        send(markdown) {
            session.send(markdown);
            if (view) view.show(true);
            else setStatusBarMessage('check', 'Handed to the session’s chat', 4_000);
        },
        point: (markdown, pointer) => session.send(markdown, pointer),
        target: () => session.target,
        async sendFiles(uris) {
            const place = session.target;
            await showUp();
            await (await files()).send(uris, place);
        },
        async sendBytes(bytes, name, how = {}) {
            const { roomId, ...rest } = how;
            // Show the room that gets the file.
            if (roomId !== undefined && session.shown.room?.roomId !== roomId) pick(roomId);
            const place = roomId === undefined ? session.target : { ...session.target, roomId };
            await showUp();
            await (await files()).sendBytes(bytes, name, { ...rest, place });
        },
        dispose: () => scope.dispose(),
    };
}
