/** What the control of the accounts needs of the rest. */
import type * as vscode from 'vscode';
import type { Account, SignOutScope } from '../../core/account/account.ts';
import type { AccountState } from '../../core/account/accountState.ts';
import type { StoredAccount } from '../../core/account/storedAccounts.ts';
import type { Vault } from '../../core/account/vault.ts';
import type { Log } from '../../core/base/log.ts';
import type { OwnWindow } from '../windows/ownWindow.ts';
import type { Engine } from './engine.ts';

export interface AccountControlOptions {
    loadEngine(): Promise<Engine>;
    loadVault(): Promise<Vault>;
    readonly window: Pick<OwnWindow, 'silent' | 'onSilent'>;
    readonly log: Log;
    /** Folder of this extension's own files. */
    readonly storage: string;
    /** Version of Hush and of its runtime. Windows of one version share the account. */
    readonly version: string;
    /** Another window has a newer sign-in than the account that this one holds. */
    onStale(): void;
    /** Remembers who was signed in, to tell a lost secret from a first start. Contains no secret. */
    readonly memento: vscode.Memento;
    configuration(): vscode.WorkspaceConfiguration;
    open(stored: StoredAccount): Promise<void>;
    signOut(scope: SignOutScope): Promise<void>;
    state(): AccountState;
    /** Calls `listener` after each change that may have changed `state()`. */
    onState(listener: () => void): { dispose(): void };
    account(): Account | undefined;
    /** Gets the user IDs that are signed in on this machine, active or not. */
    knownChanged(userIds: readonly string[]): void;
}
