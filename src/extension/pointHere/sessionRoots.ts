/** The folders that paths of pointers start from: the session's repositories that are open in this window. */
import * as vscode from 'vscode';
import { pathRefusal } from '../../core/changes/paths.ts';
import { pathBelow } from '../../core/chat/codePointer.ts';
import type { WorkspaceLink } from '../../core/rooms/room.ts';
import { matchesRemote } from '../../core/workspace/workspaceHash.ts';
import { behindLinks } from '../pairing/behindLinks.ts';
import { mayTell, mayTellPath } from '../pairing/mayTell.ts';
import { gitApi, initialized, type GitRepository } from '../workspace/git.ts';

export interface SessionRoot {
    readonly uri: vscode.Uri;
    /** Null: it is in no repository, or in one without a commit. */
    readonly commit: string | null;
}

/**
 * The repositories with a remote of the session's. A clone may lack it, so without any these are all repositories of
 * the window, and its folders that are in none. Without trust these are the folders.
 */
export async function sessionRoots(links: readonly WorkspaceLink[]): Promise<SessionRoot[]> {
    const api = await gitApi();
    if (api) await initialized(api);
    const all = api?.repositories ?? [];
    const own = all.filter((repository) => isLinked(repository, links));
    if (own.length > 0) return own.map(rootOf);
    const bare = (vscode.workspace.workspaceFolders ?? []).filter(
        ({ uri }) => !all.some(({ rootUri }) => isAt(rootUri, uri)),
    );
    return [...all.map(rootOf), ...bare.map(({ uri }) => ({ uri, commit: null }))];
}

function isLinked({ state }: GitRepository, links: readonly WorkspaceLink[]): boolean {
    return state.remotes.some(({ fetchUrl }) => links.some((link) => matchesRemote(link, fetchUrl ?? '')));
}

const rootOf = ({ rootUri, state }: GitRepository): SessionRoot => ({
    uri: rootUri,
    commit: state.HEAD?.commit ?? null,
});

const isAt = (root: vscode.Uri, uri: vscode.Uri): boolean =>
    root.scheme === uri.scheme &&
    root.authority === uri.authority &&
    (root.path === uri.path || pathBelow(root.path, uri.path) !== undefined);

/** Where a file is, from the nearest root above it. Undefined: it is below none, also not when links are followed. */
export async function placeIn(
    roots: readonly SessionRoot[],
    file: vscode.Uri,
): Promise<{ readonly root: SessionRoot; readonly path: string } | undefined> {
    const [root] = roots.filter(({ uri }) => isAt(uri, file)).toSorted((a, b) => b.uri.path.length - a.uri.path.length);
    const path = root && pathBelow(root.uri.path, file.path);
    return root && path !== undefined && (await isInside(root.uri, file)) ? { root, path } : undefined;
}

/** The file with this path in the first root that has it. A root at `commit` comes first. */
export async function fileIn(
    roots: readonly SessionRoot[],
    path: string,
    commit: string | null,
): Promise<{ readonly uri: vscode.Uri; readonly root: SessionRoot } | undefined> {
    const same = (root: SessionRoot): number => Number(commit !== null && root.commit === commit);
    for (const root of roots.toSorted((a, b) => same(b) - same(a))) {
        const uri = vscode.Uri.joinPath(root.uri, path);
        if (await isInside(root.uri, uri)) return { uri, root };
    }
    return undefined;
}

/**
 * Whether it is a file, and below the root when all links are followed, but not in git's own folder. A file with secrets
 * is not shown either: the person may be sharing their screen.
 */
async function isInside(root: vscode.Uri, file: vscode.Uri): Promise<boolean> {
    try {
        if (((await vscode.workspace.fs.stat(file)).type & vscode.FileType.File) === 0) return false;
        if (file.scheme !== 'file') {
            const path = pathBelow(root.path, file.path);
            const isOpen = path !== undefined && pathRefusal(path) === undefined && mayTell(file);
            return isOpen && !(await hasLink(root, file));
        }
        const found = await behindLinks(root.fsPath, file.fsPath, mayTellPath);
        return found !== undefined && pathRefusal(found.path) === undefined;
    } catch {
        return false; // there is no such file, or nobody may read it
    }
}

/** Where links cannot be followed from here, none is allowed on the way. */
async function hasLink(root: vscode.Uri, file: vscode.Uri): Promise<boolean> {
    for (let at = file; at.path.length > root.path.length; at = vscode.Uri.joinPath(at, '..'))
        if (((await vscode.workspace.fs.stat(at)).type & vscode.FileType.SymbolicLink) !== 0) return true;
    return false;
}
