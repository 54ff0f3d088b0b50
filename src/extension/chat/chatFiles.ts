/** The files of the chat view: sends files that the person chooses, shows pictures, saves other files. */
import { posix } from 'node:path';
import * as vscode from 'vscode';
import type { ChatHostMessage, ChatPageMessage } from '../../core/chat/chatPageMessages.ts';
import type { ChatMessage } from '../../core/chat/message.ts';
import { HushError, userMessage } from '../../core/base/errors.ts';
import { lookAtAll, type ChosenFile } from './chosenFiles.ts';
import type { FilesPort } from '../../core/files/filesPort.ts';
import { openImageTab } from '../files/imageTab.ts';
import { createLocalFiles, NO_FOLDERS, unreadable, type LocalFiles } from '../files/localFiles.ts';
import { saveFile } from '../files/saveFile.ts';
import type { Log } from '../../core/base/log.ts';
import { showFailure } from '../shell/failure.ts';
import { createChatPictures } from './chatPictures.ts';
import type { ChatPlace, Conversation } from '../../core/chat/chatConversation.ts';
import type { FileSender } from '../../core/chat/delivery.ts';
import { createFileSender } from './fileSender.ts';
import { createPastedFiles } from './pastedFiles.ts';
import { createPictureShrinker } from './pictureShrinker.ts';
import type { SendHow } from '../shell/actionContext.ts';
import { showWarningMessage, withProgress } from '../shell/dialogs.ts';

type FileMessage = Extract<
    ChatPageMessage,
    { type: `chat.${'picture' | 'enlarge' | 'save' | 'attach' | 'file' | 'shrunk'}` }
>;
export interface ChatFiles {
    readonly sender: FileSender;
    /** Deletes Hush's own copies of files, except `paths`. */
    retain(paths: readonly string[]): void;
    hear(message: FileMessage): void;
    /** @throws HushError `chat.noRoom`, `file.*`. */
    send(uris: readonly vscode.Uri[], place?: ChatPlace, replyTo?: string | null): Promise<void>;
    /** @throws HushError `chat.noRoom`, `file.*`. */
    sendBytes(bytes: Uint8Array, name: string, how?: SendHow & { place?: ChatPlace }): Promise<void>;
    /** A new page opened. It has no pictures yet. */
    opened(): void;
    /** Another person signed in, or nobody is signed in. */
    forget(): void;
}
export interface ChatFilesOptions {
    readonly session: Conversation;
    readonly files: () => FilesPort | undefined;
    /** Folder for the copies of files that are not sent yet. */
    readonly folder: string;
    readonly post: (message: ChatHostMessage) => void;
    /** Resolves when a page is there. */
    readonly ready: () => Promise<void>;
    readonly extensionUri: vscode.Uri;
    readonly log: Log;
}

/** Hush asks before it sends more files at once, so that a folder is not sent by mistake. */
const WITHOUT_ASKING = 5;
/** Limit in bytes for a file that is not on this machine, because it goes through memory. */
const MAX_REMOTE = 100 * 1_048_576;

export function createChatFiles({
    session,
    files,
    folder,
    post,
    ready,
    extensionUri,
    log,
}: ChatFilesOptions): ChatFiles {
    const local = createLocalFiles(folder);
    const shrinker = createPictureShrinker(post, ready, (ms, work) => void setTimeout(work, ms));
    const sender = createFileSender({
        read: (path) => local.read(path),
        shrink: (bytes) => shrinker.shrink(bytes),
    });
    const signedIn = (): FilesPort => {
        const port = files();
        if (!port) throw new HushError('account.notSignedIn', 'You are not signed in. Run "Hush: Sign In" first.');
        return port;
    };
    const messageOf = (key: string): ChatMessage | undefined => session.shown.messages.find((m) => m.key === key);
    const load = async (roomId: string, key: string, size: 'small' | 'full'): Promise<Uint8Array> => {
        const path = session.localPath(key);
        return path === undefined ? signedIn().image(roomId, key, size) : local.read(path);
    };
    const pictures = createChatPictures(
        ({ roomId, key }) => load(roomId, key, 'small'),
        (message) => post(message),
    );
    const pasted = createPastedFiles({
        keep: (...args) => local.fromBytes(...args),
        send: (...args) => session.sendFile(...args),
        post,
        ready,
    });

    async function sendBytes(
        bytes: Uint8Array,
        name: string,
        { place = session.target, caption = '', text = false, changes }: SendHow & { place?: ChatPlace } = {},
    ): Promise<void> {
        session.sendFile(place, { ...(await local.fromBytes(bytes, name, null, text)), caption, changes });
    }
    async function send(
        uris: readonly vscode.Uri[],
        place = session.target,
        replyTo: string | null = null,
    ): Promise<void> {
        if (uris.length > WITHOUT_ASKING) {
            const yes = 'Send All';
            const detail = 'They are encrypted, and everybody in the session can open them.';
            if (
                (await showWarningMessage(
                    `Send ${uris.length} files to the session?`,
                    { modal: true, detail },
                    yes,
                )) !== yes
            )
                return;
        }
        const limit = await signedIn()
            .limit()
            .catch(() => undefined); // then the upload says what is wrong
        const looked = await lookAtAll(
            uris.map((uri) => chosenFile(uri, local)),
            limit,
        );
        /** They arrive in the order they were chosen in; the reply goes with the first. */
        let before: string | undefined;
        for (const written of looked)
            before = session.sendFile(place, await written(before === undefined ? replyTo : null), before);
    }
    async function attach(place: ChatPlace, replyTo: string | null): Promise<void> {
        const uris = await vscode.window.showOpenDialog({ canSelectMany: true, openLabel: 'Send', title: 'Send File' });
        if (uris) await send(uris, place, replyTo);
    }
    async function enlarge(roomId: string, key: string): Promise<void> {
        const name = messageOf(key)?.file?.name ?? 'Image';
        const progress = { location: { viewId: 'hush.chat' } };
        const bytes = await withProgress(progress, () => load(roomId, key, 'full'));
        openImageTab(name, bytes, extensionUri);
    }
    async function save(roomId: string, eventId: string): Promise<void> {
        const name = messageOf(eventId)?.file?.name ?? '';
        await saveFile({ files: signedIn(), roomId, eventId, name });
    }
    const told = (work: Promise<void>, doing: string): void =>
        void work.catch((error: unknown) => showFailure(userMessage(error, doing)));

    return {
        sender,
        retain: (paths) =>
            void local.retain(paths).catch((error: unknown) => log.warn('A copy of a file was not deleted', error)),
        hear(message) {
            const { userId } = session;
            switch (message.type) {
                case 'chat.picture':
                    return pictures.ask(message);
                case 'chat.enlarge':
                    return told(enlarge(message.roomId, message.key), 'Opening the image');
                case 'chat.save':
                    return told(save(message.roomId, message.key), 'Saving the file');
                case 'chat.attach':
                    if (userId === undefined) return;
                    return told(attach({ roomId: message.roomId, userId }, message.replyTo), 'Sending the file');
                case 'chat.file':
                    return userId === undefined ? undefined : pasted.hear(message, userId);
                case 'chat.shrunk':
                    return shrinker.answered(message);
            }
        },
        send,
        sendBytes,
        opened: () => pictures.clear(),
        forget: () => pictures.forget(),
    };
}

function chosenFile(uri: vscode.Uri, local: LocalFiles): ChosenFile {
    const name = posix.basename(uri.path);
    if (uri.scheme === 'file')
        return {
            name,
            async look() {
                const file = await local.fromPath(uri.fsPath, name, null);
                return { size: file.size, written: (replyTo) => Promise.resolve({ ...file, replyTo }) };
            },
        };
    return {
        name,
        async look() {
            const { size, type } = await vscode.workspace.fs.stat(uri).then(undefined, unreadable);
            if ((type & vscode.FileType.File) === 0) throw new HushError('file.unreadable', NO_FOLDERS);
            return {
                size,
                most: MAX_REMOTE,
                async written(replyTo) {
                    const bytes = await vscode.workspace.fs.readFile(uri).then(undefined, unreadable);
                    return local.fromBytes(bytes, name, replyTo);
                },
            };
        },
    };
}
