/** Hush's items in the status bar: one with a menu, which always shows; and one that says who can see our share. */
import * as vscode from 'vscode';
import { commands, type CommandId } from '../manifest/commands.ts';
import type { StatusItem } from './statusItem.ts';

export interface StatusBar extends vscode.Disposable {
    update(status: StatusItem | undefined, command?: CommandId): void;
}

/** Always shows. A click opens the menu of possible actions. */
export function createStatusBar(): StatusBar {
    return createItem('hush.status', 'Hush', 1_000, commands.showMenu);
}

/** Says who can see our share. A click opens the list. */
export function createAudienceItem(): StatusBar {
    return createItem('hush.audience', 'Hush: Who Can See This', 999, commands.whoCanSee);
}

/** Pauses our share, or resumes it. */
export function createPauseItem(): StatusBar {
    return createItem('hush.pause', 'Hush: Pause Share', 998, commands.pauseShare);
}

function createItem(id: string, name: string, priority: number, command: CommandId): StatusBar {
    const item = vscode.window.createStatusBarItem(id, vscode.StatusBarAlignment.Left, priority);
    item.name = name;
    item.command = command;
    return {
        update(status, next = command) {
            if (!status) {
                item.hide();
                return;
            }
            item.command = next;
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
