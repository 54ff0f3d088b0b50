/** The tokens of an open account. They are put into its requests, renewed and stored, until the server ends them. */
import type { HushError } from '../../core/base/errors.ts';
import type { Log } from '../../core/base/log.ts';
import type { AccountState } from '../../core/account/accountState.ts';
import { updateAccount, withTokens, type StoredAccount } from '../../core/account/storedAccounts.ts';
import type { Vault } from '../../core/account/vault.ts';
import { abortable, type Fetch } from '../requests/matrixHttp.ts';
import { createScheduler } from '../requests/scheduler.ts';
import { guardToken } from './tokenOwner.ts';
import { createTokenKeeper, type TokenKeeper } from './tokenRefresh.ts';

export interface AccountTokensOptions {
    readonly stored: StoredAccount;
    /** The account to store with the next tokens. Tokens in it are ignored. */
    readonly next: () => StoredAccount;
    readonly vault: Vault;
    readonly fetch: Fetch;
    readonly now: () => number;
    readonly log: Log;
    /** The sign-in is not, or no longer, ours to use. Called once. Nothing is sent in its name afterwards. */
    readonly onEnd: (state: AccountState) => void;
    /** See {@link TokenKeeperOptions.onUnsaved}. */
    readonly onUnsaved: (error: HushError | undefined) => void;
}
export interface AccountTokens {
    readonly keeper: TokenKeeper;
    /** For every request of the account: adds its token and paces it, once the token's owner is known. */
    readonly fetch: Fetch;
    /** The account signs out. If the server ends the sign-in meanwhile, nothing needs to be kept. */
    leave(): void;
}

export function createAccountTokens(options: AccountTokensOptions): AccountTokens {
    const { stored, next, vault, fetch, now, log, onEnd, onUnsaved } = options;
    const { userId, deviceId, baseUrl, accessToken = '', refreshToken, expiresAt, oauth } = stored;
    let leaving = false;
    /** The account as the vault holds it. */
    let kept = stored;
    const keep = async (account: StoredAccount): Promise<void> => {
        if (await updateAccount(vault, kept, account)) kept = account;
        else log.warn('Another window signed in again: the changes of this sign-in were not stored');
    };
    const keeper = createTokenKeeper({
        baseUrl,
        initial: { accessToken, refreshToken, expiresAt },
        oauth,
        save: (tokens) => keep(withTokens(next(), tokens)),
        fetch,
        now,
        log,
        onUnsaved,
        onExpired: ({ softLogout }) => {
            onEnd({ kind: 'expired', userId, deviceGone: !softLogout });
            if (leaving) return;
            void keep({ ...withTokens(next(), undefined), deviceGone: !softLogout }).catch((error: unknown) =>
                log.error('The ended sign-in was not stored', error),
            );
        },
    });
    return {
        keeper,
        fetch: abortable(
            guardToken({
                self: { userId, deviceId },
                baseUrl,
                fetch: createScheduler({ fetch: keeper.fetch, wallNow: now, log }),
                log,
                onForeign: (message) => onEnd({ kind: 'failed', userId, message }),
            }),
        ),
        leave() {
            leaving = true;
        },
    };
}
