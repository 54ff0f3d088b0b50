/** Signing in, coming back after a restart, and signing out: what ties the dialogs, the vault and the app together. */
import type * as vscodeTypes from 'vscode';
import * as vscode from 'vscode';
import type { Account } from './account.ts';
import { signIn } from './actions/signIn.ts';
import { commands } from './commands.ts';
import { readSetting } from './config.ts';
import type { Engine } from './engine.ts';
import { HushError, userMessage } from './errors.ts';
import type { Log } from './log.ts';
import { createOwnServer } from './ownServer.ts';
import type { AccountState } from './session/types.ts';
import { loadAccount, nextAccount, saveAccount, type StoredAccount, type Vault } from './vault.ts';
import { showFailure } from './views/notices.ts';

export interface AccountControlOptions {
    loadEngine(): Promise<Engine>;
    loadVault(): Promise<Vault>;
    readonly log: Log;
    /** Folder of this extension's own files. */
    readonly storage: string;
    /** Of Hush and its runtime: windows of one version share the account. */
    readonly version: string;
    /** Another window has a newer sign-in than the account that this one holds. */
    onStale(): void;
    /** Remembers who was signed in, so that a lost secret can be told from a first start. Holds no secret. */
    readonly memento: vscodeTypes.Memento;
    configuration(): vscodeTypes.WorkspaceConfiguration;
    open(stored: StoredAccount): Promise<void>;
    signOut(): Promise<void>;
    state(): AccountState;
}

export interface AccountControl {
    /** Opens the account's stores; syncing has begun when this resolves. */
    openAccount(stored: StoredAccount): Promise<Account>;
    /** Signs out the stored account while it is not open. Rejects when something of it stayed. */
    forgetAccount(): Promise<void>;
    /** Opens the account that was signed in when VS Code closed. Never rejects. */
    resume(): Promise<void>;
    signIn(): Promise<void>;
    signOut(): Promise<void>;
}

const SIGNED_IN = 'hush.signedInAs';

export function createAccountControl(options: AccountControlOptions): AccountControl {
    const { log } = options;
    let signingIn: Promise<void> | undefined;

    async function stored(): Promise<StoredAccount | undefined> {
        return loadAccount(await options.loadVault(), log);
    }

    /** The welcome of a failed account offers to try again; why it failed is said here. */
    async function open(account: StoredAccount): Promise<void> {
        await options.open(account);
        const state = options.state();
        if (state.kind === 'failed') void showFailure(state.message);
    }

    async function askAndOpen(): Promise<void> {
        const before = await stored();
        const { kind } = options.state();
        if (before?.accessToken !== undefined && kind === 'failed') {
            await open(before);
            return;
        }
        const again = before && {
            userId: before.userId,
            baseUrl: before.baseUrl,
            deviceId: before.deviceGone === true ? undefined : before.deviceId,
        };
        const session = await signIn({ engine: options.loadEngine, settings: options.configuration(), log, again });
        if (!session) return;
        const engine = await options.loadEngine();
        const account = nextAccount(before, session, engine.newStorageKey);
        await saveAccount(await options.loadVault(), account);
        await options.memento.update(SIGNED_IN, account.userId);
        await open(account);
    }

    /** A VS Code in a browser may keep secrets in memory only; without a keychain a reload then loses the sign-in. */
    async function tellLostSignIn(): Promise<void> {
        const userId = options.memento.get<string>(SIGNED_IN);
        if (userId === undefined) return;
        await options.memento.update(SIGNED_IN, undefined);
        const { reason } = await options.loadVault();
        const why =
            reason === ''
                ? 'The keychain no longer has it.'
                : `There is no system keychain here (${reason}), and this VS Code did not keep it either.`;
        const again = 'Sign In Again';
        const chosen = await vscode.window.showWarningMessage(`The sign-in of ${userId} is gone. ${why}`, again);
        if (chosen === again) await vscode.commands.executeCommand(commands.signIn);
    }

    return {
        async openAccount(account) {
            const { openShared } = await import('./windows/openShared.ts');
            const shared = await openShared({
                device: { userId: account.userId, deviceId: account.deviceId },
                storage: options.storage,
                version: options.version,
                log,
                onStale: options.onStale,
                async openLocal() {
                    const [engine, vault] = await Promise.all([options.loadEngine(), options.loadVault()]);
                    // Read again: another window may have renewed the tokens meanwhile.
                    const stored = await loadAccount(vault, log);
                    if (stored?.userId !== account.userId || stored.deviceId !== account.deviceId)
                        throw new HushError('account.notSignedIn', 'You signed out in another window.');
                    return engine.openAccount({
                        stored,
                        vault,
                        dataDir: options.storage,
                        log,
                        ownServer: createOwnServer(options.loadVault, log),
                        serviceUrlSetting: () => readSetting(options.configuration(), 'hush.livekit.serviceUrl'),
                        relayOnlySetting: () => readSetting(options.configuration(), 'hush.mesh.relayOnly'),
                    });
                },
            });
            if (vscode.window.state.focused) shared.front();
            const focus = vscode.window.onDidChangeWindowState(({ focused }) => {
                if (focused) shared.front();
            });
            shared.onState(({ kind }) => {
                if (kind === 'signedOut') focus.dispose();
            });
            return shared;
        },
        async forgetAccount() {
            const [engine, vault, account] = await Promise.all([options.loadEngine(), options.loadVault(), stored()]);
            if (account) await engine.forgetAccount({ stored: account, vault, dataDir: options.storage, log });
        },
        async resume() {
            try {
                const account = await stored();
                if (account) await open(account);
                else await tellLostSignIn();
            } catch (error) {
                log.error('the account could not be resumed', error);
                void showFailure(userMessage(error, 'Opening your account'));
            }
        },
        /** One dialog at a time: a second call waits for the first. */
        signIn: () =>
            (signingIn ??= askAndOpen().finally(() => {
                signingIn = undefined;
            })),
        async signOut() {
            const { state } = options;
            const account = state();
            if (account.kind === 'signedOut') return;
            const yes = 'Sign Out';
            const detail =
                'Your shares end, and the tokens and encryption keys of this device are deleted. Room history that only this device can read is lost to it.';
            const chosen = await vscode.window.showWarningMessage(
                `Sign out ${account.userId} from Hush?`,
                { modal: true, detail },
                yes,
            );
            if (chosen !== yes) return;
            await options.memento.update(SIGNED_IN, undefined);
            await vscode.window.withProgress(
                { location: vscode.ProgressLocation.Window, title: 'Hush: signing out' },
                () => options.signOut(),
            );
        },
    };
}
