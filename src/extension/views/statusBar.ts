/** One status-bar item while we share: that it is on, who watches, one click to stop. */
import * as vscode from 'vscode';
import { commands } from '../commands.ts';
import type { StatusItem } from './viewModel.ts';

export interface StatusBar extends vscode.Disposable {
    update(status: StatusItem | undefined): void;
}

export function createStatusBar(): StatusBar {
    const item = vscode.window.createStatusBarItem('hush.sharing', vscode.StatusBarAlignment.Left, 1_000);
    item.name = 'Hush: Sharing';
    item.command = commands.stopSharing;
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
