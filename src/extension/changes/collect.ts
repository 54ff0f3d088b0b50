/** Makes a patch from what a repository has. Changes nothing in it. */
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { bytesOfText, textOfBytes } from '../../core/changes/bytesText.ts';
import { HushError } from '../../core/base/errors.ts';
import { writeCommits, type CommitToSend } from '../../core/changes/mbox.ts';
import { MAX_COMMITS, MAX_PATCH, tooLarge, type ChangesKind, type Patch } from '../../core/changes/patch.ts';
import { readPatch } from '../../core/changes/readPatch.ts';
import { emptyTree, headOf, listed, parts, type Git } from './gitRunner.ts';
import { withTrialIndex } from './trialIndex.ts';

export interface Collected {
    readonly kind: ChangesKind;
    readonly bytes: Uint8Array;
    readonly patch: Patch;
    /** Null: the changes start from nothing. */
    readonly base: string | null;
}

/** Bytes of one file, before it is packed. */
const MAX_FILE = 50_000_000;

/** Where the changes come from. `commits`: the newest `count`. */
export type Source = { readonly kind: 'working' | 'staged' } | { readonly kind: 'commits'; readonly count: number };

const DIFF = [
    '-p',
    '--binary',
    '--full-index',
    '-M',
    '--no-color',
    '--no-ext-diff',
    '--no-textconv',
    '--submodule=short',
    '--src-prefix=a/',
    '--dst-prefix=b/',
];

/** @throws HushError `changes.nothing`, `changes.tooLarge`, `changes.refused`, `changes.conflict`, `changes.failed`. */
export async function collect(git: Git, source: Source): Promise<Collected> {
    await assertMerged(git);
    const head = await headOf(git);
    const made =
        source.kind === 'commits'
            ? await ofCommits(git, source.count)
            : { text: await uncommitted(git, source.kind, head), base: head ?? null };
    if (made.text === '') throw new HushError('changes.nothing', NOTHING[source.kind]);
    if (made.text.length > MAX_PATCH) throw tooLarge(`more than ${MAX_PATCH / 1_000_000} MB`);
    const bytes = bytesOfText(made.text);
    // What the receiver refuses is not sent.
    return { kind: source.kind, bytes, patch: readPatch(bytes, source.kind), base: made.base };
}

const NOTHING: Readonly<Record<ChangesKind, string>> = {
    working: 'There is nothing to send: no file has changed since the last commit.',
    staged: 'There is nothing to send: no changes are staged.',
    commits: 'There is nothing to send: these commits change no file.',
};

async function assertMerged(git: Git): Promise<void> {
    const lines = parts(await git.bytes(['ls-files', '-u', '-z']));
    const files = [...new Set(lines.map((line) => line.slice(line.indexOf('\t') + 1)))];
    if (files.length > 0)
        throw new HushError(
            'changes.conflict',
            `Finish the merge first. These files have conflicts: ${files.join(', ')}.`,
        );
}

async function uncommitted(git: Git, kind: 'working' | 'staged', head: string | undefined): Promise<string> {
    const from = head ?? (await emptyTree(git));
    const diff = async (index?: string): Promise<string> =>
        textOfBytes(await git.bytes(['diff-index', '--cached', ...DIFF, from], { index }));
    if (kind === 'staged') return diff();
    return withTrialIndex(git, 'own', async (index) => {
        await assertSmall(git);
        await git.bytes(['add', '-u'], { index });
        await git.bytes(['update-index', '--add', '-z', '--stdin'], { index, input: listed(await untracked(git)) });
        return diff(index);
    });
}

/** Git reads and packs each file before anybody sees how large the patch is. */
async function assertSmall(git: Git): Promise<void> {
    const changed = parts(await git.bytes(['ls-files', '--modified', '-z']));
    for (const path of [...changed, ...(await untracked(git))]) {
        const size = await lstat(join(git.root, path)).then(
            (found) => found.size,
            () => 0, // deleted
        );
        if (size > MAX_FILE) throw tooLarge(`"${path}" has more than ${MAX_FILE / 1_000_000} MB`);
    }
}

/** Files that git neither has nor ignores. Repositories inside this one are left out. */
async function untracked(git: Git): Promise<string[]> {
    const found = parts(await git.bytes(['ls-files', '--others', '--exclude-standard', '-z']));
    return found.filter((path) => !path.endsWith('/'));
}

async function ofCommits(git: Git, count: number): Promise<{ readonly text: string; readonly base: string | null }> {
    if (count > MAX_COMMITS) throw tooLarge(`more than ${MAX_COMMITS} commits`);
    const lines = await git.text(['rev-list', '--first-parent', '--parents', `--max-count=${count}`, 'HEAD']);
    const ids = lines.split('\n').map((line) => line.split(' '));
    if (ids.some((parents) => parents.length > 2))
        throw new HushError(
            'changes.refused',
            'A merge is among these commits, and a patch cannot hold it. Choose only the commits after it.',
        );
    const commits: CommitToSend[] = [];
    for (const [id = '', parent] of ids.toReversed()) commits.push(await readCommit(git, id, parent));
    const filled = commits.filter(({ diff }) => diff !== '');
    return { text: writeCommits(filled), base: ids.at(-1)?.[1] ?? null };
}

async function readCommit(git: Git, id: string, parent: string | undefined): Promise<CommitToSend> {
    const shown = await git.text(['show', '-s', '--no-show-signature', '--format=%an%x00%ae%x00%aD%x00%B', id]);
    const [name = '', email = '', date = '', message = ''] = shown.split('\0');
    const from = parent ?? (await emptyTree(git));
    const diff = textOfBytes(await git.bytes(['diff-tree', ...DIFF, '-r', from, id]));
    return { id, name: plain(name), email: plain(email), date, message, diff };
}

/** The header of a commit cannot hold these. */
function plain(name: string): string {
    return name.replaceAll(/[<>\n]/gu, ' ');
}

/** For people: the patch as text. */
export function patchText({ bytes }: Collected): string {
    return new TextDecoder().decode(bytes);
}
