/** Shows other people whether the person is there, by the use of the window and the setting. */
import * as vscode from 'vscode';
import { readSetting } from '../manifest/config.ts';
import { DisposableScope, type Disposable } from '../../core/base/disposable.ts';
import { ownStatus, type PresencePort } from '../../core/rooms/presencePort.ts';

/**
 * Runs until it is disposed. VS Code counts a window as active while the person uses it, and some minutes after that.
 */
export function followPresence(presence: PresencePort): Disposable {
    const scope = new DisposableScope();
    const show = (): void => {
        const send = readSetting(vscode.workspace.getConfiguration(), 'hush.presence.send');
        presence.show(ownStatus(send, vscode.window.state.active));
    };
    scope.add(vscode.window.onDidChangeWindowState(show));
    scope.add(
        vscode.workspace.onDidChangeConfiguration((change) => {
            if (change.affectsConfiguration('hush.presence.send')) show();
        }),
    );
    show();
    return scope;
}
