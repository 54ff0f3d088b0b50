/** Opens received changes in VS Code's editor for several diffs. */
import * as vscode from 'vscode';
import { textOfBytes } from '../../core/changes/bytesText.ts';
import type { Patch } from '../../core/changes/patch.ts';
import { blobsOf, reviewTexts } from '../../core/changes/reviewTexts.ts';
import type { ChangesDocuments } from './changesDocuments.ts';
import type { OpenRepository } from './openRepositories.ts';

export async function review(
    title: string,
    patch: Patch,
    repositories: readonly OpenRepository[],
    documents: ChangesDocuments,
): Promise<void> {
    const texts = new Map<string, string>();
    for (const id of blobsOf(patch)) {
        for (const { git } of repositories) {
            const { status, out } = await git.try(['cat-file', 'blob', id], { offline: true });
            if (status !== 0) continue;
            texts.set(id, textOfBytes(out));
            break;
        }
    }
    const rows = reviewTexts(patch, (id) => texts.get(id)).map((file) => {
        const { oldPath, newPath, oldText, newText } = file;
        const left = oldPath === null ? undefined : documents.add(oldPath, oldText);
        const right = newPath === null ? undefined : documents.add(newPath, newText);
        return [right ?? left, left, right] as const;
    });
    await vscode.commands.executeCommand('vscode.changes', title, rows);
}
