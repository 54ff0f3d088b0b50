/** The repositories of this window, from VS Code's Git extension. */
import { posix } from 'node:path';
import * as vscode from 'vscode';
import { HushError } from '../../core/base/errors.ts';
import { showWarningMessage } from '../shell/dialogs.ts';
import { gitApi, initialized, type GitRepository } from '../workspace/git.ts';
import { createGit, type Git } from './gitRunner.ts';

export interface OpenRepository {
    readonly name: string;
    readonly git: Git;
    readonly api: GitRepository;
}

/** Returns false after it has said why. `what` begins the sentence. */
export async function hasTrust(what: string): Promise<boolean> {
    if (vscode.workspace.isTrusted) return true;
    const manage = 'Manage Workspace Trust';
    const chosen = await showWarningMessage(
        `${what} needs git, and this workspace is in Restricted Mode: a repository that you do not trust can name programs for git to run.`,
        manage,
    );
    if (chosen === manage) await vscode.commands.executeCommand('workbench.trust.manage');
    return vscode.workspace.isTrusted;
}

/** Empty without a repository, without git, and without trust. */
export async function openRepositories(): Promise<OpenRepository[]> {
    const api = await gitApi();
    if (!api) return [];
    await initialized(api);
    return api.repositories
        .filter(({ rootUri }) => rootUri.scheme === 'file')
        .map((repository) => ({
            name: posix.basename(repository.rootUri.path) || repository.rootUri.path,
            git: createGit(api.git.path, repository.rootUri.fsPath),
            api: repository,
        }));
}

/** @throws HushError `changes.noGit`: it says what is missing. */
export async function assertRepositories(): Promise<OpenRepository[]> {
    const all = await openRepositories();
    if (all.length > 0) return all;
    if (vscode.extensions.getExtension('vscode.git') === undefined)
        throw new HushError(
            'changes.noGit',
            vscode.env.remoteName === undefined
                ? 'VS Code’s Git extension is disabled, and changes go through it. Enable it and try again.'
                : 'This window works on another machine, and Hush runs on yours, where there is no repository. Open the clone on this machine.',
        );
    if ((await gitApi()) === undefined)
        throw new HushError('changes.noGit', 'Git is not installed or is disabled by the setting git.enabled.');
    throw new HushError('changes.noGit', 'This workspace has no git repository. Open a folder that is in one.');
}

/** Names of files in this repository whose editors have unsaved text. */
export function unsavedIn(root: string, paths: readonly string[] | undefined): vscode.TextDocument[] {
    const base = vscode.Uri.file(root);
    const wanted = paths && new Set(paths.map((path) => vscode.Uri.joinPath(base, path).toString()));
    const inRoot = `${base.toString()}/`;
    return vscode.workspace.textDocuments.filter(({ isDirty, uri }) => {
        if (!isDirty || uri.scheme !== 'file') return false;
        return wanted ? wanted.has(uri.toString()) : uri.toString().startsWith(inRoot);
    });
}
