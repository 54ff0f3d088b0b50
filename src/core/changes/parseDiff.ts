/**
 * Reads what `git diff --binary --full-index` writes, and nothing else: every line must be accounted for. Libraries for
 * patches skip what they do not know. Here that could hide a file from the person that git then writes. Pure.
 */
import { strictlyReadable } from './bytesText.ts';
import { MAX_PATCH_FILES, MAX_PATCH_LINES, MODES, malformed, tooLarge, type Hunk, type PatchedFile } from './patch.ts';
import { bareName, isHeaderOf, isName, samePathOf } from './quotedPath.ts';

const HEADER = 'diff --git ';
const ID = /^index ([0-9a-f]{40}|[0-9a-f]{64})\.\.([0-9a-f]{40}|[0-9a-f]{64})(?: (\d{6}))?$/u;
const HUNK = /^@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@(?: .*)?$/su;
/** A line of git's base 85: its length, then groups of five characters. */
const BASE85 = /^[A-Za-z](?:[0-9A-Za-z!#$%&()*+;<=>?@^_`{|}~-]{5}){1,13}$/u;
const ABSENT = '/dev/null';

/** Lines without their ends, and how many were read. */
interface Lines {
    readonly all: readonly string[];
    at: number;
    /** Of hunks. */
    counted: number;
}

/** `text`: one character per byte. @throws HushError `changes.malformed`, `changes.tooLarge`. */
export function parseDiff(text: string): PatchedFile[] {
    if (text === '') return [];
    if (!text.endsWith('\n')) throw malformed('the end is missing');
    const lines: Lines = { all: text.slice(0, -1).split('\n'), at: 0, counted: 0 };
    const files: PatchedFile[] = [];
    while (lines.at < lines.all.length) {
        if (files.length === MAX_PATCH_FILES) throw tooLarge(`more than ${MAX_PATCH_FILES} files`);
        files.push(parseFile(lines));
    }
    assertOnce(files);
    return files;
}

/** Two parts about one file hide each other. Git writes two only for a file that becomes a link, or the reverse. */
function assertOnce(files: readonly PatchedFile[]): void {
    for (const side of ['oldPath', 'newPath'] as const) {
        const paths = files.map((file) => file[side]).filter((path) => path !== null);
        if (new Set(paths).size !== paths.length) throw malformed('a file is in them twice');
    }
}

interface Head {
    oldMode: string | undefined;
    newMode: string | undefined;
    added: boolean;
    deleted: boolean;
    from: string | undefined;
    to: string | undefined;
    blobs: readonly [string, string] | undefined;
}

function parseFile(lines: Lines): PatchedFile {
    const start = lines.at;
    const first = lines.all[lines.at++] ?? '';
    if (!first.startsWith(HEADER)) throw malformed('they contain text that belongs to no file');
    const header = first.slice(HEADER.length);
    const head = parseHead(lines);
    const [oldName, newName] = namesOf(header, head);
    const content = parseContent(lines, { ...head, oldName, newName });
    if (head.blobs === undefined && (content.binary || content.hunks.length > 0))
        throw malformed('a file has no content IDs');
    return {
        kind: head.added ? 'added' : head.deleted ? 'deleted' : head.from === undefined ? 'modified' : 'renamed',
        oldPath: head.added ? null : readablePath(oldName),
        newPath: head.deleted ? null : readablePath(newName),
        oldMode: head.oldMode ?? null,
        newMode: head.newMode ?? null,
        oldBlob: head.added ? null : (head.blobs?.[0] ?? null),
        newBlob: head.deleted ? null : (head.blobs?.[1] ?? null),
        ...content,
        text: `${lines.all.slice(start, lines.at).join('\n')}\n`,
    };
}

function readablePath(name: string): string {
    const path = strictlyReadable(name);
    if (path === undefined) throw malformed('the name of a file is not Unicode');
    return path;
}

/** Each extended header at most once. */
function parseHead(lines: Lines): Head {
    const head: Head = {
        oldMode: undefined,
        newMode: undefined,
        added: false,
        deleted: false,
        from: undefined,
        to: undefined,
        blobs: undefined,
    };
    const seen = new Set<string>();
    for (; lines.at < lines.all.length; lines.at++) {
        const line = lines.all[lines.at] ?? '';
        const word = HEADERS.find((known) => line.startsWith(known));
        if (word === undefined) break;
        if (seen.has(word)) throw malformed('a header is there twice');
        seen.add(word);
        readHeader(head, word, line.slice(word.length), line);
    }
    if (head.added && head.deleted) throw malformed('a file is both new and deleted');
    if ((head.from === undefined) !== (head.to === undefined)) throw malformed('a renamed file has one name');
    if (head.from !== undefined && (head.added || head.deleted)) throw malformed('a renamed file is new or deleted');
    const changesMode = seen.has('old mode ') || seen.has('new mode ');
    if (changesMode && (!seen.has('old mode ') || !seen.has('new mode ') || head.added || head.deleted))
        throw malformed('the mode of a file is unclear');
    if (seen.has('new mode ') && head.oldMode === head.newMode) throw malformed('the mode of a file is unclear');
    return head;
}

const HEADERS = [
    'old mode ',
    'new mode ',
    'deleted file mode ',
    'new file mode ',
    'similarity index ',
    'rename from ',
    'rename to ',
    'index ',
] as const;

function readHeader(head: Head, word: (typeof HEADERS)[number], value: string, line: string): void {
    switch (word) {
        case 'old mode ':
            head.oldMode = mode(value);
            return;
        case 'new mode ':
            head.newMode = mode(value);
            return;
        case 'deleted file mode ':
            head.deleted = true;
            head.oldMode = mode(value);
            return;
        case 'new file mode ':
            head.added = true;
            head.newMode = mode(value);
            return;
        case 'similarity index ':
            if (!/^\d{1,3}%$/u.test(value)) throw malformed('a header is malformed');
            return;
        case 'rename from ':
            head.from = bareNameOf(value);
            return;
        case 'rename to ':
            head.to = bareNameOf(value);
            return;
        case 'index ': {
            const [, oldBlob = '', newBlob = '', both] = ID.exec(line) ?? [];
            if (oldBlob === '' || oldBlob.length !== newBlob.length) throw malformed('a content ID is malformed');
            head.blobs = [oldBlob, newBlob];
            if (both === undefined) return;
            if (head.oldMode !== undefined || head.newMode !== undefined)
                throw malformed('the mode of a file is unclear');
            head.oldMode = head.newMode = mode(both);
        }
    }
}

function mode(value: string): string {
    if (!MODES.has(value)) throw malformed('the mode of a file is unknown');
    return value;
}

function bareNameOf(value: string): string {
    const found = bareName(value);
    if (found === undefined || found === '') throw malformed('the name of a file is malformed');
    return found;
}

function namesOf(header: string, { from, to }: Head): readonly [string, string] {
    if (from !== undefined && to !== undefined) {
        if (!isHeaderOf(header, from, to)) throw malformed('a renamed file has other names in its header');
        return [from, to];
    }
    const path = samePathOf(header);
    if (path === undefined) throw malformed('the name of a file is malformed');
    return [path, path];
}

type Content = Pick<PatchedFile, 'binary' | 'binarySize' | 'insertions' | 'deletions' | 'hunks'>;

function parseContent(lines: Lines, head: Head & { readonly oldName: string; readonly newName: string }): Content {
    const next = lines.all[lines.at];
    const none: Content = { binary: false, binarySize: null, insertions: 0, deletions: 0, hunks: [] };
    if (next === undefined || next.startsWith(HEADER)) return none;
    if (next === 'GIT binary patch') {
        lines.at++;
        const binarySize = parseBinary(lines);
        parseBinary(lines);
        return { ...none, binary: true, binarySize };
    }
    if (next.startsWith('Binary files ')) throw malformed('the content of a binary file is missing');
    if (!next.startsWith('--- ')) throw malformed('they contain text that belongs to no file');
    const after = lines.all[lines.at + 1] ?? '';
    const isOld = head.added ? next === `--- ${ABSENT}` : isName(next.slice(4), `a/${head.oldName}`);
    const isNew = head.deleted ? after === `+++ ${ABSENT}` : isName(after.slice(4), `b/${head.newName}`);
    if (!isOld || !isNew || !after.startsWith('+++ ')) throw malformed('a file has two names');
    lines.at += 2;
    const hunks: Hunk[] = [];
    while (lines.all[lines.at]?.startsWith('@@ ') === true) hunks.push(parseHunk(lines, hunks.at(-1)));
    if (hunks.length === 0) throw malformed('a changed file has no lines');
    const marked = (mark: string): number =>
        hunks.reduce((sum, hunk) => sum + hunk.lines.filter((line) => line.startsWith(mark)).length, 0);
    return { ...none, insertions: marked('+'), deletions: marked('-'), hunks };
}

function parseHunk(lines: Lines, before: Hunk | undefined): Hunk {
    const found = HUNK.exec(lines.all[lines.at++] ?? '');
    if (!found) throw malformed('the place of a change is malformed');
    const [oldStart = 0, oldLines = 1, newStart = 0, newLines = 1] = found
        .slice(1)
        .map((part: string | undefined) => (part === undefined ? undefined : Number(part)));
    if (before && oldStart < before.oldStart + before.oldLines)
        throw malformed('the changes of a file are not in order');
    const own: string[] = [];
    let [ofOld, ofNew] = [0, 0];
    while (ofOld < oldLines || ofNew < newLines) {
        const line = lines.all[lines.at++];
        const mark = line?.[0];
        if (line === undefined || (mark !== ' ' && mark !== '+' && mark !== '-' && mark !== '\\'))
            throw malformed('a change has fewer lines than it says');
        if (++lines.counted > MAX_PATCH_LINES) throw tooLarge(`more than ${MAX_PATCH_LINES} lines`);
        if (mark === ' ' || mark === '-') ofOld++;
        if (mark === ' ' || mark === '+') ofNew++;
        own.push(line);
    }
    if (ofOld !== oldLines || ofNew !== newLines) throw malformed('a change has more lines than it says');
    if (lines.all[lines.at]?.startsWith('\\') === true) own.push(lines.all[lines.at++] ?? '');
    return { oldStart, oldLines, newStart, newLines, lines: own };
}

/** Returns the size that it states, in bytes. Null for a delta, which states another size. */
function parseBinary(lines: Lines): number | null {
    const [, kind, size] = /^(literal|delta) (\d{1,12})$/u.exec(lines.all[lines.at++] ?? '') ?? [];
    if (size === undefined) throw malformed('a binary file is malformed');
    let line: string | undefined;
    while ((line = lines.all[lines.at++]) !== '') {
        if (line === undefined || !BASE85.test(line)) throw malformed('a binary file is malformed');
        if (++lines.counted > MAX_PATCH_LINES) throw tooLarge(`more than ${MAX_PATCH_LINES} lines`);
    }
    return kind === 'literal' ? Number(size) : null;
}
