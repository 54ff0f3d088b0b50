/** Shows others whether the person is there, as the window's use and the setting have it. */
import * as vscode from 'vscode';
import { readSetting } from '../manifest/config.ts';
import { DisposableScope, type Disposable } from '../../core/base/disposable.ts';
import { ownStatus, type PresencePort } from '../../core/rooms/presencePort.ts';

/** Until disposed of. VS Code counts a window as active while it is used, and some minutes after. */
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
