/** Enter on a row of the tree does what the first button of the row does. A click only selects the row. */
import * as vscode from 'vscode';
import { firstAction } from './firstAction.ts';
import type { ActionContext } from '../shell/actionContext.ts';

export async function actOnRow(context: ActionContext): Promise<void> {
    // VS Code tells which row is selected, not which row has the keyboard focus. This command selects the focused row,
    // and opens a room or a share.
    await vscode.commands.executeCommand('list.select');
    const row = context.selectedRow();
    const command = row && firstAction(row.context);
    if (row && command) await vscode.commands.executeCommand(command, row.id);
}
