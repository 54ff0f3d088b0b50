/** Registers with VS Code: commands, links, and changes of settings and folders. */
import * as vscode from 'vscode';
import { commands } from '../manifest/commands.ts';
import { describeSettings } from '../manifest/config.ts';
import { registerCommands } from './registerCommands.ts';
import { followSnapshots } from '../share/followSnapshots.ts';
import { followOpenChat, followShowAnyway } from '../share/pictureMenu.ts';
import { watchPairing } from '../pairing/watchPairing.ts';
import { registerDiagnostics } from '../shell/diagnostics.ts';
import { followTrust } from '../trust/watchTrust.ts';
import type { AccountParts } from './accountParts.ts';
import type { Foundation } from './foundation.ts';
import type { ViewParts } from './viewParts.ts';

export function register(
    { extension, scope, channel, log, configuration, loadVault }: Foundation,
    { app, control, media }: AccountParts,
    { actions }: ViewParts,
    activationMs: () => number,
): void {
    const diagnostics = scope.add(
        registerDiagnostics({
            extension: extension.extension,
            model: () => app.model,
            vault: loadVault,
            account: async () => (await app.account?.diagnostics()) ?? [],
            activationMs,
        }),
    );
    const pairing = scope.add(watchPairing(actions, media, app));
    scope.add(
        registerCommands(actions, {
            ...pairing,
            signIn: () => control.signIn(),
            createAccount: control.createAccount,
            switchAccount: control.switchAccount,
            signOut: (signOutScope) => control.signOut(signOutScope),
            async setUpLiveKit() {
                const { setUpOwnServer } = await import('../account/accountDialogs.ts');
                await setUpOwnServer(await loadVault(), log);
            },
            showLog: () => channel.show(),
            showDiagnostics: () => diagnostics.show(),
        }),
    );
    scope.add(followSnapshots(actions, media));
    scope.add(followOpenChat(actions, media));
    scope.add(followShowAnyway(media));
    scope.add(followTrust(actions, media, (listener) => vscode.workspace.onDidChangeConfiguration(listener)));
    // The handler only asks. Nothing is joined before the person agrees.
    scope.add(
        vscode.window.registerUriHandler({
            handleUri: ({ path, query }) => vscode.commands.executeCommand(commands.joinByLink, { path, query }),
        }),
    );
    scope.add(vscode.workspace.onDidChangeWorkspaceFolders(() => app.refresh()));
    const logSettings = (): void => log.info(`settings: ${describeSettings(configuration())}`);
    scope.add(
        vscode.workspace.onDidChangeConfiguration((change) => {
            if (change.affectsConfiguration('hush')) logSettings();
        }),
    );
    logSettings();
}
