/** The menu of Hush's status bar item, and of the person's own share in the tree. */
import * as vscode from 'vscode';
import { statusMenu, type MenuEntry } from './statusMenuItems.ts';
import type { ActionContext } from '../shell/actionContext.ts';
import { showQuickPick } from '../shell/dialogs.ts';

interface MenuItem extends vscode.QuickPickItem {
    readonly entry?: MenuEntry;
}

export async function showStatusMenu(context: ActionContext): Promise<void> {
    const items = statusMenu(context.model, context.otherAccounts).flatMap((entry): MenuItem[] => {
        const { label, description = '', divided } = entry;
        const line = { label: '', kind: vscode.QuickPickItemKind.Separator };
        return [...(divided ? [line] : []), { label, description, entry }];
    });
    const title = context.model.session.share ? 'You Share Your Screen' : 'Hush';
    const entry = (await showQuickPick(items, { title }))?.entry;
    if (!entry) return;
    if (entry.run === 'revealShare') context.revealShare();
    else if (entry.run === 'shieldSettings')
        await vscode.commands.executeCommand('workbench.action.openSettings', 'hush.shield');
    else await vscode.commands.executeCommand(entry.run, entry.argument);
}
