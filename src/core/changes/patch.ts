/** A patch as data: what it does to which file. */
import { HushError } from '../base/errors.ts';

export type ChangesKind = 'working' | 'staged' | 'commits';

/** Bytes of the whole patch. */
export const MAX_PATCH = 10_000_000;
export const MAX_PATCH_FILES = 2_000;
/** Changed and unchanged lines in all hunks. */
export const MAX_PATCH_LINES = 200_000;
export const MAX_COMMITS = 100;

export const EXECUTABLE = '100755';
export const LINK = '120000';
export const SUBMODULE = '160000';
const PLAIN = '100644';

export const MODES: ReadonlySet<string> = new Set([PLAIN, EXECUTABLE, LINK, SUBMODULE]);

export interface Hunk {
    /** Counted from 1. 0 if the side has no lines. */
    readonly oldStart: number;
    readonly oldLines: number;
    readonly newStart: number;
    readonly newLines: number;
    /** Each with its mark: space, `+`, `-`, or `\` for "No newline at end of file". One character per byte. */
    readonly lines: readonly string[];
}

export interface PatchedFile {
    readonly kind: 'added' | 'deleted' | 'modified' | 'renamed';
    /** Null: the file did not exist before. */
    readonly oldPath: string | null;
    /** Null: the file does not exist afterwards. */
    readonly newPath: string | null;
    readonly oldMode: string | null;
    readonly newMode: string | null;
    /** Git's whole ID of the content. Null where the patch changes no content. */
    readonly oldBlob: string | null;
    readonly newBlob: string | null;
    readonly binary: boolean;
    /** Bytes afterwards, if it is binary and the patch says so. */
    readonly binarySize: number | null;
    readonly insertions: number;
    readonly deletions: number;
    readonly hunks: readonly Hunk[];
    /** The part of the patch that is about this file. One character per byte. */
    readonly text: string;
}

export interface PatchCommit {
    /** The ID that it had at its author. */
    readonly id: string;
    readonly author: { readonly name: string; readonly email: string };
    /** RFC 5322. */
    readonly date: string;
    readonly subject: string;
    /** Without the subject. Empty: there is none. One character per byte. */
    readonly body: string;
    readonly files: readonly PatchedFile[];
}

export interface Patch {
    /** Oldest first. Empty: the changes are not committed. */
    readonly commits: readonly PatchCommit[];
    /** In the order of the patch. A file may be in several commits. */
    readonly files: readonly PatchedFile[];
}

/** The path that people know the file by. */
export function pathOf({ oldPath, newPath }: PatchedFile): string {
    return newPath ?? oldPath ?? '';
}

/** All paths that the patch reads or writes, each once. */
export function pathsOf(files: readonly PatchedFile[]): string[] {
    const all = files.flatMap(({ oldPath, newPath }) => [oldPath, newPath]);
    return [...new Set(all.filter((path): path is string => path !== null))];
}

export function isSubmodule({ oldMode, newMode }: PatchedFile): boolean {
    return oldMode === SUBMODULE || newMode === SUBMODULE;
}

export function malformed(what: string): HushError {
    return new HushError('changes.malformed', `These changes cannot be read: ${what}.`);
}

export function tooLarge(what: string): HushError {
    return new HushError(
        'changes.tooLarge',
        `These changes are too large: ${what}. Share them through a branch instead.`,
    );
}
