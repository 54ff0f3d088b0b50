/**
 * Files that the person pastes into the chat page or drops on it. Hush keeps them on the disk and sends them in order.
 * A file that cannot be kept goes back to the page with its text. Pure.
 */
import type { ChatHostMessage, ChatPageMessage } from '../../core/chat/chatPageMessages.ts';
import { userMessage } from '../../core/base/errors.ts';
import { imageKind } from '../../core/files/imageKind.ts';
import type { ChatPlace } from '../../core/chat/chatConversation.ts';
import type { WrittenFile } from '../../core/chat/writtenFile.ts';

export type PastedFile = Extract<ChatPageMessage, { type: 'chat.file' }>;
export interface PastedFilesOptions {
    /** Rejects if the disk has no room for the file. */
    readonly keep: (bytes: Uint8Array, name: string, replyTo: string | null) => Promise<WrittenFile>;
    /** Returns the transaction ID. `after`: the transaction that must arrive first. */
    readonly send: (place: ChatPlace, file: WrittenFile, after?: string) => string;
    readonly post: (message: Extract<ChatHostMessage, { type: 'chat.back' }>) => void;
    /** Resolves when a page is there. The page that sent the file may be closed by now. */
    readonly ready: () => Promise<void>;
}

export function createPastedFiles({ keep, send, post, ready }: PastedFilesOptions): {
    /** `userId`: the sender. */
    hear(file: PastedFile, userId: string): void;
} {
    let last: Promise<string | undefined> = Promise.resolve(undefined);

    async function take(pasted: PastedFile, userId: string, before?: string): Promise<string | undefined> {
        const { roomId, name, bytes, caption, replyTo, follows } = pasted;
        try {
            const file = await keep(bytes, name, replyTo);
            return send({ roomId, userId }, { ...file, caption }, follows ? before : undefined);
        } catch (error) {
            const text = userMessage(error, 'Sending the file').slice(0, 1_000);
            const imageType = imageKind(bytes)?.type ?? null;
            void ready().then(() =>
                post({ type: 'chat.back', roomId, userId, text, caption, replyTo, name, bytes, imageType }),
            );
            return follows ? before : undefined;
        }
    }
    return {
        hear(file, userId) {
            last = last.then((before) => take(file, userId, before));
        },
    };
}
