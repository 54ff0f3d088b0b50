/** Finds and shows a place that another device told, in this window's own checkout. */
import * as vscode from 'vscode';
import { HushError } from '../../core/base/errors.ts';
import type { Log } from '../../core/base/log.ts';
import { checkedPath } from '../../core/sideChannel/repositoryPath.ts';
import type { Place } from '../../core/sideChannel/sideMessages.ts';
import type { GitRepository } from '../workspace/git.ts';
import { behindLinks, isIgnored } from './behindLinks.ts';
import { mayTellPath } from './mayTell.ts';

export interface FoundPlace {
    readonly repository: GitRepository;
    readonly uri: vscode.Uri;
}

/**
 * A link inside the repository must not lead out of it, too. A file that we would not tell is not opened either: somebody
 * could make us show it to the viewers of our own share.
 */
export async function findPlace(
    repositories: readonly GitRepository[],
    { path }: Place,
    log: Log,
): Promise<FoundPlace | undefined> {
    if (checkedPath(path) === undefined) return undefined;
    for (const repository of repositories) {
        const uri = vscode.Uri.joinPath(repository.rootUri, ...path.split('/'));
        const found = await behindLinks(repository.rootUri.fsPath, uri.fsPath, mayTellPath);
        if (!found || !(await isFile(uri)) || (await isIgnored(repository, found.below, log))) continue;
        return { repository, uri };
    }
    return undefined;
}

/** It may have been removed since it was found. */
async function isFile(uri: vscode.Uri): Promise<boolean> {
    try {
        return ((await vscode.workspace.fs.stat(uri)).type & vscode.FileType.File) !== 0;
    } catch {
        return false;
    }
}

/** @throws HushError `pairing.noFile`. */
export async function openPlace(repositories: readonly GitRepository[], place: Place, log: Log): Promise<void> {
    const found = await findPlace(repositories, place, log);
    if (!found) throw new HushError('pairing.noFile', `${place.path.slice(0, 200)} is not in your checkout.`);
    const editor = await showBeside(found.uri, false);
    const at = editor.document.validatePosition(new vscode.Position(...cursorOf(place)));
    editor.selection = new vscode.Selection(at, at);
    revealVisible(editor, place);
}

/** Shows the file where the code is, because in the column of a viewer tab it would hide the picture. */
export async function showBeside(uri: vscode.Uri, preserveFocus: boolean): Promise<vscode.TextEditor> {
    const columns = vscode.window.visibleTextEditors.map(({ viewColumn }) => viewColumn);
    const group = vscode.window.tabGroups.activeTabGroup;
    const free = group.activeTab?.input instanceof vscode.TabInputWebview ? vscode.ViewColumn.Beside : group.viewColumn;
    const viewColumn = columns.find((column) => column !== undefined) ?? free;
    return vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), {
        viewColumn,
        preserveFocus,
        preview: true,
    });
}

export function revealVisible(editor: vscode.TextEditor, place: Place): void {
    const start = editor.document.validatePosition(new vscode.Position(firstLineOf(place), 0));
    editor.revealRange(new vscode.Range(start, start), vscode.TextEditorRevealType.AtTop);
}

export function firstLineOf({ visible, selection }: Place): number {
    return visible?.start ?? selection?.end[0] ?? 0;
}

function cursorOf(place: Place): readonly [number, number] {
    const { selection, visible } = place;
    const isVisible = selection && visible && selection.end[0] >= visible.start && selection.end[0] <= visible.end;
    return selection && (isVisible || !visible) ? selection.end : [firstLineOf(place), 0];
}
