/**
 * Applies uncommitted changes to the working tree. The whole result is made first, in an index of its own that starts
 * from the files as they are now; only then is the first file written. The repository's index stays as it is.
 */
import { HushError } from '../../core/base/errors.ts';
import { isSubmodule, pathsOf, type PatchedFile } from '../../core/changes/patch.ts';
import type { AppliedChanges } from './applied.ts';
import { alreadyThere, applyToIndex } from './conflicts.ts';
import { assertRealFolders, printOf, readDiskFile, writeDiskFile, type DiskFile } from './diskFiles.ts';
import { headOf, listed, parts, type Git } from './gitRunner.ts';
import { withTrialIndex } from './trialIndex.ts';

type AppliedFiles = Extract<AppliedChanges, { kind: 'files' }>;

/**
 * `keep` gets what Undo needs, before the first file is written. Submodules are left as they are. @throws HushError
 * `changes.*`: then nothing was changed.
 */
export async function applyFiles(
    git: Git,
    files: readonly PatchedFile[],
    keep: (applied: AppliedFiles) => Promise<void>,
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
    const before = await readAll(root, paths);
    return withTrialIndex(git, { tree: await headOf(git) }, async (index) => {
        await git.bytes(['update-index', '--add', '--remove', '-z', '--stdin'], { index, input: listed(paths) });
        if (!(await applyToIndex(git, index, own))) throw alreadyThere('in your files');
        const result = new Set(parts(await git.bytes(['ls-files', '-z'], { index })));
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
        await keep(record(before));
        try {
            for (const path of paths) if (!result.has(path)) await writeDiskFile(root, path, null);
            const written = listed(paths.filter((path) => result.has(path)));
            await git.bytes(['checkout-index', '-f', '-z', '--stdin'], { index, input: written });
        } catch (cause) {
            for (const [path, file] of before) await writeDiskFile(root, path, file);
            throw cause;
        }
        const applied = record(await readAll(root, paths));
        await keep(applied);
        return applied;
    });
}

/** @throws HushError `changes.changed` names the files that are no longer as they were written. */
export async function undoFiles({ root, files }: AppliedFiles): Promise<void> {
    const paths = files.map(({ path }) => path);
    await assertRealFolders(root, paths, paths);
    const now = await readAll(root, paths);
    const changed = files.filter(({ path, after }) => printOf(now.get(path) ?? null) !== after);
    if (changed.length > 0)
        throw new HushError(
            'changes.changed',
            `These files have changed since: ${changed.map(({ path }) => path).join(', ')}. Nothing was undone.`,
        );
    // Files go first, so that a folder can take the place of one.
    for (const { path, before } of files) if (before === null) await writeDiskFile(root, path, null);
    for (const { path, before } of files) if (before !== null) await writeDiskFile(root, path, before);
}

async function readAll(root: string, paths: readonly string[]): Promise<Map<string, DiskFile>> {
    const all = new Map<string, DiskFile>();
    for (const path of paths) all.set(path, await readDiskFile(root, path));
    return all;
}
