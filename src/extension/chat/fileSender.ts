/** Gives a file to the account, with a small picture if the file is a picture. Pure. */
import { HushError } from '../../core/base/errors.ts';
import { MAX_INLINE_IMAGE, type FilesPort, type FileToSend } from '../../core/files/filesPort.ts';
import type { FileSender } from '../../core/chat/delivery.ts';

export interface FileSenderOptions {
    /** @throws HushError `file.unreadable` */
    readonly read: (path: string) => Promise<Uint8Array>;
    readonly shrink: (bytes: Uint8Array) => Promise<FileToSend['thumbnail']>;
}

export function createFileSender({ read, shrink }: FileSenderOptions): FileSender {
    const cancelled = new Set<string>();
    const underWay = new Map<string, FilesPort>();
    return {
        async send(to, roomId, txnId, { path, name, mimeType, picture, size, caption, replyTo, changes }) {
            cancelled.delete(txnId);
            const small = picture && size <= MAX_INLINE_IMAGE ? await shrink(await read(path)) : null;
            if (cancelled.delete(txnId)) throw new HushError('file.cancelled', 'This was cancelled.');
            underWay.set(txnId, to);
            await to
                .send(roomId, txnId, { path, name, mimeType, picture, thumbnail: small, caption, replyTo, changes })
                .finally(() => underWay.delete(txnId));
        },
        cancel(txnId) {
            cancelled.add(txnId);
            underWay.get(txnId)?.cancel(txnId);
        },
    };
}
