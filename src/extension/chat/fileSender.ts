/** Hands a file to the account, with a small picture of it where it is one. Pure. */
import { HushError } from '../errors.ts';
import { MAX_INLINE_IMAGE, type FilesPort, type FileToSend } from '../files/filesPort.ts';
import type { FileSender } from './delivery.ts';

export interface FileSenderOptions {
    readonly files: () => FilesPort | undefined;
    /** @throws HushError `file.unreadable` */
    readonly read: (path: string) => Promise<Uint8Array>;
    readonly shrink: (bytes: Uint8Array) => Promise<FileToSend['thumbnail']>;
}

export function createFileSender({ files, read, shrink }: FileSenderOptions): FileSender {
    const cancelled = new Set<string>();
    return {
        async send(roomId, txnId, { path, name, mimeType, picture, size, caption, replyTo }) {
            cancelled.delete(txnId);
            const small = picture && size <= MAX_INLINE_IMAGE ? await shrink(await read(path)) : null;
            if (cancelled.delete(txnId)) throw new HushError('file.cancelled', 'This was cancelled.');
            const port = files();
            if (!port) throw new HushError('network.offline', 'You are not signed in now. Try again when you are.');
            await port.send(roomId, txnId, { path, name, mimeType, picture, thumbnail: small, caption, replyTo });
        },
        cancel(txnId) {
            cancelled.add(txnId);
            files()?.cancel(txnId);
        },
    };
}
