/** The accounts that are kept on this machine: which there are, which is open, and how one comes and goes. */
import * as vscode from 'vscode';
import type { SignOutScope } from '../../core/account/account.ts';
import { accountIndexOf, activateAccount, loadAccount, type StoredAccount } from '../../core/account/storedAccounts.ts';
import { isServerName } from '../../core/base/identifiers.ts';
import { commands } from '../manifest/commands.ts';
import { contexts } from '../manifest/contexts.ts';
import { showWarningMessage } from '../shell/dialogs.ts';
import { showFailure } from '../shell/failure.ts';
import type { AccountControlOptions } from './accountControlOptions.ts';

export interface KnownAccounts {
    /** Default: the active account. */
    stored(userId?: string): Promise<StoredAccount | undefined>;
    /** Tells VS Code and the other parts which accounts there are. */
    tell(): Promise<void>;
    /** The welcome view of a failed account only offers to try again, so this shows the reason. */
    open(account: StoredAccount): Promise<void>;
    /** Opens a known account with its old device and keys. The account before it stays signed in. */
    activate(account: StoredAccount): Promise<void>;
    /** The homeserver of the latest sign-in. */
    signedInAt(serverName: string | undefined): PromiseLike<void>;
    forget(account: StoredAccount, scope?: SignOutScope): Promise<void>;
    /** The active account is signed out on purpose. */
    left(): PromiseLike<void>;
    /** Without a keychain, VS Code in a browser may keep secrets in memory only. A reload then loses the sign-in. */
    tellLost(): Promise<void>;
    lastHomeserver(): string | undefined;
}

const SIGNED_IN = 'hush.signedInAs';
/** The last homeserver that the person signed in to. The next sign-in suggests it. */
const LAST_HOMESERVER = 'hush.lastHomeserver';

export function createKnownAccounts(options: AccountControlOptions): KnownAccounts {
    const { log } = options;

    async function stored(userId?: string): Promise<StoredAccount | undefined> {
        return loadAccount(await options.loadVault(), log, userId);
    }

    async function tell(): Promise<void> {
        const { active, known } = await accountIndexOf(await options.loadVault());
        options.knownChanged(known);
        const others = known.some((userId) => userId !== active);
        await vscode.commands.executeCommand('setContext', contexts.otherAccounts, others);
    }

    async function open(account: StoredAccount): Promise<void> {
        await options.open(account);
        const state = options.state();
        if (state.kind === 'failed') void showFailure(state.message);
    }

    async function activate(account: StoredAccount): Promise<void> {
        await activateAccount(await options.loadVault(), account.userId);
        await options.memento.update(SIGNED_IN, account.userId);
        await tell();
        await open(account);
    }

    async function tellLost(): Promise<void> {
        const userId = options.memento.get<string>(SIGNED_IN);
        if (userId === undefined) return;
        await options.memento.update(SIGNED_IN, undefined);
        const { reason } = await options.loadVault();
        const why =
            reason === ''
                ? 'The keychain no longer has it.'
                : `There is no system keychain here (${reason}), and this VS Code did not keep it either.`;
        const again = 'Sign In Again';
        const chosen = await showWarningMessage(`The sign-in of ${userId} is gone. ${why}`, again);
        if (chosen === again) await vscode.commands.executeCommand(commands.signIn);
    }

    async function forget(account: StoredAccount, scope: SignOutScope = 'here'): Promise<void> {
        const [engine, vault] = await Promise.all([options.loadEngine(), options.loadVault()]);
        await engine.forgetAccount({ stored: account, vault, dataDir: options.storage, log, scope });
    }

    function lastHomeserver(): string | undefined {
        const last = options.memento.get<unknown>(LAST_HOMESERVER);
        return typeof last === 'string' && isServerName(last) ? last : undefined;
    }

    return {
        stored,
        tell,
        open,
        activate,
        signedInAt: (serverName) => options.memento.update(LAST_HOMESERVER, serverName),
        forget,
        left: () => options.memento.update(SIGNED_IN, undefined),
        tellLost,
        lastHomeserver,
    };
}
