/** The end of a sign-in: its tokens invalidated on the server, then tokens, keys and stores deleted here. */
import { rm } from 'node:fs/promises';
import type { SignOutScope } from '../extension/account.ts';
import { HushError } from '../extension/errors.ts';
import type { Log } from '../extension/log.ts';
import { deleteAccount, type StoredAccount } from '../extension/storedAccounts.ts';
import type { Vault } from '../extension/vault.ts';
import { revokeOAuth } from './auth/oauth.ts';
import type { Fetch } from './http.ts';
import { logOut } from './login.ts';
import { storeFiles, storePath } from './storePath.ts';
import { createTokenKeeper, PLACEHOLDER_TOKEN, type TokenKeeper } from './tokens.ts';

export interface ForgetOptions {
    readonly stored: StoredAccount;
    readonly vault: Vault;
    readonly dataDir: string;
    readonly log: Log;
    /** Defaults: the real ones. */
    readonly fetch?: Fetch;
    readonly now?: () => number;
}

/** For an account that is not open: it failed to, and the person wants to be rid of it. @throws HushError when something stayed. */
export async function forgetAccount(options: ForgetOptions): Promise<void> {
    const { stored, log, fetch = globalThis.fetch, now = Date.now } = options;
    const { accessToken = '', refreshToken, expiresAt } = stored;
    const keeper = createTokenKeeper({
        baseUrl: stored.baseUrl,
        initial: { accessToken, refreshToken, expiresAt },
        oauth: stored.oauth,
        save: () => Promise.resolve(), // a renewed pair serves only to sign out with
        fetch,
        now,
        log,
        onExpired: () => undefined,
    });
    await endSignIn(options, keeper);
}

/** Does all it can, then throws for what it could not (and for `failures` from before). */
export async function endSignIn(
    { stored, vault, dataDir, log, fetch = globalThis.fetch }: ForgetOptions,
    keeper: TokenKeeper,
    failures: unknown[] = [],
    scope: SignOutScope = 'here',
): Promise<void> {
    const attempt = (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => failures.push(error));
    if (!keeper.expired && stored.accessToken !== undefined)
        await attempt(
            stored.oauth
                ? revokeOAuth(stored.oauth, keeper.current().refreshToken ?? keeper.current().accessToken, fetch)
                : logOut(stored.baseUrl, PLACEHOLDER_TOKEN, keeper.fetch, scope),
        );
    // After the server, because asking it may have renewed the tokens; and with or without its answer.
    await attempt(deleteAccount(vault, stored.userId));
    const devices = [stored.deviceId, ...(stored.previous ?? []).map(({ deviceId }) => deviceId)];
    const files = devices.flatMap((deviceId) => storeFiles(storePath(dataDir, stored.userId, deviceId)));
    await Promise.all(files.map((file) => attempt(rm(file, { force: true }))));
    for (const failure of failures) log.warn('Signing out left something behind', failure);
    if (failures.length > 0)
        throw new HushError(
            'server.error',
            'Signed out here, but the server did not confirm it. Remove this device in another Matrix client to be sure.',
            { cause: failures[0] },
        );
}
