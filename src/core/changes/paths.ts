/**
 * Where a patch may write. Some paths are never written, whatever the person says; others are, after the person has
 * read their names: they run something, or change what git does. Pure.
 */
import { HushError } from '../base/errors.ts';
import { EXECUTABLE, isSubmodule, LINK, pathOf, pathsOf, SUBMODULE, type PatchedFile } from './patch.ts';

/** UTF-16 units, and parts between slashes. */
const MAX_PATH = 1_000;
const MAX_DEPTH = 60;

/** HFS+ ignores these characters in names (git's `next_hfs_char`). */
const IGNORED = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/gu;
/** Windows reserves these names in every folder. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?$/iu;

/** Why nothing may be written there, as the end of a sentence. Undefined: it may. */
export function pathRefusal(path: string): string | undefined {
    if (path === '' || path.length > MAX_PATH) return 'its path is empty or too long';
    if (/[\p{Cc}\u2028\u2029]/u.test(path)) return 'its path has control characters';
    if (path.includes('\\')) return 'its path has backslashes';
    if (path.startsWith('/') || /^[A-Za-z]:/u.test(path)) return 'its path is absolute';
    const parts = path.split('/');
    if (parts.length > MAX_DEPTH) return 'its path is too deep';
    for (const part of parts) {
        const why = partRefusal(part);
        if (why !== undefined) return why;
    }
    return undefined;
}

function partRefusal(part: string): string | undefined {
    if (part === '') return 'its path has an empty part';
    const seen = part.replaceAll(IGNORED, '').normalize('NFKC').toLowerCase();
    // Windows drops dots and spaces at the end, and what follows a colon names a stream of the same file.
    const bare = (seen.split(':')[0] ?? '').replace(/[. ]+$/u, '');
    if (bare === '') return 'its path leads out of the repository';
    if (bare === '.git' || /^git~\d+$/u.test(bare)) return 'it is in git’s own folder';
    if (part.includes(':')) return 'its path has a colon';
    if (DEVICE.test(bare)) return 'Windows reserves its name';
    return undefined;
}

/** @throws HushError `changes.refused`: it names the file and the reason. */
export function assertWritablePaths(files: readonly PatchedFile[]): void {
    for (const path of pathsOf(files)) {
        const why = pathRefusal(path);
        if (why !== undefined)
            throw new HushError('changes.refused', `These changes are refused because of "${path}": ${why}.`);
    }
}

/** Paths (in lower case) of files that make something run or change how git works. */
const CONSEQUENTIAL: readonly (readonly [pattern: RegExp, why: string])[] = [
    [/(?:^|\/)\.vscode\/tasks\.json$/u, 'defines commands that VS Code runs'],
    [/(?:^|\/)\.vscode\/launch\.json$/u, 'defines programs that VS Code starts'],
    [/(?:^|\/)\.vscode\//u, 'changes how VS Code works here'],
    [/\.code-workspace$/u, 'changes how VS Code works here'],
    [/(?:^|\/)\.devcontainer(?:\/|\.json$)/u, 'defines a container and its commands'],
    [/(?:^|\/)(?:\.husky|\.githooks|\.git-hooks|githooks)\//u, 'git runs it as a hook'],
    [/(?:^|\/)(?:\.pre-commit-config\.ya?ml|lefthook\.ya?ml|\.lefthook\.ya?ml)$/u, 'defines commands that git runs'],
    [/(?:^|\/)\.gitattributes$/u, 'changes how git reads and writes files'],
    [/(?:^|\/)\.gitmodules$/u, 'changes the submodules'],
    [/(?:^|\/)(?:\.gitconfig|\.lfsconfig)$/u, 'changes git’s settings'],
    [/(?:^|\/)\.envrc$/u, 'runs when a terminal opens here'],
];

export interface Consequence {
    readonly path: string;
    /** Follows the path in a sentence. */
    readonly why: string;
}

/** What the receiver's repository says about the files. */
export interface Receiver {
    /** The folder of git's hooks, relative to the repository, if it is in it. */
    readonly hooks?: string | undefined;
    /** By path. */
    readonly modes?: ReadonlyMap<string, string>;
    readonly ignored?: ReadonlySet<string>;
}

/** What the person must have read before these changes are applied. */
export function consequencesOf(files: readonly PatchedFile[], receiver: Receiver = {}): Consequence[] {
    // A later commit changes what an earlier one has made.
    const modes = new Map(receiver.modes);
    const all = files.flatMap((file) => {
        const { oldPath, newPath } = file;
        const real = oldPath === null ? undefined : modes.get(oldPath);
        const found = consequences(file, real, receiver);
        if (oldPath !== null) modes.delete(oldPath);
        const mode = modeAfter(file, real);
        if (newPath !== null && mode !== null) modes.set(newPath, mode);
        return found.map((why) => ({ path: pathOf(file), why }));
    });
    const lines = new Map(all.map((one) => [`${one.path}\n${one.why}`, one]));
    return [...lines.values()];
}

/** Where the patch changes no mode, git keeps that of the file, whatever the patch says about it. */
function modeAfter({ oldMode, newMode }: PatchedFile, real: string | undefined): string | null {
    return newMode === oldMode ? (real ?? newMode) : newMode;
}

function consequences(file: PatchedFile, real: string | undefined, { hooks, ignored }: Receiver): string[] {
    const { oldMode, newMode, oldPath, newPath } = file;
    const found: string[] = [];
    const after = modeAfter(file, real);
    if (isSubmodule(file) || real === SUBMODULE) found.push('is a submodule');
    else if (after === LINK || newMode === LINK) found.push(linkWords(file));
    else if (newMode === EXECUTABLE && oldMode !== EXECUTABLE && real !== EXECUTABLE) found.push('becomes executable');
    if (pathsOf([file]).some((path) => ignored?.has(path) === true)) found.push('is a file that git ignores here');
    for (const path of new Set([oldPath, newPath])) {
        if (path === null) continue;
        const known = path.replaceAll(IGNORED, '').normalize('NFKC').toLowerCase();
        const why = CONSEQUENTIAL.find(([pattern]) => pattern.test(known))?.[1];
        if (why !== undefined) found.push(why);
        else if (hooks !== undefined && known.startsWith(`${hooks.toLowerCase()}/`))
            found.push('git runs it as a hook');
    }
    return [...new Set(found)];
}

function linkWords({ hunks, binary }: PatchedFile): string {
    if (hunks.length === 0 && !binary) return 'is a link';
    const line = hunks.flatMap(({ lines }) => lines).find((one) => one.startsWith('+'));
    return `is a link to "${line?.slice(1, 200) ?? 'an unknown place'}"`;
}
