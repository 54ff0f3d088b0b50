/** Ties the sign-in dialogs, the vault and the app together: sign-in, restart, several accounts, sign-out. */
import * as vscode from 'vscode';
import type { Account, SignOutScope } from '../../core/account/account.ts';
import { userMessage } from '../../core/base/errors.ts';
import type { RoomLink } from '../../core/rooms/joinLink.ts';
import type { AccountState } from '../../core/account/accountState.ts';
import type { StoredAccount } from '../../core/account/storedAccounts.ts';
import { showFailure } from '../shell/failure.ts';
import { withProgress } from '../shell/dialogs.ts';
import type { AccountControlOptions } from './accountControlOptions.ts';
import { createKnownAccounts } from './knownAccounts.ts';
import { createOneDialog } from './oneDialog.ts';
import { openAccountHere } from './openAccountHere.ts';

export interface AccountControl {
    /** Opens the account, through the window that owns it or as its leader. `start()` then begins to sync. */
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

export function createAccountControl(options: AccountControlOptions): AccountControl {
    const { log } = options;
    const { promise: resumed, resolve: tellResumed } = Promise.withResolvers<void>();
    const known = createKnownAccounts(options);
    const dialogs = () => import('./accountDialogs.ts');
    const questions = async () => (await dialogs()).createAccountQuestions(options, known);
    const dialog = createOneDialog();

    return {
        openAccount: (account) => openAccountHere(options, account),
        async forgetAccount(scope) {
            const account = await known.stored();
            if (account) await known.forget(account, scope);
        },
        async resume() {
            try {
                await known.tell();
                const account = await known.stored();
                if (account) await known.open(account);
                else
                    known
                        .tellLost()
                        .catch((error: unknown) => log.warn('the notice about the lost sign-in was not shown', error));
            } catch (error) {
                log.error('the account could not be resumed', error);
                void showFailure(userMessage(error, 'Opening your account'));
            } finally {
                tellResumed();
            }
        },
        refreshKnown: () =>
            known.tell().catch((error: unknown) => log.warn('the known accounts could not be read', error)),
        signIn: (another) => dialog(another ?? 'signIn', async () => (await questions()).signIn(another !== undefined)),
        createAccount: () => dialog('create', async () => (await questions()).create()),
        async signInToJoin(link, agreed) {
            let joins: boolean | undefined;
            await dialog('join', async () => {
                joins = await (await questions()).join(link, agreed);
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
        switchAccount: () => dialog('switch', async () => (await questions()).switch()),
        async signOut(scope, userId) {
            const state = options.state();
            const active = state.kind === 'signedOut' ? undefined : state.userId;
            const { confirmSignOut } = await dialogs();
            if (userId !== undefined && userId !== active) {
                const other = await known.stored(userId);
                if (other && (await confirmSignOut(userId, 'here', undefined, other))) await known.forget(other);
                return known.tell();
            }
            if (active === undefined) return;
            const agreed = await confirmSignOut(active, scope, options.account(), await known.stored(active));
            if (agreed === undefined) return;
            await known.left();
            try {
                await withProgress({ location: vscode.ProgressLocation.Window, title: 'Hush: signing out' }, () =>
                    options.signOut(agreed),
                );
            } finally {
                await known.tell();
            }
        },
    };
}
