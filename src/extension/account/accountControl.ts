/** Signing in, coming back after a restart, several accounts, and signing out: what ties the dialogs, the vault and the app together. */
import type * as vscodeTypes from 'vscode';
import * as vscode from 'vscode';
import type { Account, SignOutScope } from '../../core/account/account.ts';
import { commands } from '../manifest/commands.ts';
import { readSetting, sharePolicySetting } from '../manifest/config.ts';
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
    /** The window of this extension host. */
    readonly window: Pick<OwnWindow, 'silent' | 'onSilent'>;
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
    signOut(scope: SignOutScope): Promise<void>;
    state(): AccountState;
    /** Tells of every change that may have changed `state()`. */
    onState(listener: () => void): { dispose(): void };
    /** The open account. */
    account(): Account | undefined;
    /** The user IDs that are signed in on this machine, the active one or not. */
    knownChanged(userIds: readonly string[]): void;
}

export interface AccountControl {
    /** Opens the account, through the window that owns it or as its owner; `start()` begins to sync. */
    openAccount(stored: StoredAccount): Promise<Account>;
    /** Signs out the active account while it is not open. Rejects when something of it stayed. */
    forgetAccount(scope?: SignOutScope): Promise<void>;
    /** Opens the account that was active when VS Code closed. Never rejects. */
    resume(): Promise<void>;
    /** `another`: beside those that are known. */
    signIn(another?: 'another'): Promise<void>;
    createAccount(): Promise<void>;
    /**
     * For who opened a link to a room; `agreed` is called when they said that they want to join, before they are signed
     * in. False: they gave up. Undefined: another dialog about accounts is open, and was not disturbed.
     */
    signInToJoin(link: RoomLink, agreed: () => void): Promise<boolean | undefined>;
    /** Resolves when the account is open and its homeserver answers, or it is sure that none can be opened. Never rejects. */
    settled(): Promise<AccountState>;
    switchAccount(): Promise<void>;
    /** Another window may have added, switched or signed out accounts. Never rejects. */
    refreshKnown(): Promise<void>;
    /** Default: the active account. Another one is signed out without being opened. */
    signOut(scope: SignOutScope, userId?: string): Promise<void>;
}

const SIGNED_IN = 'hush.signedInAs';
/** The server that was signed in to last: what the next sign-in suggests. */
const LAST_HOMESERVER = 'hush.lastHomeserver';

/** Tells when this window is in front, now and later. */
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

    /** One dialog at a time: asked for again it is the same one, and another has to wait for its end. */
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

    /** The welcome of a failed account offers to try again; why it failed is said here. */
    async function open(account: StoredAccount): Promise<void> {
        await options.open(account);
        const state = options.state();
        if (state.kind === 'failed') void showFailure(state.message);
    }

    /** Opens a known account; its device and keys are where they were. The one before stays signed in. */
    async function activate(account: StoredAccount): Promise<void> {
        await activateAccount(await options.loadVault(), account.userId);
        await options.memento.update(SIGNED_IN, account.userId);
        await tellKnown();
        await open(account);
    }

    /** `again`: who the person wanted to be. */
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
        // A web page may have been signed in as somebody else.
        if (again !== undefined && again !== account.userId) void tellOther(account.userId, again);
        // Signed in beside itself: its former device here would be in nobody's hands.
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
        // Who was signed in here comes back as the same device, and says afterwards whether to join.
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
