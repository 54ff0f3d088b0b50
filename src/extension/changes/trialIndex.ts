/** An index beside the repository's own: changes are tried there, and nothing else is touched. */
import { copyFile, mkdtemp, rm, stat, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Git } from './gitRunner.ts';

/** `start`: a copy of the repository's own index, or this commit or tree, or nothing. */
export async function withTrialIndex<T>(
    git: Git,
    start: 'own' | { readonly tree: string | undefined },
    work: (index: string) => Promise<T>,
): Promise<T> {
    const folder = await mkdtemp(join(tmpdir(), 'hush-index-'));
    const index = join(folder, 'index');
    try {
        if (start === 'own') await copyOwn(git, index);
        else if (start.tree !== undefined) await git.bytes(['read-tree', start.tree], { index });
        return await work(index);
    } finally {
        await rm(folder, { recursive: true, force: true });
    }
}

async function copyOwn(git: Git, index: string): Promise<void> {
    const path = await git.text(['rev-parse', '--git-path', 'index']);
    await copyIndex(resolve(git.root, path), index);
}

/** A repository has no index before its first file. */
export async function copyIndex(from: string, to: string): Promise<void> {
    try {
        const { atime, mtime } = await stat(from);
        await copyFile(from, to);
        // Git reads a file again that changed in the second in which its index was written. A newer index hides the change.
        await utimes(to, atime, mtime);
    } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
        await rm(to, { force: true });
    }
}
