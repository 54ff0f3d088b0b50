/** The accounts that are known on this machine, as the keychain holds them; one of them is active. */
import * as v from 'valibot';
import type { Log } from '../base/log.ts';
import type { Vault } from './vault.ts';

const storedAccount = v.looseObject({
    userId: v.string(),
    deviceId: v.string(),
    baseUrl: v.string(),
    /** Base64 of 32 random bytes: encrypts the crypto store at rest. */
    storageKey: v.pipe(v.string(), v.base64(), v.length(44)),
    /** Absent once the server ended the session; the rest stays so that the same device can come back. */
    accessToken: v.optional(v.string()),
    refreshToken: v.optional(v.string()),
    /** ms since the epoch. */
    expiresAt: v.optional(v.number()),
    /** The server deleted the device with its keys (a hard logout): signing in again makes a new one. */
    deviceGone: v.optional(v.boolean()),
    /** Devices that the server deleted, whose stores are still here: the next device takes their room keys over when it opens (src/matrix/account/formerDevices.ts). */
    previous: v.optional(v.array(v.object({ deviceId: v.string(), storageKey: v.pipe(v.string(), v.base64()) }))),
    /** Where the tokens come from when the homeserver leaves that to an OAuth server. */
    oauth: v.optional(
        v.object({
            issuer: v.string(),
            clientId: v.string(),
            tokenEndpoint: v.string(),
            revocationEndpoint: v.string(),
        }),
    ),
});
export type StoredAccount = v.InferOutput<typeof storedAccount>;

/** What a sign-in gave. */
export interface NewSession {
    readonly baseUrl: string;
    readonly userId: string;
    readonly deviceId: string;
    readonly accessToken: string;
    readonly refreshToken: string | undefined;
    /** ms since the epoch. */
    readonly expiresAt: number | undefined;
    readonly oauth?: StoredAccount['oauth'];
}

/**
 * What to store after a sign-in. The same device goes on with its store; a new one starts another, and the store of
 * the device before stays where it is. `newStorageKey` makes the key of a new store.
 */
export function nextAccount(
    before: StoredAccount | undefined,
    session: NewSession,
    newStorageKey: () => string,
): StoredAccount {
    const { baseUrl, userId, deviceId, accessToken, refreshToken, expiresAt, oauth } = session;
    const mine = before?.userId === userId ? before : undefined;
    const same = mine?.deviceId === deviceId && mine.deviceGone !== true ? mine : undefined;
    const previous = [
        ...(mine?.previous ?? []),
        ...(mine && !same ? [{ deviceId: mine.deviceId, storageKey: mine.storageKey }] : []),
    ];
    return {
        baseUrl,
        userId,
        deviceId,
        storageKey: same?.storageKey ?? newStorageKey(),
        accessToken,
        ...(refreshToken === undefined ? {} : { refreshToken }),
        ...(expiresAt === undefined ? {} : { expiresAt }),
        ...(previous.length === 0 ? {} : { previous }),
        ...(oauth === undefined ? {} : { oauth }),
    };
}

/** The same account with these tokens in place of its own, or with none. */
export function withTokens(
    { accessToken: _a, refreshToken: _r, expiresAt: _e, ...rest }: StoredAccount,
    tokens: Pick<NewSession, 'accessToken' | 'refreshToken' | 'expiresAt'> | undefined,
): StoredAccount {
    if (!tokens) return rest;
    const { accessToken, refreshToken, expiresAt } = tokens;
    return {
        ...rest,
        accessToken,
        ...(refreshToken === undefined ? {} : { refreshToken }),
        ...(expiresAt === undefined ? {} : { expiresAt }),
    };
}

const INDEX_KEY = 'accounts';
const keyOf = (userId: string): string => `account:${userId}`;

const accountIndex = v.object({ active: v.optional(v.string()), known: v.array(v.string()) });
export type AccountIndex = v.InferOutput<typeof accountIndex>;

/** Who is known here and who is active. One item for each account, because a keychain's items may not grow. */
export async function accountIndexOf(vault: Vault): Promise<AccountIndex> {
    const text = await vault.get(INDEX_KEY);
    const result = v.safeParse(v.pipe(v.string(), v.parseJson(), accountIndex), text);
    return result.success ? result.output : { known: [] };
}

/** The account of `userId`, default: the active one. What cannot be read counts as none, with a line in the log. */
export async function loadAccount(vault: Vault, log: Log, userId?: string): Promise<StoredAccount | undefined> {
    const index = await accountIndexOf(vault);
    const wanted = userId ?? index.active;
    if (wanted === undefined) return undefined;
    const account = readAccount(await vault.get(keyOf(wanted)));
    if (!(account instanceof Error)) return account?.userId === wanted ? account : undefined;
    log.error('The stored account cannot be read; sign in again', account);
    return undefined;
}

function readAccount(text: string | undefined): StoredAccount | Error | undefined {
    if (text === undefined) return undefined;
    const result = v.safeParse(v.pipe(v.string(), v.parseJson(), storedAccount), text);
    return result.success ? result.output : new Error(result.issues[0].message);
}

/** Stores a sign-in; the first account that is known becomes the active one. Resolves once it is stored. */
export function saveAccount(vault: Vault, account: StoredAccount): Promise<void> {
    return vault.inTurn(() => put(vault, account));
}

/**
 * Stores what became of the sign-in `was`: renewed tokens, or its end. Not in place of another sign-in of the same person,
 * made in another window meanwhile: that one has a token, and maybe a device and a store, that nobody else knows.
 * @returns whether it was stored.
 */
export function updateAccount(vault: Vault, was: StoredAccount, account: StoredAccount): Promise<boolean> {
    return vault.inTurn(async () => {
        const kept = readAccount(await vault.get(keyOf(was.userId)));
        // Nothing may also mean that a keychain went away; the tokens then go where they can be kept.
        const other =
            kept !== undefined &&
            !(kept instanceof Error) &&
            (kept.deviceId !== was.deviceId || kept.accessToken !== was.accessToken);
        if (!other) await put(vault, account);
        return !other;
    });
}

async function put(vault: Vault, account: StoredAccount): Promise<void> {
    const { userId } = account;
    await vault.set(keyOf(userId), JSON.stringify(account));
    const index = await accountIndexOf(vault);
    if (!index.known.includes(userId))
        await writeIndex(vault, {
            active: index.active ?? userId,
            known: [...new Set([...index.known, userId])],
        });
}

/** Which account the next start opens. It must be known. */
export function activateAccount(vault: Vault, userId: string): Promise<void> {
    return vault.inTurn(async () => {
        const { known } = await accountIndexOf(vault);
        if (known.includes(userId)) await writeIndex(vault, { active: userId, known });
    });
}

/** Forgets an account; nobody is active when it was the active one. */
export function deleteAccount(vault: Vault, userId: string): Promise<void> {
    return vault.inTurn(async () => {
        const { active, known } = await accountIndexOf(vault);
        const left = known.filter((id) => id !== userId);
        await writeIndex(vault, { ...(active === undefined || active === userId ? {} : { active }), known: left });
        await vault.delete(keyOf(userId));
    });
}

async function writeIndex(vault: Vault, index: AccountIndex): Promise<void> {
    if (index.known.length === 0) await vault.delete(INDEX_KEY);
    else await vault.set(INDEX_KEY, JSON.stringify(index));
}
