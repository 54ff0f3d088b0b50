/** Remotes of the opened repositories, from VS Code's own Git extension. Best effort: no Git, no offer. */
import type * as vscodeTypes from 'vscode';
import * as vscode from 'vscode';

/** The part of the Git extension's API (version 1) that is read here. */
interface GitApi {
    readonly repositories: readonly {
        readonly rootUri: vscodeTypes.Uri;
        readonly state: { readonly remotes: readonly { readonly name: string; readonly fetchUrl?: string }[] };
    }[];
    readonly onDidOpenRepository: vscodeTypes.Event<unknown>;
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
    const urls = remotes.toSorted((a, b) => Number(b.name === 'origin') - Number(a.name === 'origin')).map((r) => r.fetchUrl);
    return [...new Set(urls.filter((url): url is string => url !== undefined && url !== ''))];
}

/** Fires when another repository was opened. */
export async function onRepositoryOpened(listener: () => void): Promise<vscode.Disposable | undefined> {
    return (await gitApi())?.onDidOpenRepository(listener);
}
