/**
 * Applies commits with their authors and messages. They are made first, beside the branch, and the branch then moves to
 * them in one step, as `git merge --ff-only` does. `git am` works in the working tree and stops in the middle.
 */
import { lstat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { HushError } from '../../core/base/errors.ts';
import { readable } from '../../core/changes/bytesText.ts';
import { pathsOf, type PatchCommit } from '../../core/changes/patch.ts';
import type { AppliedChanges } from './applied.ts';
import { alreadyThere, applyToIndex } from './conflicts.ts';
import { assertRealFolders } from './diskFiles.ts';
import { emptyTree, headOf, parts, type Git } from './gitRunner.ts';
import { withTrialIndex } from './trialIndex.ts';

type AppliedCommits = Extract<AppliedChanges, { kind: 'commits' }>;

/**
 * `keep` gets what Undo needs, before the branch moves; then null if it did not move. @throws HushError `changes.*`.
 */
export async function applyCommits(
    git: Git,
    commits: readonly PatchCommit[],
    keep: (applied: AppliedCommits | null) => Promise<void>,
): Promise<AppliedCommits> {
    await assertIdle(git);
    const paths = pathsOf(commits.flatMap(({ files }) => files));
    await assertRealFolders(git.root, paths, paths);
    await assertClean(git, paths, 'Commit or stash your own changes first. These commits change the same files');
    const before = await headOf(git);
    const after = await withTrialIndex(git, { tree: before }, async (index) => {
        let parent = before;
        for (const commit of commits) {
            const isNew = await applyToIndex(git, index, commit.files);
            if (isNew) parent = await writeCommit(git, index, commit, parent);
        }
        return parent;
    });
    if (after === undefined || after === before) throw alreadyThere('in your branch');
    const applied: AppliedCommits = { kind: 'commits', root: git.root, before: before ?? null, after };
    await keep(applied);
    try {
        await git.bytes(['merge', '--ff-only', '--no-autostash', '--no-verify-signatures', '--quiet', after], {
            env: { GIT_REFLOG_ACTION: 'hush: apply changes' },
        });
    } catch (cause) {
        if ((await headOf(git)) !== after) await keep(null);
        throw cause;
    }
    return applied;
}

async function writeCommit(git: Git, index: string, commit: PatchCommit, parent: string | undefined): Promise<string> {
    const { author, date, subject, body } = commit;
    const tree = await git.text(['write-tree'], { index });
    const said = body === '' ? '' : `\n${readable(body)}\n`;
    return git.text(['commit-tree', tree, ...(parent === undefined ? [] : ['-p', parent])], {
        input: `${subject}\n${said}`,
        env: {
            // Git takes no author without a name.
            GIT_AUTHOR_NAME: author.name.trim() || author.email || 'unknown',
            GIT_AUTHOR_EMAIL: author.email,
            GIT_AUTHOR_DATE: date,
        },
    });
}

/** @throws HushError `changes.changed`: commits or changes came after. Nothing is undone then. */
export async function undoCommits(git: Git, { before, after }: AppliedCommits): Promise<void> {
    await assertIdle(git);
    if ((await headOf(git)) !== after)
        throw new HushError(
            'changes.changed',
            'The branch has moved since, so these commits cannot be taken back in one step. Use git revert instead.',
        );
    const from = before ?? (await emptyTree(git));
    const paths = parts(await git.bytes(['diff-tree', '-r', '-z', '--name-only', from, after]));
    await assertClean(git, paths, 'These files have changed since. Nothing was undone');
    // Not `git reset`: it also takes other files out of the index.
    await git.bytes(['read-tree', '-m', '-u', after, from]);
    const to = before === null ? ['-d', 'HEAD', after] : ['HEAD', before, after];
    await git.bytes(['update-ref', '-m', 'hush: undo changes', ...to]);
}

/** Names files with changes that are not committed. A file in the way that git does not know counts, too. */
async function assertClean(git: Git, paths: readonly string[], sentence: string): Promise<void> {
    const head = await headOf(git);
    const from = head ?? (await emptyTree(git));
    const known = new Set(parts(await git.bytes(['ls-tree', '-r', '-z', '--name-only', from])));
    const changed = await withTrialIndex(git, 'own', async (index) => {
        // It says which files changed, and exits with 1 for them.
        await git.try(['update-index', '-q', '--refresh'], { index });
        return new Set(parts(await git.bytes(['diff-index', '-z', '--name-only', from], { index })));
    });
    const dirty: string[] = [];
    for (const path of paths) {
        const isInTheWay = !known.has(path) && (await exists(git.root, path));
        if (changed.has(path) || isInTheWay) dirty.push(path);
    }
    if (dirty.length > 0) throw new HushError('changes.conflict', `${sentence}: ${dirty.join(', ')}.`);
}

const UNDER_WAY: readonly (readonly [name: string, what: string])[] = [
    ['MERGE_HEAD', 'merge'],
    ['rebase-merge', 'rebase'],
    ['rebase-apply', 'rebase'],
    ['CHERRY_PICK_HEAD', 'cherry-pick'],
    ['REVERT_HEAD', 'revert'],
];

async function assertIdle(git: Git): Promise<void> {
    for (const [name, what] of UNDER_WAY) {
        const path = await git.text(['rev-parse', '--git-path', name]);
        if (await exists(git.root, path)) throw new HushError('changes.conflict', `Finish or abort the ${what} first.`);
    }
}

async function exists(root: string, path: string): Promise<boolean> {
    return lstat(resolve(root, path)).then(
        () => true,
        () => false,
    );
}
