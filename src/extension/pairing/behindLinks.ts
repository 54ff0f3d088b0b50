/** The rules about a file hold for the link that leads to it, and for the file behind the link. */
import { realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { Log } from '../../core/base/log.ts';
import { mayTellName, pathWithin } from '../../core/sideChannel/repositoryPath.ts';
import type { GitRepository } from '../workspace/git.ts';

interface BehindLinks {
    /** Without links, relative to the root, with slashes. */
    readonly path: string;
    /** The link and the file behind it, both below the root as it was given: Git looks at no other path. */
    readonly below: readonly string[];
}

/** `mayTell`: by an absolute path. Undefined: no file inside of the root, or one that may not be told. */
export async function behindLinks(
    root: string,
    file: string,
    mayTell: (path: string) => boolean,
): Promise<BehindLinks | undefined> {
    const [realRoot, real] = await Promise.all([realPath(root), realPath(file)]);
    const path = realRoot === undefined || real === undefined ? undefined : pathWithin(realRoot, real);
    if (real === undefined || path === undefined || !mayTellName(path)) return undefined;
    const below = [...new Set([file, join(root, ...path.split('/'))])];
    return [...below, real].every(mayTell) ? { path, below } : undefined;
}

/** Whether Git ignores one of these paths. Git refuses to answer for a file in a linked folder: then we assume it. */
export async function isIgnored(
    repository: Pick<GitRepository, 'checkIgnore'>,
    paths: readonly string[],
    log: Log,
): Promise<boolean> {
    try {
        return (await repository.checkIgnore([...paths])).size > 0;
    } catch (error) {
        log.warn('Git does not say whether it ignores a file', error);
        return true;
    }
}

/** The path without links, with slashes. Undefined: there is no such file. */
async function realPath(path: string): Promise<string | undefined> {
    try {
        return (await realpath(path)).split(sep).join('/');
    } catch {
        return undefined;
    }
}
