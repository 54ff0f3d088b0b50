/** Ends a sign-in: invalidates its tokens on the server, then deletes tokens, keys and stores here. */
import { rm } from 'node:fs/promises';
import type { SignOutScope } from '../../core/account/account.ts';
import { HushError, isHushError } from '../../core/base/errors.ts';
import type { Log } from '../../core/base/log.ts';
import { deleteAccount, type StoredAccount } from '../../core/account/storedAccounts.ts';
import type { Vault } from '../../core/account/vault.ts';
import { revokeOAuth } from '../signIn/oauth.ts';
import type { Fetch } from '../requests/matrixHttp.ts';
import { logOut, whoami } from '../signIn/login.ts';
import { storeFiles, storePath } from './storePath.ts';
import { isOwn } from './tokenOwner.ts';
import { createTokenKeeper, PLACEHOLDER_TOKEN, type TokenKeeper } from './tokenRefresh.ts';

export interface ForgetOptions {
    readonly stored: StoredAccount;
    readonly vault: Vault;
    readonly dataDir: string;
    readonly log: Log;
    readonly scope?: SignOutScope;
    /** Defaults: the real ones. */
    readonly fetch?: Fetch;
    readonly now?: () => number;
}

/**
 * For an account that failed to open and that the person wants to remove. @throws HushError when something could not be
 * removed.
 */
export async function forgetAccount(options: ForgetOptions): Promise<void> {
    const { stored, log, fetch = globalThis.fetch, now = Date.now } = options;
    const { accessToken = '', refreshToken, expiresAt } = stored;
    const keeper = createTokenKeeper({
        baseUrl: stored.baseUrl,
        initial: { accessToken, refreshToken, expiresAt },
        oauth: stored.oauth,
        save: () => Promise.resolve(), // a renewed pair is only used to sign out
        fetch,
        now,
        log,
        onExpired: () => undefined,
    });
    await endSignIn(options, keeper, [], options.scope);
}

/** Does everything possible. Then throws for its failures (and for earlier `failures`). */
export async function endSignIn(
    { stored, vault, dataDir, log, fetch = globalThis.fetch }: ForgetOptions,
    keeper: TokenKeeper,
    failures: unknown[] = [],
    scope: SignOutScope = 'here',
): Promise<void> {
    const attempt = (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => failures.push(error));
    const { baseUrl } = stored;
    let sent = false;
    const end = async (): Promise<void> => {
        if (stored.accessToken === undefined) return;
        const owner = await whoami(baseUrl, PLACEHOLDER_TOKEN, keeper.fetch, 5_000).catch((error: unknown) => {
            if (isHushError(error) && error.code.startsWith('network.')) throw error;
            return stored; // the answer says nothing about the owner
        });
        // The token of another device (see tokenOwner.ts) would sign out that device.
        if (keeper.expired || !isOwn(owner, stored)) return;
        sent = true;
        await (stored.oauth
            ? revokeOAuth(stored.oauth, keeper.current().refreshToken ?? keeper.current().accessToken, fetch)
            : logOut(baseUrl, PLACEHOLDER_TOKEN, keeper.fetch, scope));
    };
    await attempt(end());
    // Runs after the request to the server, which may have renewed the tokens. Runs with or without its answer.
    await attempt(deleteAccount(vault, stored.userId));
    const devices = [stored.deviceId, ...(stored.previous ?? []).map(({ deviceId }) => deviceId)];
    const files = devices.flatMap((deviceId) => storeFiles(storePath(dataDir, stored.userId, deviceId)));
    await Promise.all(files.map((file) => attempt(rm(file, { force: true }))));
    // The other devices were not signed out: an OAuth server has no request for it, and a dead token cannot send one.
    const othersStay = scope === 'everywhere' && (!sent || stored.oauth !== undefined);
    for (const failure of failures) log.warn('Signing out left something behind', failure);
    if (othersStay)
        throw new HushError(
            'server.error',
            'Signed out here only: your other devices are still signed in. Sign them out one by one, or on your server’s account page.',
            { cause: failures[0] },
        );
    if (failures.length > 0)
        throw new HushError(
            'server.error',
            'Signed out here, but the server did not confirm it. Remove this device in another Matrix client to be sure.',
            { cause: failures[0] },
        );
    if (!sent && keeper.expired !== 'hard' && stored.deviceGone !== true)
        throw new HushError(
            'server.error',
            'Signed out here. The server had ended this sign-in before, so it may still list this device: remove it in another Matrix client.',
        );
}
