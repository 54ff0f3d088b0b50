/**
 * Opens the file that a message names, if it is in this workspace. A message must not make VS Code open anything else.
 */
import * as vscode from 'vscode';
import { HushError } from '../../core/base/errors.ts';
import { pathInWorkspace } from './workspacePath.ts';
import { showQuickPick } from '../shell/dialogs.ts';

export interface Reference {
    readonly path: string;
    /** Counts from 1. 0: the message names no line. */
    readonly line: number;
    readonly endLine: number;
    readonly column: number;
}

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

/** Returns undefined if there are several and the person chose none. */
async function find(path: string): Promise<vscode.Uri | undefined> {
    const folders = vscode.workspace.workspaceFolders ?? [];
    const relative = pathInWorkspace(
        path,
        folders.map(({ uri }) => uri.path),
    );
    if (relative !== undefined) {
        for (const folder of folders) {
            const uri = vscode.Uri.joinPath(folder.uri, relative);
            if (await isFile(uri)) return uri;
        }
        const found = await vscode.workspace.findFiles(`**/${relative}`, undefined, 20);
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

async function isFile(uri: vscode.Uri): Promise<boolean> {
    try {
        return ((await vscode.workspace.fs.stat(uri)).type & vscode.FileType.File) !== 0;
    } catch {
        return false;
    }
}
