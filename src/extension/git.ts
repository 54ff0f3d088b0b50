/** Remotes of the opened repositories, from VS Code's own Git extension. Best effort: no Git, no offer. */
import type * as vscodeTypes from 'vscode';
import * as vscode from 'vscode';
import { DisposableScope } from './lifecycle.ts';

/** The part of the Git extension's API (version 1) that is read here. */
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

async function gitApi(): Promise<GitApi | undefined> {
    const extension = vscode.extensions.getExtension<{ getAPI(version: 1): GitApi }>('vscode.git');
    if (!extension) return undefined;
    try {
        return (await extension.activate()).getAPI(1);
    } catch {
        // Git is disabled or not installed: there is nothing to match rooms with, and that is all.
        return undefined;
    }
}

/** Fetch URLs, `origin` first. Credentials may be inside: normalise before use, never log. */
export async function gitRemotes(): Promise<string[]> {
    const api = await gitApi();
    const remotes = (api?.repositories ?? []).flatMap((r) => r.state.remotes);
    const urls = remotes
        .toSorted((a, b) => Number(b.name === 'origin') - Number(a.name === 'origin'))
        .map((r) => r.fetchUrl);
    return [...new Set(urls.filter((url): url is string => url !== undefined && url !== ''))];
}

/** Fires when the remotes of a repository are known: Git opens it first, which may be long after we are ready, and reads it then. */
export async function onRemotes(listener: () => void): Promise<vscode.Disposable> {
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
