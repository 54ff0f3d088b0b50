/**
 * Reads the remotes of the open repositories from VS Code's own Git extension. Without Git, there is no offer. A folder
 * without trust is ignored, because its repository's configuration can name programs that Git runs.
 */
import type * as vscodeTypes from 'vscode';
import * as vscode from 'vscode';
import { DisposableScope } from '../../core/base/disposable.ts';
import type { Log } from '../../core/base/log.ts';

/** The part of the Git extension's API (version 1) that Hush reads. */
interface GitApi {
    readonly repositories: readonly {
        readonly rootUri: vscodeTypes.Uri;
        readonly state: RepositoryState;
    }[];
    readonly onDidOpenRepository: vscodeTypes.Event<{ readonly state: RepositoryState }>;
}

interface RepositoryState {
    readonly remotes: readonly { readonly name: string; readonly fetchUrl?: string }[];
    readonly onDidChange: vscodeTypes.Event<void>;
}

function gitExtension(): vscode.Extension<{ getAPI(version: 1): GitApi }> | undefined {
    return vscode.extensions.getExtension('vscode.git');
}

async function gitApi(): Promise<GitApi | undefined> {
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
