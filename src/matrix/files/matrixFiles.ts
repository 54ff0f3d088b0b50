/**
 * Files in the account's rooms. Sends, shows and saves them. Each transfer reports its progress and can be cancelled.
 */
import { stat } from 'node:fs/promises';
import { HushError } from '../../core/base/errors.ts';
import {
    MAX_INLINE_IMAGE,
    MAX_THUMBNAIL,
    type FilesPort,
    type FileToSend,
    type Progress,
} from '../../core/files/filesPort.ts';
import { imageKind, isTooManyPixels } from '../../core/files/imageKind.ts';
import type { Disposable } from '../../core/base/disposable.ts';
import { Listeners } from '../../core/base/listeners.ts';
import { attachmentOf, type Attachment, type Source } from './attachment.ts';
import { download, toDisk, toMemory } from './download.ts';
import { fileContent, largestContent, type Uploaded } from './fileContent.ts';
import type { MediaServer } from './mediaRequest.ts';
import { assertWithin, createUploadLimit } from './uploadLimit.ts';
import { fromDisk, fromMemory, upload } from './upload.ts';
import { createUploadPlaces } from './uploadPlaces.ts';

export interface FilesOptions {
    readonly server: MediaServer;
    /** The content of a message in the conversation. Undefined: it is not there or cannot be read. */
    readonly contentOf: (roomId: string, eventId: string) => unknown;
    /** Sends an encrypted message with this content. */
    readonly post: (
        roomId: string,
        txnId: string,
        content: Record<string, unknown>,
        replyTo: string | null,
    ) => Promise<void>;
    /** @throws HushError when the room does not accept such a message from us. It is called before the upload. */
    readonly assertPostable: (roomId: string, content: Record<string, unknown>, replyTo: string | null) => void;
    /** ms */
    readonly now: () => number;
}

/** The most bytes of an attachment whose sender did not state its size. */
const MAX_UNSAID = 2 ** 31;
/** The number of progress reports per transfer. */
const STEPS = 100;
/** The most uploads that are kept because their message could not be sent yet. */
const MAX_KEPT = 32;

export function createFiles({ server, contentOf, post, assertPostable, now }: FilesOptions): FilesPort & Disposable {
    const progress = new Listeners<[Progress]>();
    const running = new Map<string, { readonly abort: AbortController; readonly done: Promise<unknown> }>();
    const uploaded = new Map<string, Uploaded>();
    const limit = createUploadLimit(server, now);
    const places = createUploadPlaces(server, now);
    const closed = new AbortController();

    /** Runs one transfer per name. The same request again waits for the first one. */
    function transfer(name: string, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
        const same = running.get(name);
        if (same) return same.done as Promise<void>;
        const abort = new AbortController();
        const done = work(AbortSignal.any([abort.signal, closed.signal]))
            .catch((error: unknown) => {
                throw endOf(error, abort.signal);
            })
            .finally(() => running.delete(name));
        running.set(name, { abort, done });
        return done;
    }
    /** The person cancelled the transfer, or the account closed. In the second case it may start again. */
    const endOf = (error: unknown, cancelled?: AbortSignal): unknown => {
        if (cancelled?.aborted) return new HushError('file.cancelled', 'This was cancelled.', { cause: error });
        if (!closed.signal.aborted) return error;
        return new HushError('account.leaderGone', 'This stopped because Hush closed your account. Try again.', {
            cause: error,
        });
    };
    const teller = (name: string, total: number): ((done: number) => void) => {
        let told = -1;
        return (done) => {
            const step = total === 0 ? STEPS : Math.floor((Math.min(done, total) / total) * STEPS);
            if (step === told) return;
            told = step;
            progress.emit({ transfer: name, done: Math.min(done, total), total });
        };
    };

    async function uploadAll(roomId: string, txnId: string, file: FileToSend, signal: AbortSignal): Promise<Uploaded> {
        const { path, thumbnail } = file;
        const bytes = await sizeOf(path);
        assertPostable(roomId, largestContent(file, bytes), file.replyTo);
        assertWithin(await limit(), bytes);
        if (thumbnail && thumbnail.bytes.length > MAX_THUMBNAIL)
            throw new HushError('internal', 'The small picture of this file is too large. Please report it.');
        const onProgress = teller(txnId, bytes);
        onProgress(0);
        const small = thumbnail
            ? await upload(server, fromMemory(thumbnail.bytes), { signal, places, onProgress: () => undefined })
            : undefined;
        return { bytes, small, file: await upload(server, fromDisk(path, bytes), { signal, places, onProgress }) };
    }

    const found = (roomId: string, eventId: string): Attachment & { readonly source: Source } => {
        const attachment = attachmentOf(contentOf(roomId, eventId));
        if (!attachment) throw new HushError('file.gone', 'This file is not in the conversation any more.');
        const { source } = attachment;
        if (!source) throw new HushError('file.damaged', 'The data of this message about its file is malformed.');
        return { ...attachment, source };
    };
    const most = ({ size, source }: Attachment): number =>
        source?.kind === 'encrypted' && size !== undefined ? size : MAX_UNSAID;

    async function imageOf(roomId: string, eventId: string, size: 'small' | 'full'): Promise<Uint8Array> {
        const attachment = found(roomId, eventId);
        const small = size === 'small' ? attachment.thumbnail : undefined;
        const pieces = download(server, small ?? attachment.source, {
            signal: closed.signal,
            most: MAX_INLINE_IMAGE,
            small: size === 'small',
            onProgress: () => undefined,
        });
        const bytes = await toMemory(pieces);
        const kind = imageKind(bytes);
        if (!kind || isTooManyPixels(kind))
            throw new HushError('file.notImage', 'This is not an image that Hush shows. Save it to open it elsewhere.');
        return bytes;
    }

    return {
        limit,
        send: (roomId, txnId, file) =>
            transfer(txnId, async (signal) => {
                let parts = uploaded.get(txnId);
                if (!parts) {
                    parts = await uploadAll(roomId, txnId, file, signal);
                    for (const oldest of [...uploaded.keys()].slice(0, -MAX_KEPT + 1)) uploaded.delete(oldest);
                    uploaded.set(txnId, parts);
                }
                signal.throwIfAborted();
                await post(roomId, txnId, fileContent(file, parts), file.replyTo);
                uploaded.delete(txnId);
            }),
        cancel(name) {
            uploaded.delete(name);
            running.get(name)?.abort.abort();
        },
        image: (roomId, eventId, size) =>
            imageOf(roomId, eventId, size).catch((error: unknown) => {
                throw endOf(error);
            }),
        save: (roomId, eventId, path, name) =>
            transfer(name, async (signal) => {
                const attachment = found(roomId, eventId);
                const onProgress = teller(name, attachment.size ?? 0);
                const pieces = download(server, attachment.source, { signal, most: most(attachment), onProgress });
                await toDisk(pieces, path);
            }),
        onProgress: progress.add,
        dispose() {
            closed.abort();
            progress.clear();
        },
    };
}

/** @throws HushError `file.unreadable`, `file.nothingToSend`. */
async function sizeOf(path: string): Promise<number> {
    const found = await stat(path).catch((cause: unknown) => {
        throw new HushError('file.unreadable', 'This file cannot be read. It may have been moved or deleted.', {
            cause,
        });
    });
    if (!found.isFile()) throw new HushError('file.unreadable', 'Only files can be sent, one by one.');
    if (found.size === 0) throw new HushError('file.nothingToSend', 'This file is empty: there is nothing to send.');
    return found.size;
}
