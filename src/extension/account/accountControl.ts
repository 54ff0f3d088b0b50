/** Ties the sign-in dialogs, the vault and the app together: sign-in, restart, several accounts, sign-out. */
import type * as vscodeTypes from 'vscode';
import * as vscode from 'vscode';
import type { Account, SignOutScope } from '../../core/account/account.ts';
import { commands } from '../manifest/commands.ts';
import { membershipSetting, readSetting, sharePolicySetting } from '../manifest/config.ts';
import { contexts } from '../manifest/contexts.ts';
import type { Engine } from './engine.ts';
import { HushError, userMessage } from '../../core/base/errors.ts';
import type { Log } from '../../core/base/log.ts';
import { createOwnServer } from './ownSfuKeys.ts';
import type { RoomLink } from '../../core/rooms/joinLink.ts';
import type { AccountState } from '../../core/account/accountState.ts';
import {
    accountIndexOf,
    activateAccount,
    loadAccount,
    nextAccount,
    saveAccount,
    type NewSession,
    type StoredAccount,
} from '../../core/account/storedAccounts.ts';
import type { Vault } from '../../core/account/vault.ts';
import { isServerName, parseUserId } from '../../core/base/identifiers.ts';
import { showFailure } from '../shell/failure.ts';
import { showInformationMessage, showWarningMessage, withProgress } from '../shell/dialogs.ts';
import type { OwnWindow } from '../windows/ownWindow.ts';

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
    readonly memento: vscodeTypes.Memento;
    configuration(): vscodeTypes.WorkspaceConfiguration;
    open(stored: StoredAccount): Promise<void>;
    signOut(scope: SignOutScope): Promise<void>;
    state(): AccountState;
    /** Calls `listener` after each change that may have changed `state()`. */
    onState(listener: () => void): { dispose(): void };
    account(): Account | undefined;
    /** Gets the user IDs that are signed in on this machine, active or not. */
    knownChanged(userIds: readonly string[]): void;
}

export interface AccountControl {
    /** Opens the account, through the window that owns it or as its owner. `start()` then begins to sync. */
    openAccount(stored: StoredAccount): Promise<Account>;
    /** Signs out the active account while it is not open. Rejects if a part of it could not be deleted. */
    forgetAccount(scope?: SignOutScope): Promise<void>;
    /** Opens the account that was active when VS Code closed. Never rejects. */
    resume(): Promise<void>;
    /** `another`: signs in beside the accounts that are known. */
    signIn(another?: 'another'): Promise<void>;
    createAccount(): Promise<void>;
    /**
     * For a person who opened a link to a room. Calls `agreed` before the sign-in, when the person said that they want
     * to join. Returns false if the person gave up. Returns undefined if another dialog about accounts is open; that
     * dialog stays.
     */
    signInToJoin(link: RoomLink, agreed: () => void): Promise<boolean | undefined>;
    /**
     * Resolves when the account is open and its homeserver answers, or when no account can be opened. Never rejects.
     */
    settled(): Promise<AccountState>;
    switchAccount(): Promise<void>;
    /** Call it when another window may have added, switched or signed out accounts. Never rejects. */
    refreshKnown(): Promise<void>;
    /** Signs out the active account by default. Another account is signed out without being opened. */
    signOut(scope: SignOutScope, userId?: string): Promise<void>;
}

const SIGNED_IN = 'hush.signedInAs';
/** The last homeserver that the person signed in to. The next sign-in suggests it. */
const LAST_HOMESERVER = 'hush.lastHomeserver';

/** Calls `front` if this window has the focus, and each time that it gets it. */
function followFocus(front: () => void): vscodeTypes.Disposable {
    if (vscode.window.state.focused) front();
    return vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused) front();
    });
}

export function createAccountControl(options: AccountControlOptions): AccountControl {
    const { log } = options;
    const { promise: resumed, resolve: tellResumed } = Promise.withResolvers<void>();
    let asking: { readonly what: string; readonly done: Promise<void> } | undefined;

    /**
     * Runs one dialog at a time. A second request for the same dialog joins it; another dialog is refused until it
     * ends.
     */
    async function dialog(what: string, work: () => Promise<void>): Promise<void> {
        if (asking && asking.what !== what) {
            const text = 'Signing in is already under way. Finish it or cancel it first.';
            void showInformationMessage(text);
            return;
        }
        asking ??= {
            what,
            done: work().finally(() => {
                asking = undefined;
            }),
        };
        await asking.done;
    }

    async function stored(userId?: string): Promise<StoredAccount | undefined> {
        return loadAccount(await options.loadVault(), log, userId);
    }

    async function tellKnown(): Promise<void> {
        const { active, known } = await accountIndexOf(await options.loadVault());
        options.knownChanged(known);
        const others = known.some((userId) => userId !== active);
        await vscode.commands.executeCommand('setContext', contexts.otherAccounts, others);
    }

    /** The welcome view of a failed account only offers to try again, so this shows the reason. */
    async function open(account: StoredAccount): Promise<void> {
        await options.open(account);
        const state = options.state();
        if (state.kind === 'failed') void showFailure(state.message);
    }

    /** Opens a known account with its old device and keys. The account before it stays signed in. */
    async function activate(account: StoredAccount): Promise<void> {
        await activateAccount(await options.loadVault(), account.userId);
        await options.memento.update(SIGNED_IN, account.userId);
        await tellKnown();
        await open(account);
    }

    /** `again`: the user ID that the person wanted to sign in as. */
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

    const dialogs = () => import('./accountDialogs.ts');
    const asked = () => ({
        engine: options.loadEngine,
        settings: options.configuration(),
        lastHomeserver: lastHomeserver(),
        log,
    });

    function lastHomeserver(): string | undefined {
        const last = options.memento.get<unknown>(LAST_HOMESERVER);
        return typeof last === 'string' && isServerName(last) ? last : undefined;
    }

    async function askAndOpen(another: boolean): Promise<void> {
        const before = another ? undefined : await stored();
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
        const { signIn } = await dialogs();
        const session = await signIn({ ...asked(), again });
        if (session) await adopt(session, again?.userId);
    }

    async function askToJoin(link: RoomLink, agreed: () => void): Promise<boolean> {
        // A known person keeps their device. They are asked after the sign-in whether to join.
        if (options.state().kind !== 'signedOut') {
            await askAndOpen(false);
            return true;
        }
        const { askHowToSignIn, createAccount, signIn, suggestedHomeserver } = await dialogs();
        const suggested = suggestedHomeserver(options.configuration(), lastHomeserver());
        const how = await askHowToSignIn(link, suggested, options.loadEngine);
        if (!how) return false;
        agreed();
        const session =
            how.kind === 'signIn'
                ? await signIn({ ...asked(), at: how.homeserver })
                : await createAccount({ ...asked(), server: how.homeserver });
        if (session) await adopt(session);
        return session !== undefined;
    }

    async function askAndSwitch(): Promise<void> {
        const { active, known } = await accountIndexOf(await options.loadVault());
        const chosen = await (await dialogs()).chooseAccount(known, active);
        if (chosen === undefined || chosen === active) return;
        if (chosen === 'signIn') return askAndOpen(true);
        if (chosen === 'create') return askAndCreate();
        const account = await stored(chosen);
        if (account) return activate(account);
        throw new HushError('account.notSignedIn', `The sign-in of ${chosen} is gone. Sign in again.`);
    }

    async function askAndCreate(): Promise<void> {
        const session = await (await dialogs()).createAccount(asked());
        if (session) await adopt(session);
    }

    /** Without a keychain, VS Code in a browser may keep secrets in memory only. A reload then loses the sign-in. */
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
        const chosen = await showWarningMessage(`The sign-in of ${userId} is gone. ${why}`, again);
        if (chosen === again) await vscode.commands.executeCommand(commands.signIn);
    }

    async function forget(account: StoredAccount, scope: SignOutScope = 'here'): Promise<void> {
        const [engine, vault] = await Promise.all([options.loadEngine(), options.loadVault()]);
        await engine.forgetAccount({ stored: account, vault, dataDir: options.storage, log, scope });
    }

    return {
        async openAccount(account) {
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
        },
        async forgetAccount(scope) {
            const account = await stored();
            if (account) await forget(account, scope);
        },
        async resume() {
            try {
                await tellKnown();
                const account = await stored();
                if (account) await open(account);
                else tellLostSignIn().catch((error: unknown) => log.warn('the lost sign-in was not told', error));
            } catch (error) {
                log.error('the account could not be resumed', error);
                void showFailure(userMessage(error, 'Opening your account'));
            } finally {
                tellResumed();
            }
        },
        refreshKnown: () =>
            tellKnown().catch((error: unknown) => log.warn('the known accounts could not be read', error)),
        signIn: (another) => dialog(another ?? 'signIn', () => askAndOpen(another !== undefined)),
        createAccount: () => dialog('create', askAndCreate),
        async signInToJoin(link, agreed) {
            let joins: boolean | undefined;
            await dialog('join', async () => {
                joins = await askToJoin(link, agreed);
            });
            return joins;
        },
        async settled() {
            await resumed;
            const opening = Promise.withResolvers<AccountState>();
            const look = (): void => {
                const state = options.state();
                const waits = state.kind === 'starting' || (state.kind === 'ready' && !state.online);
                if (!waits) opening.resolve(state);
            };
            const watch = options.onState(look);
            look();
            return opening.promise.finally(() => watch.dispose());
        },
        switchAccount: () => dialog('switch', askAndSwitch),
        async signOut(scope, userId) {
            const state = options.state();
            const active = state.kind === 'signedOut' ? undefined : state.userId;
            const { confirmSignOut } = await dialogs();
            if (userId !== undefined && userId !== active) {
                const other = await stored(userId);
                if (other && (await confirmSignOut(userId, 'here', undefined, other))) await forget(other);
                return tellKnown();
            }
            if (active === undefined) return;
            const agreed = await confirmSignOut(active, scope, options.account(), await stored(active));
            if (agreed === undefined) return;
            await options.memento.update(SIGNED_IN, undefined);
            try {
                await withProgress({ location: vscode.ProgressLocation.Window, title: 'Hush: signing out' }, () =>
                    options.signOut(agreed),
                );
            } finally {
                await tellKnown();
            }
        },
    };
}
