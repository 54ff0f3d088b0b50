/** Opens an account in this window: through the leader's window, or as the leader. */
import * as vscode from 'vscode';
import type { Account } from '../../core/account/account.ts';
import { loadAccount, type StoredAccount } from '../../core/account/storedAccounts.ts';
import { HushError } from '../../core/base/errors.ts';
import { membershipSetting, readSetting, sharePolicySetting } from '../manifest/config.ts';
import type { AccountControlOptions } from './accountControlOptions.ts';
import { createOwnServer } from './ownSfuKeys.ts';

export async function openAccountHere(options: AccountControlOptions, account: StoredAccount): Promise<Account> {
    const { log } = options;
    const { openShared } = await import('../windows/openShared.ts');
    return openShared({
        device: { userId: account.userId, deviceId: account.deviceId },
        storage: options.storage,
        version: options.version,
        attend: followFocus,
        window: options.window,
        log,
        onStale: options.onStale,
        async openLocal() {
            const [engine, vault] = await Promise.all([options.loadEngine(), options.loadVault()]);
            // Read again: another window may have renewed the tokens meanwhile.
            const current = await loadAccount(vault, log);
            if (current?.userId !== account.userId || current.deviceId !== account.deviceId)
                throw new HushError('account.notSignedIn', 'You signed out in another window.');
            return engine.openAccount({
                stored: current,
                vault,
                dataDir: options.storage,
                log,
                ownServer: createOwnServer(options.loadVault, log),
                serviceUrlSetting: () => readSetting(options.configuration(), 'hush.livekit.serviceUrl'),
                sharePolicySetting: () => sharePolicySetting(options.configuration()),
                relayOnlySetting: () => readSetting(options.configuration(), 'hush.mesh.relayOnly'),
                membershipSetting: () => membershipSetting(options.configuration()),
            });
        },
    });
}

/** Calls `front` if this window has the focus, and each time that it gets it. */
function followFocus(front: () => void): vscode.Disposable {
    if (vscode.window.state.focused) front();
    return vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused) front();
    });
}
