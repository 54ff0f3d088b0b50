/**
 * Reads the remotes of the open repositories from VS Code's own Git extension. Without Git, there is no offer. A folder
 * without trust is ignored, because its repository's configuration can name programs that Git runs.
 */
import type * as vscodeTypes from 'vscode';
import * as vscode from 'vscode';
import { DisposableScope } from '../../core/base/disposable.ts';
import type { Log } from '../../core/base/log.ts';
import type { RepositoryRemotes } from '../../core/workspace/remotesMeant.ts';

/** The part of the Git extension's API (version 1) that Hush reads. */
export interface GitApi {
    /** `path`: of the program. */
    readonly git: { readonly path: string };
    /** `initialized` once the first look at the folders of the window is done. */
    readonly state: 'uninitialized' | 'initialized';
    readonly onDidChangeState: vscodeTypes.Event<GitApi['state']>;
    readonly repositories: readonly GitRepository[];
    readonly onDidOpenRepository: vscodeTypes.Event<{ readonly state: RepositoryState }>;
    getRepository(uri: vscodeTypes.Uri): GitRepository | null;
    openRepository(root: vscodeTypes.Uri): Promise<GitRepository | null>;
}

export interface GitRepository {
    readonly rootUri: vscodeTypes.Uri;
    readonly state: RepositoryState;
    /** Reads the state again. */
    status(): Promise<void>;
    log(options: { readonly maxEntries?: number; readonly range?: string }): Promise<readonly GitCommit[]>;
    /** Returns those of the paths that git ignores. */
    checkIgnore(paths: string[]): Promise<Set<string>>;
    /** Rejects if the repository lacks the commit. */
    getCommit(name: string): Promise<unknown>;
    /** Undefined: there is none. */
    getMergeBase(one: string, other: string): Promise<string | undefined>;
}

/** Newest first. */
export interface GitCommit {
    readonly hash: string;
    readonly message: string;
    readonly authorName?: string;
    readonly parents: readonly string[];
}

interface Change {
    readonly uri: vscodeTypes.Uri;
}

interface RepositoryState {
    readonly HEAD:
        | {
              /** Of the branch. Undefined: no branch is checked out. */
              readonly name?: string;
              readonly commit?: string;
              readonly upstream?: { readonly remote: string; readonly name: string };
              /** Commits that the upstream branch does not have. */
              readonly ahead?: number;
          }
        | undefined;
    readonly mergeChanges: readonly Change[];
    readonly workingTreeChanges: readonly Change[];
    readonly indexChanges: readonly Change[];
    /** Undefined in an older VS Code, whose `workingTreeChanges` has them, too. */
    readonly untrackedChanges?: readonly Change[];
    readonly remotes: readonly { readonly name: string; readonly fetchUrl?: string }[];
    readonly onDidChange: vscodeTypes.Event<void>;
}

function gitExtension(): vscode.Extension<{ getAPI(version: 1): GitApi }> | undefined {
    return vscode.extensions.getExtension('vscode.git');
}

/** Undefined: there is no Git, or the person does not trust the folder. */
export async function gitApi(): Promise<GitApi | undefined> {
    const extension = gitExtension();
    if (!vscode.workspace.isTrusted || !extension) return undefined;
    try {
        return (await extension.activate()).getAPI(1);
    } catch {
        // Git is disabled or not installed, so there are no remotes to match with rooms.
        return undefined;
    }
}

/** Returns fetch URLs, `origin` first. They may contain credentials: normalise them before use, and never log them. */
export async function gitRemotes(): Promise<string[]> {
    const api = await gitApi();
    const remotes = (api?.repositories ?? []).flatMap((r) => r.state.remotes);
    const urls = remotes
        .toSorted((a, b) => Number(b.name === 'origin') - Number(a.name === 'origin'))
        .map((r) => r.fetchUrl);
    return [...new Set(urls.filter((url): url is string => url !== undefined && url !== ''))];
}

/**
 * The repositories of these folders. A folder's repository is the one that git finds from there: of the nearest folder
 * above with a `.git`, which a submodule and a worktree have too. A folder in no repository has those inside it.
 */
export async function repositoriesOf(folders: readonly vscode.Uri[], log: Log): Promise<RepositoryRemotes[]> {
    const api = await gitApi();
    if (!api) return [];
    await initialized(api);
    const found = new Map<string, GitRepository>();
    for (const folder of folders) {
        const root = await rootOf(folder);
        const own = root && (await repositoryAt(api, root, log));
        const inside = (it: GitRepository): boolean =>
            it.rootUri.path.startsWith(`${folder.path.replace(/\/$/u, '')}/`);
        for (const each of root ? [own] : api.repositories.filter(inside))
            if (each) found.set(each.rootUri.toString(), each);
    }
    return Promise.all([...found.values()].map((each) => remotesOf(each, log)));
}

/** ms. A window that has just opened may be slow, and a person waits. */
const INITIALIZED_MS = 10_000;

/** Before its first look, Git opens no repository that it is asked for. */
export async function initialized(api: GitApi): Promise<void> {
    if (api.state === 'initialized') return;
    await new Promise<void>((resolve) => {
        const timer = setTimeout(() => done(), INITIALIZED_MS);
        const change = api.onDidChangeState((state) => state === 'initialized' && done());
        const done = (): void => {
            clearTimeout(timer);
            change.dispose();
            resolve();
        };
    });
}

async function rootOf(folder: vscode.Uri): Promise<vscode.Uri | undefined> {
    for (let at = folder; ; at = vscode.Uri.joinPath(at, '..')) {
        const has = await vscode.workspace.fs.stat(vscode.Uri.joinPath(at, '.git')).then(
            () => true,
            () => false,
        );
        if (has) return at;
        if (at.path === '/' || vscode.Uri.joinPath(at, '..').path === at.path) return undefined;
    }
}

/** VS Code opens only some repositories by itself. */
async function repositoryAt(api: GitApi, root: vscode.Uri, log: Log): Promise<GitRepository | undefined> {
    const open = api.getRepository(root);
    if (open?.rootUri.toString() === root.toString()) return open;
    try {
        return (await api.openRepository(root)) ?? undefined;
    } catch (error) {
        log.warn('a repository could not be opened', error);
        return undefined;
    }
}

async function remotesOf(repository: GitRepository, log: Log): Promise<RepositoryRemotes> {
    const { rootUri, state } = repository;
    // A repository that was just opened has not read its remotes yet.
    if (state.remotes.length === 0)
        await repository.status().catch((error: unknown) => log.warn('a repository could not be read', error));
    return {
        root: rootUri.path,
        remotes: state.remotes.flatMap(({ name, fetchUrl }) =>
            fetchUrl === undefined || fetchUrl === '' ? [] : [{ name, url: fetchUrl }],
        ),
        tracked: state.HEAD?.upstream?.remote,
    };
}

/**
 * Fires when the remotes of a repository are known. Git may open the repository long after activation, and reads the
 * remotes after that. If the person trusts a folder later, VS Code starts Git at that time.
 */
export function onRemotes(listener: () => void, log: Log): vscode.Disposable {
    const scope = new DisposableScope();
    let watching = false;
    const start = (): void => {
        if (watching || !vscode.workspace.isTrusted || !gitExtension()) return;
        watching = true;
        watchRepositories(listener).then(
            (watch) => scope.add(watch),
            (error: unknown) => log.warn('Git could not be watched', error),
        );
    };
    scope.add(vscode.workspace.onDidGrantWorkspaceTrust(start));
    scope.add(vscode.extensions.onDidChange(start));
    start();
    return scope;
}

async function watchRepositories(listener: () => void): Promise<vscode.Disposable> {
    const scope = new DisposableScope();
    const api = await gitApi();
    const watch = ({ state }: { readonly state: RepositoryState }): void => {
        if (state.remotes.length > 0) return listener();
        const change = state.onDidChange(() => {
            if (state.remotes.length === 0) return;
            change.dispose();
            listener();
        });
        scope.add(change);
    };
    if (api) scope.add(api.onDidOpenRepository(watch));
    for (const repository of api?.repositories ?? []) watch(repository);
    return scope;
}
