/** Enter on a row of the tree: what its first button does. A click only chooses the row. */
import * as vscode from 'vscode';
import { firstAction } from './firstAction.ts';
import type { ActionContext } from '../shell/actionContext.ts';

export async function actOnRow(context: ActionContext): Promise<void> {
    // VS Code says which row is chosen, not which has the keyboard. This chooses that one, and opens a room or a screen.
    await vscode.commands.executeCommand('list.select');
    const row = context.selectedRow();
    const command = row && firstAction(row.context);
    if (row && command) await vscode.commands.executeCommand(command, row.id);
}
