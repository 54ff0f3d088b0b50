/** Files of a working tree, as they are on the disk: read, compared and put back. Never through a link. */
import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir, readdir, readFile, readlink, rm, rmdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { HushError } from '../../core/base/errors.ts';

/** Null: there is no file. There may be a folder. */
export type DiskFile = { readonly kind: 'file' | 'link'; readonly mode: number; readonly base64: string } | null;

export async function readDiskFile(root: string, path: string): Promise<DiskFile> {
    const at = join(root, path);
    const found = await lstat(at).catch(absent);
    if (!found || found.isDirectory()) return null;
    if (found.isSymbolicLink())
        return { kind: 'link', mode: 0, base64: Buffer.from(await readlink(at)).toString('base64') };
    if (!found.isFile())
        throw new HushError('changes.conflict', `"${path}" is not an ordinary file here. Nothing was changed.`);
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
    const found = await lstat(at).catch(absent);
    // An empty folder gives way to a file. A folder with files stays, and the error says so.
    if (found?.isDirectory() === true) await (file === null ? undefined : rmdir(at));
    else if (found) await rm(at);
    if (file === null) return removeEmptyFolders(root, path);
    await mkdir(dirname(at), { recursive: true });
    const bytes = Buffer.from(file.base64, 'base64');
    if (file.kind === 'link') return symlink(bytes.toString(), at);
    await writeFile(at, bytes, { flag: 'wx' });
    await chmod(at, file.mode);
}

export interface EarlierFile {
    readonly path: string;
    readonly before: DiskFile;
}

/**
 * Makes the files what they were. One that cannot be written does not keep the others from it. Returns the paths that
 * are not as they were, and the first reason.
 */
export async function restoreDiskFiles(
    root: string,
    files: readonly EarlierFile[],
): Promise<{ readonly left: readonly string[]; readonly cause: unknown }> {
    const depth = ({ path }: EarlierFile): number => path.split('/').length;
    // What was not there goes first, so that a file can take the place of its folder.
    const going = files.filter(({ before }) => before === null).toSorted((a, b) => depth(b) - depth(a));
    const left: string[] = [];
    let cause: unknown;
    for (const { path, before } of [...going, ...files.filter((file) => file.before !== null)]) {
        try {
            // A file that another program has locked is often as it was.
            const isThere = before !== null && printOf(await readDiskFile(root, path)) === printOf(before);
            if (!isThere) await writeDiskFile(root, path, before);
        } catch (error) {
            left.push(path);
            cause ??= error;
        }
    }
    return { left, cause };
}

/** Files in the folder that has the place of this path. */
export async function filesInFolder(root: string, path: string): Promise<string[]> {
    const at = join(root, path);
    if ((await lstat(at).catch(absent))?.isDirectory() !== true) return [];
    const all = await readdir(at, { recursive: true, withFileTypes: true });
    return all
        .filter((entry) => !entry.isDirectory())
        .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll(sep, '/'));
}

/** @throws HushError `changes.conflict`: a folder has the place of a file. */
export async function assertNoFolders(root: string, paths: readonly string[]): Promise<void> {
    for (const path of paths)
        if ((await lstat(join(root, path)).catch(absent))?.isDirectory() === true)
            throw new HushError('changes.conflict', `"${path}" is a folder here. Nothing was changed.`);
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
