/**
 * Both sides of every changed file, for a diff editor. Where the text before the changes is known, the sides are whole;
 * else they have what the patch shows. Pure.
 */
import { readable } from './bytesText.ts';
import { isSubmodule, type Hunk, type Patch, type PatchedFile } from './patch.ts';

export interface ReviewedFile {
    /** Null: there is no such file on this side. */
    readonly oldPath: string | null;
    readonly newPath: string | null;
    readonly oldText: string;
    readonly newText: string;
    /** False: only parts of the text are known. */
    readonly whole: boolean;
}

/** The text with this ID, one character per byte. Undefined: it is not in the repository. */
export type BlobText = (id: string) => string | undefined;

export function reviewTexts({ commits, files }: Patch, blob: BlobText): ReviewedFile[] {
    if (commits.length <= 1) return files.map((file) => reviewed(file, blob));
    return folded(files, blob) ?? files.map((file) => reviewed(file, blob));
}

/** The IDs that {@link reviewTexts} asks for. */
export function blobsOf({ files }: Patch): string[] {
    const ids = files.map(({ oldBlob, binary, hunks }) => (binary || hunks.length === 0 ? null : oldBlob));
    return [...new Set(ids.filter((id) => id !== null))];
}

function reviewed(file: PatchedFile, blob: BlobText): ReviewedFile {
    const { oldPath, newPath, oldBlob } = file;
    if (file.binary || file.hunks.length === 0) return { oldPath, newPath, ...described(file), whole: true };
    const before = oldPath === null ? '' : oldBlob === null ? undefined : blob(oldBlob);
    const after = before === undefined ? undefined : applyHunks(before, file.hunks);
    if (before !== undefined && after !== undefined)
        return { oldPath, newPath, oldText: readable(before), newText: readable(after), whole: true };
    return { oldPath, newPath, ...excerpts(file.hunks), whole: false };
}

/** A sentence in place of text, for what has no lines. */
function described(file: PatchedFile): { readonly oldText: string; readonly newText: string } {
    const what = isSubmodule(file) ? 'Submodule' : 'Binary file';
    const { oldPath, newPath, oldMode, newMode, binarySize } = file;
    if (!file.binary && !isSubmodule(file)) {
        const mode = (of: string | null): string => (of === null || oldMode === newMode ? '' : `File mode ${of}\n`);
        return { oldText: mode(oldMode), newText: mode(newMode) };
    }
    const size = binarySize === null ? '' : ` of ${binarySize} bytes`;
    return {
        oldText: oldPath === null ? '' : `${what}\n`,
        newText: newPath === null ? '' : `${what}${size}, changed\n`,
    };
}

/** All commits in one: from the text before the first to the text after the last. Undefined: a text is unknown. */
function folded(files: readonly PatchedFile[], blob: BlobText): ReviewedFile[] | undefined {
    /** By the path that the file has now. */
    const now = new Map<string, { first: PatchedFile; oldText: string; text: string; plain: boolean }>();
    const gone: ReviewedFile[] = [];
    for (const file of files) {
        const { oldPath, newPath, oldBlob, hunks } = file;
        const known = oldPath === null ? undefined : now.get(oldPath);
        if (oldPath !== null) now.delete(oldPath);
        const plain = !file.binary && !isSubmodule(file) && known?.plain !== false;
        const hasText = plain && (hunks.length > 0 || known !== undefined);
        const before = known?.text ?? (oldPath === null || !hasText || oldBlob === null ? '' : blob(oldBlob));
        if (before === undefined) return undefined;
        const text = hasText ? applyHunks(before, hunks) : '';
        if (text === undefined) return undefined;
        const entry = { first: known?.first ?? file, oldText: known?.oldText ?? before, text, plain: hasText };
        if (newPath !== null) now.set(newPath, entry);
        else if (entry.first.oldPath !== null) gone.push(folder(entry, null, file));
    }
    return [...gone, ...[...now].map(([path, entry]) => folder(entry, path, entry.first))];
}

function folder(
    { first, oldText, text, plain }: { first: PatchedFile; oldText: string; text: string; plain: boolean },
    newPath: string | null,
    last: PatchedFile,
): ReviewedFile {
    const texts = plain ? { oldText: readable(oldText), newText: readable(text) } : described({ ...last, newPath });
    return { oldPath: first.oldPath, newPath, ...texts, whole: true };
}

/** Undefined: the text has other lines there. One character per byte, as is the result. */
export function applyHunks(text: string, hunks: readonly Hunk[]): string | undefined {
    const lines = text.match(/[^\n]*\n|[^\n]+$/gu) ?? [];
    const result: string[] = [];
    let at = 0;
    for (const { oldStart, oldLines, lines: changed } of hunks) {
        const start = oldLines === 0 ? oldStart : oldStart - 1;
        if (start < at || start > lines.length) return undefined;
        // A long file is more than a call takes as arguments.
        while (at < start) result.push(lines[at++] ?? '');
        for (const [index, line] of changed.entries()) {
            if (line.startsWith('\\')) continue;
            const own = line.slice(1) + (changed[index + 1]?.startsWith('\\') === true ? '' : '\n');
            if (!line.startsWith('+') && lines[at++] !== own) return undefined;
            if (!line.startsWith('-')) result.push(own);
        }
    }
    return [...result, ...lines.slice(at)].join('');
}

/** What the patch shows of both sides, each part under the place where it is. */
function excerpts(hunks: readonly Hunk[]): { readonly oldText: string; readonly newText: string } {
    const side = (without: string): string =>
        hunks
            .map(({ oldStart, lines }) => {
                const own = lines.filter((line) => !line.startsWith(without) && !line.startsWith('\\'));
                return `⋯ from line ${oldStart}: only these lines are in the patch\n${readable(own.map((line) => `${line.slice(1)}\n`).join(''))}`;
            })
            .join('');
    return { oldText: side('+'), newText: side('-') };
}
