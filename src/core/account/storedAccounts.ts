/** The accounts known on this machine, as the keychain holds them. One of them is active. */
import * as v from 'valibot';
import type { Log } from '../base/log.ts';
import type { Vault } from './vault.ts';

const storedAccount = v.looseObject({
    userId: v.string(),
    deviceId: v.string(),
    baseUrl: v.string(),
    /** Base64 of 32 random bytes. Encrypts the crypto store on disk. */
    storageKey: v.pipe(v.string(), v.base64(), v.length(44)),
    /** Absent once the server ended the sign-in. The rest stays, so that the same device can come back. */
    accessToken: v.optional(v.string()),
    refreshToken: v.optional(v.string()),
    /** ms since the epoch. */
    expiresAt: v.optional(v.number()),
    /** The server deleted the device with its keys (a hard logout). The next sign-in makes a new device. */
    deviceGone: v.optional(v.boolean()),
    /**
     * Devices that the server deleted but whose stores are still here. The next device imports their room keys when it
     * opens (src/matrix/account/formerDevices.ts).
     */
    previous: v.optional(v.array(v.object({ deviceId: v.string(), storageKey: v.pipe(v.string(), v.base64()) }))),
    /** The source of the tokens when the homeserver uses an OAuth server. */
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

/** The result of a sign-in. */
export interface SignIn {
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
 * What to store after a sign-in. The same device keeps its store. A new device starts another store, and the old store
 * stays. `newStorageKey` makes the key of a new store.
 */
export function nextAccount(
    before: StoredAccount | undefined,
    session: SignIn,
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

/** The same account with these tokens instead of its own, or with none. */
export function withTokens(
    { accessToken: _a, refreshToken: _r, expiresAt: _e, ...rest }: StoredAccount,
    tokens: Pick<SignIn, 'accessToken' | 'refreshToken' | 'expiresAt'> | undefined,
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

/**
 * Which accounts are known and which one is active. Each account has its own item, because items of a keychain have a
 * size limit.
 */
export async function accountIndexOf(vault: Vault): Promise<AccountIndex> {
    const text = await vault.get(INDEX_KEY);
    const result = v.safeParse(v.pipe(v.string(), v.parseJson(), accountIndex), text);
    return result.success ? result.output : { known: [] };
}

/** The account of `userId`. Default: the active account. An unreadable account counts as none and is logged. */
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

/** Stores a sign-in. The first known account becomes the active one. Resolves once it is stored. */
export function saveAccount(vault: Vault, account: StoredAccount): Promise<void> {
    return vault.inTurn(() => put(vault, account));
}

/**
 * Stores a change of the sign-in `was`: renewed tokens, or its end. It does not replace another sign-in that the same
 * person made in another window meanwhile. Only that entry knows the new token, and maybe the new device and store.
 * @returns whether it was stored.
 */
export function updateAccount(vault: Vault, was: StoredAccount, account: StoredAccount): Promise<boolean> {
    return vault.inTurn(async () => {
        const kept = readAccount(await vault.get(keyOf(was.userId)));
        // No entry may also mean that a keychain is gone. The tokens then go to a store that still works.
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

/** Chooses the account that the next start opens. The account must be known. */
export function activateAccount(vault: Vault, userId: string): Promise<void> {
    return vault.inTurn(async () => {
        const { known } = await accountIndexOf(vault);
        if (known.includes(userId)) await writeIndex(vault, { active: userId, known });
    });
}

/** Deletes an account. If it was the active one, no account is active afterwards. */
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
