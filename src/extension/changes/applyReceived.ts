/** Apply and Undo of received changes, with the questions before. Nothing is applied by itself. */
import * as vscode from 'vscode';
import { HushError } from '../../core/base/errors.ts';
import type { Log } from '../../core/base/log.ts';
import { totalsOf } from '../../core/changes/cardOf.ts';
import { countWords } from '../../core/changes/changesCard.ts';
import { isSubmodule, pathOf, pathsOf } from '../../core/changes/patch.ts';
import { consequencesOf } from '../../core/changes/paths.ts';
import type { WorkspaceLink } from '../../core/rooms/room.ts';
import { setStatusBarMessage, showInformationMessage, showWarningMessage } from '../shell/dialogs.ts';
import type { AppliedChanges } from './applied.ts';
import { applyCommits, undoCommits } from './applyCommits.ts';
import { applyFiles, undoFiles } from './applyFiles.ts';
import { chooseRepository } from './chooseRepository.ts';
import { headOf, parts } from './gitRunner.ts';
import { assertRepositories, hasTrust, unsavedIn, type OpenRepository } from './openRepositories.ts';
import type { ReceivedPatch } from './receivedPatch.ts';
import { receiverOf } from './receiver.ts';
import type { InTurn } from './repositoryTurns.ts';

/** Lines of a question. */
const MAX_NAMED = 15;

/** `keep` gets what Undo needs; null: nothing is left to undo. Returns false if the person gave up. @throws HushError `changes.*`. */
export async function applyReceived(
    received: ReceivedPatch,
    links: readonly WorkspaceLink[],
    keep: (applied: AppliedChanges | null) => Promise<void>,
    inTurn: InTurn,
    log: Log,
): Promise<boolean> {
    if (!(await hasTrust('Applying changes'))) return false;
    const repository = await chooseRepository(await assertRepositories(), received.claim, links);
    if (!repository) return false;
    return inTurn(repository.git.root, () => applyHere(repository, received, keep, log));
}

async function applyHere(
    repository: OpenRepository,
    { patch }: ReceivedPatch,
    keep: (applied: AppliedChanges | null) => Promise<void>,
    log: Log,
): Promise<boolean> {
    const { git } = repository;
    const consequences = consequencesOf(patch.files, await receiverOf(git, patch.files));
    if (!(await agreed(consequences.map(({ path, why }) => `“${path}” ${why}`)))) return false;
    if (!(await saved(git.root, pathsOf(patch.files)))) return false;
    if (patch.commits.length > 0) await applyCommits(git, patch.commits, keep);
    else await applyFiles(git, patch.files, keep);
    await refresh(repository, log);
    const { files, commits } = totalsOf(patch);
    const what = commits > 0 ? countWords(commits, 'commit') : countWords(files, 'file');
    setStatusBarMessage('check', `Applied changes to ${what} in ${repository.name}`, 8_000);
    const left = commits > 0 ? [] : patch.files.filter(isSubmodule).map(pathOf);
    if (left.length > 0)
        void showInformationMessage(
            `The changes are applied. The submodule ${left.join(', ')} was left as it is: run git submodule update when you have its commit.`,
        );
    return true;
}

/** Returns false if the person gave up. @throws HushError `changes.*`: then Undo can be tried again. */
export async function undoReceived(applied: AppliedChanges, log: Log): Promise<boolean> {
    if (!(await hasTrust('Undoing changes'))) return false;
    const all = await assertRepositories();
    const repository = all.find(({ git }) => git.root === applied.root);
    if (!repository)
        throw new HushError(
            'changes.noGit',
            `Open the folder ${applied.root} first: these changes were applied there.`,
        );
    const { git } = repository;
    const paths = await touched(applied, repository);
    const unsaved = unsavedIn(git.root, paths);
    if (unsaved.length > 0)
        throw new HushError(
            'changes.unsaved',
            `Save or revert these files first: ${unsaved.map(({ uri }) => vscode.workspace.asRelativePath(uri)).join(', ')}.`,
        );
    if (applied.kind === 'files') await undoFiles(applied);
    else await undoCommits(git, applied);
    await refresh(repository, log);
    setStatusBarMessage('check', `Undone in ${repository.name}`, 8_000);
    return true;
}

/** For VS Code's Source Control view. It looks by itself, too, so a failure is only late news there. */
async function refresh({ api }: OpenRepository, log: Log): Promise<void> {
    try {
        await api.status();
    } catch (error) {
        log.warn('the Source Control view was not refreshed', error);
    }
}

async function touched(applied: AppliedChanges, { git }: OpenRepository): Promise<readonly string[]> {
    if (applied.kind === 'files') return applied.files.map(({ path }) => path);
    const from = applied.before ?? (await headOf(git)) ?? applied.after;
    return parts(await git.bytes(['diff-tree', '-r', '-z', '--name-only', from, applied.after]));
}

async function agreed(lines: readonly string[]): Promise<boolean> {
    if (lines.length === 0) return true;
    const more =
        lines.length > MAX_NAMED ? [`and ${lines.length - MAX_NAMED} more: choose Review to see all of them`] : [];
    const detail = [...lines.slice(0, MAX_NAMED), ...more].join('\n');
    const yes = 'Apply All the Same';
    const question = 'These changes do more than change text. Do you trust their sender with this?';
    return (await showWarningMessage(question, { modal: true, detail }, yes)) === yes;
}

/** Unsaved text would be lost, or written over the changes later. */
async function saved(root: string, paths: readonly string[]): Promise<boolean> {
    const unsaved = unsavedIn(root, paths);
    if (unsaved.length === 0) return true;
    const detail = unsaved.map(({ uri }) => vscode.workspace.asRelativePath(uri)).join('\n');
    const save = 'Save and Apply';
    const question = 'These changes are about files that you have not saved.';
    if ((await showWarningMessage(question, { modal: true, detail }, save)) !== save) return false;
    for (const document of unsaved) {
        // False also while VS Code saves it by itself.
        if ((await document.save()) || !document.isDirty) continue;
        const name = vscode.workspace.asRelativePath(document.uri);
        throw new HushError('changes.unsaved', `"${name}" could not be saved. Nothing was changed.`);
    }
    return true;
}
