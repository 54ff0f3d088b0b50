/** Hush's items in the status bar: Hush itself, always, with a menu; and while we share, who can see it. */
import * as vscode from 'vscode';
import { commands } from '../manifest/commands.ts';
import type { StatusItem } from './statusItem.ts';

export interface StatusBar extends vscode.Disposable {
    update(status: StatusItem | undefined): void;
}

/** Always there. A click opens the menu of what can be done now. */
export function createStatusBar(): StatusBar {
    return createItem('hush.status', 'Hush', 1_000, commands.showMenu);
}

/** Who can see our share; a click opens the list. */
export function createAudienceItem(): StatusBar {
    return createItem('hush.audience', 'Hush: Who Can See This', 999, commands.whoCanSee);
}

function createItem(id: string, name: string, priority: number, command: string): StatusBar {
    const item = vscode.window.createStatusBarItem(id, vscode.StatusBarAlignment.Left, priority);
    item.name = name;
    item.command = command;
    return {
        update(status) {
            if (!status) {
                item.hide();
                return;
            }
            item.text = status.text;
            item.tooltip = status.tooltip;
            item.accessibilityInformation = { label: status.tooltip };
            item.backgroundColor = status.warning
                ? new vscode.ThemeColor('statusBarItem.warningBackground')
                : undefined;
            item.show();
        },
        dispose: () => item.dispose(),
    };
}
