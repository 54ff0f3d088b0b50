/**
 * Applies uncommitted changes to the working tree. The whole result is made first, in an index of its own that starts
 * from the files as they are now; only then is the first file written. The repository's index stays as it is.
 */
import { dirname, join } from 'node:path';
import { HushError } from '../../core/base/errors.ts';
import { isSubmodule, pathsOf, type PatchedFile } from '../../core/changes/patch.ts';
import type { AppliedChanges } from './applied.ts';
import { alreadyThere, applyToIndex } from './conflicts.ts';
import {
    assertNoFolders,
    assertRealFolders,
    filesInFolder,
    printOf,
    readDiskFile,
    restoreDiskFiles,
    writeDiskFile,
    type DiskFile,
} from './diskFiles.ts';
import { headOf, listed, parts, type Git } from './gitRunner.ts';
import { withTrialIndex } from './trialIndex.ts';

type AppliedFiles = Extract<AppliedChanges, { kind: 'files' }>;

/**
 * `keep` gets what Undo needs, before the first file is written; then null if every file was put back after a failure.
 * Submodules are left as they are. @throws HushError `changes.*`: then nothing was changed, or the error says what was.
 */
export async function applyFiles(
    git: Git,
    files: readonly PatchedFile[],
    keep: (applied: AppliedFiles | null) => Promise<void>,
): Promise<AppliedFiles> {
    const { root } = git;
    const own = files.filter((file) => !isSubmodule(file));
    const paths = pathsOf(own);
    const leaving = own.flatMap(({ oldPath, newPath }) => (oldPath !== null && oldPath !== newPath ? [oldPath] : []));
    if (paths.length === 0)
        throw new HushError(
            'changes.nothing',
            'These changes are about submodules only, which Hush leaves as they are.',
        );
    await assertRealFolders(root, paths, leaving);
    await assertNoFolders(root, paths);
    const before = await readAll(root, paths);
    return withTrialIndex(git, { tree: await headOf(git) }, async (index) => {
        await git.bytes(['update-index', '--add', '--remove', '-z', '--stdin'], { index, input: listed(paths) });
        if (!(await applyToIndex(git, index, own))) throw alreadyThere('in your files');
        const result = new Set(parts(await git.bytes(['ls-files', '-z'], { index })));
        const written = listed(paths.filter((path) => result.has(path)));
        const foreseen = await preview(git, index, paths, written);
        const changed = await readAll(root, paths);
        const moved = paths.filter((path) => printOf(changed.get(path) ?? null) !== printOf(before.get(path) ?? null));
        if (moved.length > 0)
            throw new HushError(
                'changes.changed',
                `${moved.join(', ')} changed meanwhile. Nothing was changed. Try again.`,
            );
        const record = (after: ReadonlyMap<string, DiskFile>): AppliedFiles => ({
            kind: 'files',
            root,
            files: paths.map((path) => ({
                path,
                before: before.get(path) ?? null,
                after: printOf(after.get(path) ?? null),
            })),
        });
        // Undo then also knows these files if Hush ends before it has read them again.
        const expected = record(foreseen);
        await keep(expected);
        try {
            for (const path of paths) if (!result.has(path)) await writeDiskFile(root, path, null);
            await git.bytes(['checkout-index', '-f', '-z', '--stdin'], { index, input: written });
        } catch (cause) {
            await rollBack(expected, cause);
            await keep(null);
            throw cause;
        }
        const applied = record(await readAll(root, paths));
        if (JSON.stringify(applied) !== JSON.stringify(expected)) await keep(applied);
        return applied;
    });
}

/** The files as git will write them. */
async function preview(
    git: Git,
    index: string,
    paths: readonly string[],
    written: string,
): Promise<Map<string, DiskFile>> {
    const folder = join(dirname(index), 'expected');
    await git.bytes(['checkout-index', `--prefix=${folder}/`, '-z', '--stdin'], { index, input: written });
    return readAll(folder, paths);
}

/** @throws HushError `changes.failed` if a file is not as it was. */
async function rollBack({ root, files }: AppliedFiles, failure: unknown): Promise<void> {
    const { left, cause } = await restoreDiskFiles(root, files);
    if (left.length === 0) return;
    throw new HushError(
        'changes.failed',
        `The changes could not be applied, and these files could not be put back: ${left.join(', ')}. Close the programs that use them, then choose Undo.`,
        { cause: new AggregateError([failure, cause], 'apply and its way back failed') },
    );
}

/**
 * A file that is as it was before counts as undone. @throws HushError `changes.changed` names the files that are neither
 * so nor as they were written; `changes.failed` those that could not be put back. Undo can then be tried again.
 */
export async function undoFiles({ root, files }: AppliedFiles): Promise<void> {
    const paths = files.map(({ path }) => path);
    await assertRealFolders(root, paths, paths);
    const now = await readAll(root, paths);
    const going = new Set(files.filter(({ before }) => before === null).map(({ path }) => path));
    const changed: string[] = [];
    for (const { path, before, after } of files) {
        const print = printOf(now.get(path) ?? null);
        if (print !== after && print !== printOf(before)) changed.push(path);
        if (before !== null) changed.push(...(await filesInFolder(root, path)).filter((file) => !going.has(file)));
    }
    if (changed.length > 0)
        throw new HushError(
            'changes.changed',
            `These files have changed since: ${changed.join(', ')}. Nothing was undone.`,
        );
    const { left, cause } = await restoreDiskFiles(root, files);
    if (left.length > 0)
        throw new HushError(
            'changes.failed',
            `These files could not be put back: ${left.join(', ')}. Close the programs that use them, then choose Undo again.`,
            { cause },
        );
}

async function readAll(root: string, paths: readonly string[]): Promise<Map<string, DiskFile>> {
    const all = new Map<string, DiskFile>();
    for (const path of paths) all.set(path, await readDiskFile(root, path));
    return all;
}
