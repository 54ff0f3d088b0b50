/** Files of a working tree, as they are on the disk: read, compared and put back. Never through a link. */
import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir, readFile, readlink, rm, rmdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HushError } from '../../core/base/errors.ts';

/** Null: there is no file. */
export type DiskFile = { readonly kind: 'file' | 'link'; readonly mode: number; readonly base64: string } | null;

export async function readDiskFile(root: string, path: string): Promise<DiskFile> {
    const at = join(root, path);
    const found = await lstat(at).catch(absent);
    if (!found) return null;
    if (found.isSymbolicLink())
        return { kind: 'link', mode: 0, base64: Buffer.from(await readlink(at)).toString('base64') };
    if (!found.isFile()) throw new HushError('changes.conflict', `"${path}" is a folder here. Nothing was changed.`);
    return { kind: 'file', mode: found.mode & 0o777, base64: (await readFile(at)).toString('base64') };
}

/** Two files with the same print are the same on the disk. */
export function printOf(file: DiskFile): string {
    return createHash('sha256')
        .update(file === null ? '' : `${file.kind} ${file.mode} ${file.base64}`)
        .digest('base64');
}

export async function writeDiskFile(root: string, path: string, file: DiskFile): Promise<void> {
    const at = join(root, path);
    await rm(at, { force: true });
    if (file === null) return removeEmptyFolders(root, path);
    await mkdir(dirname(at), { recursive: true });
    const bytes = Buffer.from(file.base64, 'base64');
    if (file.kind === 'link') return symlink(bytes.toString(), at);
    await writeFile(at, bytes, { flag: 'wx' });
    await chmod(at, file.mode);
}

/** Git has no empty folders. */
async function removeEmptyFolders(root: string, path: string): Promise<void> {
    for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
        const removed = await rmdir(join(root, folder)).then(
            () => true,
            () => false,
        );
        if (!removed) return;
    }
}

/**
 * Each folder on the way to these files is a real folder, or is not there yet. @throws HushError `changes.refused`,
 * `changes.conflict`.
 */
export async function assertRealFolders(
    root: string,
    paths: readonly string[],
    leaving: readonly string[],
): Promise<void> {
    for (const path of paths) {
        for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
            const found = await lstat(join(root, folder)).catch(absent);
            if (found?.isSymbolicLink() === true)
                throw new HushError(
                    'changes.refused',
                    `These changes are refused because of "${path}": "${folder}" is a link to another place.`,
                );
            if (found && !found.isDirectory() && !leaving.includes(folder))
                throw new HushError('changes.conflict', `"${folder}" is a file here. Nothing was changed.`);
        }
    }
}

function absent(error: NodeJS.ErrnoException): undefined {
    if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
    return undefined;
}
