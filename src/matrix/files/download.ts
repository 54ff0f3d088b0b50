/**
 * Downloads attachments (client-server API, "Authenticated media"). Decrypts them as they arrive. A file counts only if
 * it is complete and has the hash that its sender named.
 */
import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { HushError, isHushError } from '../../core/base/errors.ts';
import { sizeWords } from '../../core/base/sizeWords.ts';
import type { Source } from './attachment.ts';
import { createDecryptor } from './attachmentCrypto.ts';
import { createWatchdog, mediaError, requestMedia, type MediaServer } from './mediaRequest.ts';
import { mxcPath } from './mxc.ts';

export interface DownloadOptions {
    readonly signal: AbortSignal;
    /** Bytes. A larger file is refused, whatever size the server announces. */
    readonly most: number;
    /** A scaled copy is enough (`icon`: a tiny one). The server can scale only files that it can read. */
    readonly small?: boolean | 'icon';
    readonly onProgress: (done: number) => void;
}

const DOING = 'Downloading the file';
const GONE = ['file.gone', 'The homeserver does not have this file (any more).'] as const;
const KNOWN = {
    M_NOT_FOUND: GONE,
    M_NOT_YET_UPLOADED: ['file.gone', 'The sender has not uploaded this file yet. Try again in a moment.'],
    M_TOO_LARGE: ['file.tooLarge', 'This file is too large for the homeserver.'],
} as const;
/** CSS px, doubled for sharp screens: a picture in the conversation, and a picture in a line of a list. */
const THUMBNAIL = 'width=800&height=600&method=scale';
const ICON = 'width=64&height=64&method=crop';

/** Nothing may be shown before the last piece arrives. @throws HushError `file.*`, `network.*`, `server.*`. */
export async function* download(
    server: MediaServer,
    source: Source,
    { signal, most, small, onProgress }: DownloadOptions,
): AsyncGenerator<Uint8Array> {
    const watchdog = createWatchdog(signal, server.after);
    try {
        const path = mxcPath(source.mxc);
        const answer = await requestMedia(server, {
            method: 'GET',
            path:
                source.kind === 'clear' && small
                    ? `/_matrix/client/v1/media/thumbnail/${path}?${small === 'icon' ? ICON : THUMBNAIL}`
                    : `/_matrix/client/v1/media/download/${path}`,
            signal: watchdog.signal,
        });
        if (!answer.ok) throw answer.refusal.error(DOING, KNOWN);
        const decryptor = source.kind === 'encrypted' ? createDecryptor(source) : undefined;
        const announced = Number(answer.response.headers.get('Content-Length') ?? 0);
        if (announced > most) {
            await answer.response.body?.cancel();
            throw tooLarge(most);
        }
        let done = 0;
        for await (const piece of answer.response.body ?? []) {
            watchdog.alive();
            done += piece.length;
            if (done > most) throw tooLarge(most);
            yield decryptor ? decryptor.update(piece) : piece;
            onProgress(done);
        }
        decryptor?.finish();
    } catch (error) {
        throw mediaError(error, server, signal);
    } finally {
        watchdog.stop();
    }
}

function tooLarge(most: number): HushError {
    return new HushError(
        'file.tooLarge',
        `This file is larger than it should be (${sizeWords(most)} at most), so Hush does not take it.`,
    );
}

export async function toMemory(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
    const all: Uint8Array[] = [];
    for await (const piece of pieces) all.push(piece);
    return Buffer.concat(all);
}

/** Writes to a temporary file beside `path`, then renames it. A failed write leaves nothing behind. */
export async function toDisk(pieces: AsyncIterable<Uint8Array>, path: string): Promise<void> {
    const part = join(dirname(path), `.${basename(path).slice(0, 40)}.${randomUUID().slice(0, 8)}.hush-part`);
    try {
        const file = await open(part, 'wx');
        try {
            for await (const piece of pieces) await file.writeFile(piece);
        } finally {
            await file.close();
        }
        await rename(part, path);
    } catch (error) {
        await rm(part, { force: true }).catch(() => undefined);
        if (isHushError(error)) throw error;
        throw new HushError(
            'file.notSaved',
            `The file could not be written: ${reasonOf(error)}. Choose another place.`,
            {
                cause: error,
            },
        );
    }
}

const REASONS: Readonly<Record<string, string>> = {
    ENOSPC: 'the disk is full',
    EACCES: 'this account may not write there',
    EPERM: 'this account may not write there',
    EROFS: 'nothing can be written there',
    ENOENT: 'the folder is not there',
    EISDIR: 'a folder has that name',
};

function reasonOf(error: unknown): string {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    return REASONS[code] ?? 'the system refused it';
}
