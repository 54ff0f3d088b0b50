/**
 * Opens the file that a message names, if it is in this workspace. A message must not make VS Code open anything else.
 */
import * as vscode from 'vscode';
import { HushError } from '../../core/base/errors.ts';
import { excludeGlob } from './searchExcludes.ts';
import { globOf, pathInWorkspace } from './workspacePath.ts';
import { showQuickPick } from '../shell/dialogs.ts';

export interface Reference {
    readonly path: string;
    /** Counts from 1. 0: the message names no line. */
    readonly line: number;
    readonly endLine: number;
    readonly column: number;
}

/** The most files that one search returns. */
const MAX_FOUND = 1_000;
/** The most that the person chooses from. */
const MAX_CHOICES = 20;

/** @throws HushError `chat.noFile`. */
export async function openReference({ path, line, endLine, column }: Reference): Promise<void> {
    const uri = await find(path);
    if (!uri) return;
    const document = await vscode.workspace.openTextDocument(uri);
    const last = document.lineCount - 1;
    const from = Math.min(Math.max(0, line - 1), last);
    const to = endLine > line ? document.lineAt(Math.min(endLine - 1, last)).range.end : undefined;
    const start = document.validatePosition(new vscode.Position(from, Math.max(0, column - 1)));
    await vscode.window.showTextDocument(document, { selection: new vscode.Range(start, to ?? start) });
}

/** Returns those of the paths that are files in this workspace. */
export async function existingPaths(paths: readonly string[]): Promise<string[]> {
    const inside = new Map(paths.map((path) => [path, relativeOf(path)]));
    const found = new Set<string>();
    const others = new Map<string, string>();
    await Promise.all(
        [...inside].map(async ([path, relative]) => {
            if (relative === undefined) return;
            if (await inFolders(relative)) found.add(path);
            else others.set(path, relative);
        }),
    );
    if (others.size > 0) {
        // One search for all of them: each search starts a process.
        const globs = [...new Set(others.values())].map(globOf);
        const glob =
            globs.length === 1 ? (globs[0] ?? '') : `{${globs.map((one) => one.replaceAll(',', '[,]')).join(',')}}`;
        const uris = await vscode.workspace.findFiles(glob, excluded(), MAX_FOUND);
        for (const [path, relative] of others)
            if (uris.some((uri) => uri.path.endsWith(`/${relative}`))) found.add(path);
    }
    return paths.filter((path) => found.has(path));
}

/** Returns undefined if there are several and the person chose none. */
async function find(path: string): Promise<vscode.Uri | undefined> {
    const relative = relativeOf(path);
    if (relative !== undefined) {
        const direct = await inFolders(relative);
        if (direct) return direct;
        const found = await vscode.workspace.findFiles(globOf(relative), excluded(), MAX_CHOICES);
        if (found.length === 1) return found[0];
        if (found.length > 1) {
            const picked = await showQuickPick(
                found.map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri })),
                { title: `Which ${relative}?` },
            );
            return picked?.uri;
        }
    }
    throw new HushError('chat.noFile', `${path.slice(0, 200)} is not in this workspace.`);
}

/** VS Code adds only `files.exclude` by itself. Without `search.exclude`, a search would go through `node_modules`. */
function excluded(): string | undefined {
    const configuration = vscode.workspace.getConfiguration();
    return excludeGlob(configuration.get('files.exclude'), configuration.get('search.exclude'));
}

function relativeOf(path: string): string | undefined {
    const folders = vscode.workspace.workspaceFolders ?? [];
    return pathInWorkspace(
        path,
        folders.map(({ uri }) =>
            uri.scheme === 'file' && uri.authority !== '' ? `//${uri.authority}${uri.path}` : uri.path,
        ),
    );
}

async function inFolders(relative: string): Promise<vscode.Uri | undefined> {
    for (const folder of vscode.workspace.workspaceFolders ?? []) {
        const uri = vscode.Uri.joinPath(folder.uri, relative);
        if (await isFile(uri)) return uri;
    }
    return undefined;
}

async function isFile(uri: vscode.Uri): Promise<boolean> {
    try {
        return ((await vscode.workspace.fs.stat(uri)).type & vscode.FileType.File) !== 0;
    } catch {
        return false;
    }
}
