/**
 * Files on this machine that will be sent. Data that is no local file (a picture from a page, a file of a remote
 * workspace) is kept as Hush's own copy until it is sent. Only the person can read the copies.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MAX_SIDE, type WrittenFile } from '../../core/chat/writtenFile.ts';
import { HushError } from '../../core/base/errors.ts';
import { MAX_INLINE_IMAGE } from '../../core/files/filesPort.ts';
import { IMAGE_HEAD, imageKind, isTooManyPixels } from '../../core/files/imageKind.ts';
import { mimeTypeOf } from './mimeType.ts';

export const NO_FOLDERS = 'Only files can be sent, not folders. Put a folder into an archive first.';

export interface LocalFiles {
    /** @throws HushError `file.unreadable`, `file.nothingToSend`. */
    fromPath(path: string, name: string, replyTo: string | null): Promise<WrittenFile>;
    /** `text`: the data comes from an editor. @throws HushError `file.notSaved`. */
    fromBytes(bytes: Uint8Array, name: string, replyTo: string | null, text?: boolean): Promise<WrittenFile>;
    /** Reads at most {@link MAX_INLINE_IMAGE}. @throws HushError `file.unreadable`, `file.tooLarge`. */
    read(path: string): Promise<Uint8Array>;
    /**
     * Deletes the copies of this window that are neither in `paths` nor new. Also deletes copies that a crash left long
     * ago.
     */
    retain(paths: readonly string[]): Promise<void>;
}

/** `folder`: Hush's own folder. It is created on first use. */
export function createLocalFiles(folder: string): LocalFiles {
    /** Made here, but not passed to `retain` yet. */
    const fresh = new Set<string>();
    /** All copies that this window ever had. Other windows may use the same folder. */
    const own = new Set<string>();
    let kept: ReadonlySet<string> = new Set();

    return {
        async fromPath(path, name, replyTo) {
            const { head, size } = await beginningOf(path);
            const kind = imageKind(head);
            const side = kind ? Math.max(kind.width, kind.height) : 0;
            const shown =
                kind && size <= MAX_INLINE_IMAGE && side <= MAX_SIDE && !isTooManyPixels(kind) ? kind : undefined;
            return {
                kind: 'file',
                path,
                name,
                mimeType: kind?.type ?? mimeTypeOf(name),
                size,
                picture: shown ? { width: shown.width, height: shown.height } : null,
                owned: false,
                caption: '',
                replyTo,
            };
        },
        async fromBytes(bytes, name, replyTo, text = false) {
            const path = join(folder, randomUUID());
            fresh.add(path);
            own.add(path);
            try {
                await mkdir(folder, { recursive: true, mode: 0o700 });
                await writeFile(path, bytes, { flag: 'wx', mode: 0o600 });
            } catch (cause) {
                fresh.delete(path);
                throw new HushError(
                    'file.notSaved',
                    'There is no room to keep this until it is sent. Free some space.',
                    {
                        cause,
                    },
                );
            }
            const written = await this.fromPath(path, name, replyTo);
            return {
                ...written,
                owned: true,
                mimeType: written.picture ? written.mimeType : mimeTypeOf(name, text),
            };
        },
        async read(path) {
            const { size } = await stat(path).catch(unreadable);
            if (size > MAX_INLINE_IMAGE)
                throw new HushError('file.tooLarge', 'This image is too large to be shown here.');
            return readFile(path).catch(unreadable);
        },
        async retain(paths) {
            kept = new Set(paths);
            for (const path of paths) {
                fresh.delete(path);
                own.add(path);
            }
            for (const name of await readdir(folder).catch(() => [])) {
                const path = join(folder, name);
                // Check again: another call may have added the file meanwhile.
                const wanted = (): boolean => kept.has(path) || fresh.has(path);
                if (wanted() || !(own.has(path) || (await isForgotten(path))) || wanted()) continue;
                await rm(path, { force: true });
            }
        },
    };
}

/** After this time in ms, nobody waits for a copy any more. */
const FORGOTTEN_MS = 7 * 24 * 60 * 60_000;

async function isForgotten(path: string): Promise<boolean> {
    const found = await stat(path).catch(() => undefined);
    return found !== undefined && Date.now() - found.mtimeMs > FORGOTTEN_MS;
}

async function beginningOf(path: string): Promise<{ readonly head: Uint8Array; readonly size: number }> {
    const found = await stat(path).catch(unreadable);
    if (!found.isFile()) throw new HushError('file.unreadable', NO_FOLDERS);
    if (found.size === 0) throw new HushError('file.nothingToSend', 'This file is empty: there is nothing to send.');
    const file = await open(path).catch(unreadable);
    try {
        const head = Buffer.alloc(Math.min(found.size, IMAGE_HEAD));
        const { bytesRead } = await file.read(head, 0, head.length, 0);
        return { head: head.subarray(0, bytesRead), size: found.size };
    } catch (cause) {
        return unreadable(cause);
    } finally {
        await file.close();
    }
}

export function unreadable(cause: unknown): never {
    throw new HushError(
        'file.unreadable',
        'This file cannot be read. It may have been moved, or you may not read it.',
        {
            cause,
        },
    );
}
