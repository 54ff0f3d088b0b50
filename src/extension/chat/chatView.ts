/** The chat view in the side bar: its page, its badge, and the conversation that it shows. */
import * as vscode from 'vscode';
import type { Account } from '../../core/account/account.ts';
import { DisposableScope, type Disposable } from '../../core/base/disposable.ts';
import type { Log } from '../../core/base/log.ts';
import type { Model } from '../../core/app/model.ts';
import { createChatChanges } from './chatChanges.ts';
import { assertWritable } from '../../core/chat/chatRoom.ts';
import { chatRoomOf } from './chosenRoom.ts';
import { createChatMemory } from '../../core/chat/chatMemory.ts';
import type { ChatPlace } from '../../core/chat/chatConversation.ts';
import type { CodePointer } from '../../core/chat/codePointer.ts';
import type { ChatMessage } from '../../core/chat/message.ts';
import { createShownChanges } from '../../core/chat/shownChanges.ts';
import { createForgotten } from '../../core/chat/forgotten.ts';
import { unreadWords } from '../../core/chat/unread.ts';
import type { SendHow } from '../shell/actionContext.ts';
import { setStatusBarMessage } from '../shell/dialogs.ts';
import { createChatPageHandler } from './chatPageHandler.ts';
import { createChatWebview } from './chatWebview.ts';
import { followChatAccount } from './followChatAccount.ts';
import { createLazyChatFiles, type LazyChatFiles } from './lazyChatFiles.ts';
import { pickedRoom, pickRoom } from './pickedRoom.ts';
import { createSignedOutPeople } from './signedOutPeople.ts';
import { createViewConversation } from './viewConversation.ts';

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
    const { extensionUri, account, memento, storage, onRead, log } = options;
    const scope = new DisposableScope();
    let model: Model | undefined;
    let drawing: NodeJS.Immediate | undefined;

    const files = createLazyChatFiles(
        () => ({
            session: conversation,
            files: () => account()?.files,
            folder: vscode.Uri.joinPath(storage, 'outgoing').fsPath,
            post: page.post,
            ready: page.loaded,
            extensionUri,
            log,
        }),
        log,
    );
    const retain = (): void => retainFiles(files, memory.paths);
    const memory = createChatMemory(memento, retain, log);
    const picked = (): string | undefined => pickedRoom(memory, model);
    const draw = (): void => {
        drawing = undefined;
        const { shown, unread } = conversation;
        const { view } = page;
        if (page.hasPage) changes.show(shown);
        // A view that was never opened cannot show a badge.
        options.onUnread(view ? 0 : unread);
        if (view) label(view, shown.room?.name ?? '', unread);
    };
    const drawAll = (): void => {
        changes.again();
        draw();
    };
    const drawSoon = (): void => void (drawing ??= setImmediate(draw));
    const page = scope.add(
        createChatWebview({
            extensionUri,
            onMessage: (message) => handle(message),
            onOpened: drawAll,
            onClosed: drawSoon,
            log,
        }),
    );
    const changes = createShownChanges(page.post);
    const forgotten = createForgotten(memento, (userId) => page.post({ type: 'chat.forget', userId }));
    const conversation = scope.add(createViewConversation({ memory, files, page, onChange: drawSoon, onRead, log }));
    const received = scope.add(
        createChatChanges({ conversation, account, model: () => model, storage, post: page.post, log }),
    );
    const handle = createChatPageHandler({
        conversation,
        files,
        received,
        post: page.post,
        onReady() {
            page.pageLoaded();
            forgotten.opened();
            files.useLoaded((all) => all.opened());
            conversation.opened();
            drawAll();
        },
        onAgain: drawAll,
        log,
    });
    const person = scope.add(followChatAccount({ account, conversation, files, received, post: page.post }));
    scope.add(vscode.window.onDidChangeWindowState(({ focused }) => (focused ? conversation.focus() : undefined)));
    scope.defer(() => clearImmediate(drawing));
    retain();

    const pick = (roomId: string | undefined): void => {
        pickRoom(memory, model, roomId);
        person.follow(model, picked());
    };
    const known = createSignedOutPeople(
        () => memory.people,
        (userId) => {
            forgotten.note(userId, page.isLoaded);
            conversation.forget(userId);
            received.forget();
            files.useLoaded((all) => all.forget());
        },
    );
    return {
        update(next) {
            model = next;
            person.follow(model, picked());
        },
        known,
        showWorkspace: () => pick(undefined),
        async open(roomId) {
            pick(roomId);
            await page.focus();
        },
        assertWritable: (roomId = picked()) => void assertWritable(model && chatRoomOf(model, roomId)),
        send(markdown) {
            conversation.send(markdown);
            if (page.view) page.view.show(true);
            else setStatusBarMessage('check', 'Handed to the session’s chat', 4_000);
        },
        point: (markdown, pointer) => conversation.send(markdown, pointer),
        target: () => conversation.target,
        // Files take a while. In the view, the person can see the progress and cancel.
        async sendFiles(uris) {
            const place = conversation.target;
            await page.show();
            await (await files.load()).send(uris, place);
        },
        async sendBytes(bytes, name, how = {}) {
            const { roomId, ...rest } = how;
            // Show the room that gets the file.
            if (roomId !== undefined && conversation.shown.room?.roomId !== roomId) pick(roomId);
            const place = roomId === undefined ? conversation.target : { ...conversation.target, roomId };
            await page.show();
            await (await files.load()).sendBytes(bytes, name, { ...rest, place });
        },
        dispose: () => scope.dispose(),
    };
}

/** Deletes the copies of files that are sent or given up. */
function retainFiles(files: LazyChatFiles, paths: readonly string[]): void {
    if (paths.length > 0) files.use((all) => all.retain(paths));
    else files.useLoaded((all) => all.retain(paths));
}

function label(view: vscode.WebviewView, roomName: string, unread: number): void {
    view.description = roomName;
    view.badge = unread === 0 ? undefined : { value: unread, tooltip: unreadWords(unread) };
}
