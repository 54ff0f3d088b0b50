/** What the receiver's repository says about the files of received changes: only that shows what they do here. */
import { lstat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { HushError } from '../../core/base/errors.ts';
import { LINK, pathsOf, type PatchedFile } from '../../core/changes/patch.ts';
import type { Receiver } from '../../core/changes/paths.ts';
import { listed, parts, type Git } from './gitRunner.ts';

/** Characters of the paths in one command. Windows takes 32,767 for a whole command. */
const MAX_ARGUMENTS = 16_000;

export async function receiverOf(git: Git, files: readonly PatchedFile[]): Promise<Required<Receiver>> {
    const paths = pathsOf(files);
    return { hooks: await hooksOf(git), modes: await modesOf(git, paths), ignored: await ignoredOf(git, paths) };
}

/** The folder of git's hooks, if it is in the working tree. */
async function hooksOf(git: Git): Promise<string | undefined> {
    const asked = ['config', '--show-scope', '-z', '--get-all', '--type=path', 'core.hooksPath'];
    const { status, out } = await git.try(asked);
    if (status !== 0) return undefined;
    const words = out.toString().split('\0').slice(0, -1);
    let path: string | undefined;
    // The last one counts. Hush's own setting for git has the scope "command".
    for (let at = 0; at + 1 < words.length; at += 2) if (words[at] !== 'command') path = words[at + 1];
    if (path === undefined) return undefined;
    const folder = relative(git.root, resolve(git.root, path));
    return folder === '' || folder.startsWith('..') || isAbsolute(folder) ? undefined : folder.replaceAll(sep, '/');
}

/** Those in git's index. A file that is a link on the disk counts as one. */
async function modesOf(git: Git, paths: readonly string[]): Promise<Map<string, string>> {
    const modes = new Map<string, string>();
    for (const some of inCommands(paths))
        for (const line of parts(await git.bytes(['ls-files', '-s', '-z', '--', ...some]))) {
            const tab = line.indexOf('\t');
            modes.set(line.slice(tab + 1), line.slice(0, 6));
        }
    for (const path of paths) {
        const found = await lstat(join(git.root, path)).catch(() => undefined);
        if (found?.isSymbolicLink() === true) modes.set(path, LINK);
    }
    return modes;
}

function inCommands(paths: readonly string[]): string[][] {
    const all: string[][] = [];
    let room = 0;
    for (const path of paths) {
        room -= path.length + 1;
        if (room < 0 || all.length === 0) {
            all.push([]);
            room = MAX_ARGUMENTS - path.length;
        }
        all.at(-1)?.push(path);
    }
    return all;
}

/** Not those that git knows. @throws HushError `changes.failed`: also for a path through a link. */
async function ignoredOf(git: Git, paths: readonly string[]): Promise<Set<string>> {
    const { status, out, said } = await git.try(['check-ignore', '-z', '--stdin'], {
        input: listed(paths),
        // This command refuses the variable. No path has a colon, so none is taken for more than a path.
        env: { GIT_LITERAL_PATHSPECS: '0' },
    });
    // 1: it ignores none.
    if (status > 1)
        throw new HushError('changes.failed', `Git could not look at these files: ${said.trim().slice(0, 300)}.`);
    return new Set(parts(out));
}
