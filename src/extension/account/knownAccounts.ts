/** The accounts that are kept on this machine: which there are, which is open, and how one comes and goes. */
import * as vscode from 'vscode';
import type { SignOutScope } from '../../core/account/account.ts';
import {
    accountIndexOf,
    activateAccount,
    loadAccount,
    nextAccount,
    saveAccount,
    type NewSession,
    type StoredAccount,
} from '../../core/account/storedAccounts.ts';
import { isServerName, parseUserId } from '../../core/base/identifiers.ts';
import { commands } from '../manifest/commands.ts';
import { contexts } from '../manifest/contexts.ts';
import { showInformationMessage, showWarningMessage } from '../shell/dialogs.ts';
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
    /** Stores a new sign-in and opens it. `again`: the user ID that the person wanted to sign in as. */
    adopt(session: NewSession, again?: string): Promise<void>;
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

    async function adopt(session: NewSession, again?: string): Promise<void> {
        const [engine, vault, before] = await Promise.all([
            options.loadEngine(),
            options.loadVault(),
            stored(session.userId),
        ]);
        const account = nextAccount(before, session, engine.newStorageKey);
        await saveAccount(vault, account);
        const { serverName } = parseUserId(account.userId) ?? {};
        await options.memento.update(LAST_HOMESERVER, serverName);
        await activate(account);
        // On a web page, the person may have signed in as somebody else.
        if (again !== undefined && again !== account.userId) void tellOther(account.userId, again);
        // The same user has a new device. Nobody would use the old device of this machine, so sign it out.
        if (before?.accessToken === undefined || before.deviceId === account.deviceId) return;
        const { baseUrl, accessToken, refreshToken, oauth } = before;
        const ending = oauth
            ? engine.oauth.revokeOAuth(oauth, refreshToken ?? accessToken, fetch)
            : engine.auth.logOut(baseUrl, accessToken, fetch);
        await ending.catch((error: unknown) => log.warn('the former device was not signed out', error));
    }

    async function tellOther(userId: string, wanted: string): Promise<void> {
        const back = 'Switch Account…';
        const text = `You are signed in as ${userId} now, not as ${wanted}: that is who you were in the browser. ${wanted} still has to be signed in again.`;
        if ((await showInformationMessage(text, back)) === back)
            await vscode.commands.executeCommand(commands.switchAccount);
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
        adopt,
        forget,
        left: () => options.memento.update(SIGNED_IN, undefined),
        tellLost,
        lastHomeserver,
    };
}
