/** People for the Matrix tests: a sign-in on a real homeserver, with stores in a scratch folder and a vault in memory. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Account } from '../../../src/core/account/account.ts';
import { createLog, type Log } from '../../../src/core/base/log.ts';
import type { SharePolicy } from '../../../src/core/trust/shareTrust.ts';
import type { RoomSnapshot } from '../../../src/core/rooms/room.ts';
import { loadAccount, saveAccount } from '../../../src/core/account/storedAccounts.ts';
import { openVault } from '../../../src/extension/account/keychainVault.ts';
import type { Vault } from '../../../src/core/account/vault.ts';
import type { OwnSfu } from '../../../src/core/share/ownSfu.ts';
import { keepLine } from '../../stack/evidence.ts';
import type { Synapse } from '../../stack/synapse.ts';
import { discoverHomeserver, logInWithPassword, newStorageKey, openAccount } from './matrixEngine.ts';

export interface Lines {
    readonly log: Log;
    readonly lines: string[];
}

export function recordingLog(): Lines {
    const lines: string[] = [];
    const push = (text: string): void => {
        lines.push(text);
        keepLine(text);
        if (process.env['HUSH_TEST_LOG']) console.error(text);
    };
    return { lines, log: createLog({ debug: push, info: push, warn: push, error: push }) };
}

export async function memoryVault(log: Log): Promise<Vault> {
    const secrets = new Map<string, string>();
    return openVault({
        log,
        loadKeytar: () => {
            throw new Error('no keychain in this test');
        },
        secrets: {
            get: (key) => Promise.resolve(secrets.get(key)),
            store: (key, value) => Promise.resolve(void secrets.set(key, value)),
            delete: (key) => Promise.resolve(void secrets.delete(key)),
        },
    });
}

export interface Person extends Lines {
    readonly userId: string;
    readonly password: string;
    readonly dataDir: string;
    readonly vault: Vault;
    readonly account: Account;
    /** Stops the account and opens the one in the vault. */
    reopen(options?: OpenOptions): Promise<Account>;
}
export interface OpenOptions {
    readonly fetch?: typeof fetch;
    readonly serviceUrl?: string;
    readonly sharePolicy?: () => SharePolicy;
    readonly ownServer?: OwnSfu;
    readonly now?: () => number;
}

/** A Synapse, or a proxy to one. */
type Homeserver = Pick<Synapse, 'baseUrl' | 'createAccount'>;

let count = 0;

/** Creates an account on `synapse`, signed in and ready. */
export async function newPerson(synapse: Homeserver, name: string, options: OpenOptions = {}): Promise<Person> {
    const { userId, password } = await synapse.createAccount(`${name}${process.pid}x${count++}`, { displayName: name });
    return signedIn(synapse, userId, password, options);
}

export async function signedIn(
    synapse: Pick<Homeserver, 'baseUrl'>,
    userId: string,
    password: string,
    options: OpenOptions = {},
): Promise<Person> {
    const { log, lines } = recordingLog();
    const vault = await memoryVault(log);
    const dataDir = await mkdtemp(join(tmpdir(), 'hush-account-'));
    const { baseUrl } = await discoverHomeserver(synapse.baseUrl, fetch);
    const session = await logInWithPassword(
        { baseUrl, user: userId, password, deviceName: 'Hush test' },
        fetch,
        Date.now,
    );
    await saveAccount(vault, { ...session, baseUrl, storageKey: newStorageKey() });
    const open = async (o: OpenOptions): Promise<Account> => {
        const stored = await loadAccount(vault, log);
        if (!stored) throw new Error('nothing in the vault');
        const account = await openAccount({
            stored,
            vault,
            dataDir,
            log,
            serviceUrlSetting: () => o.serviceUrl ?? '',
            ...(o.fetch ? { fetch: o.fetch } : {}),
            ...(o.sharePolicy ? { sharePolicySetting: o.sharePolicy } : {}),
            ...(o.ownServer ? { ownServer: o.ownServer } : {}),
            ...(o.now ? { now: o.now } : {}),
        });
        account.start();
        await untilState(account, 'ready', 'expired', 'failed');
        return account;
    };
    let account = await open(options);
    return {
        userId,
        password,
        dataDir,
        vault,
        log,
        lines,
        get account() {
            return account;
        },
        async reopen(o = options) {
            await account.stop();
            account = await open(o);
            return account;
        },
    };
}

export async function untilState(account: Account, ...kinds: string[]): Promise<void> {
    await until(
        () => kinds.includes(account.state.kind),
        (check) => account.onState(check),
        `state ${kinds.join(' or ')}`,
    );
}

export async function untilRoom(
    account: Account,
    roomId: string,
    holds: (room: RoomSnapshot) => boolean,
    what: string,
): Promise<RoomSnapshot> {
    const find = (): RoomSnapshot | undefined => account.rooms().find((room) => room.roomId === roomId && holds(room));
    await until(
        () => find() !== undefined,
        (check) => account.onRooms(check),
        `${what}; now ${JSON.stringify(account.rooms().find((r) => r.roomId === roomId))}`,
    );
    return find() as RoomSnapshot;
}

/** Waits for `holds`, which is checked at each event. Rejects with `what` after `ms`. */
export async function until(
    holds: () => boolean,
    subscribe: (check: () => void) => { dispose(): unknown },
    what: string,
    ms = 20_000,
): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const check = (): void => {
        if (holds()) resolve();
    };
    const subscription = subscribe(check);
    const timer = setTimeout(() => reject(new Error(`waited ${ms} ms for ${what}`)), ms);
    check();
    try {
        await promise;
    } finally {
        clearTimeout(timer);
        subscription.dispose();
    }
}

/** Resolves when this device has this trust in its own account (see OwnTrust). */
export function untilOwn(p: Person, kind: string): Promise<void> {
    return until(
        () => p.account.trust.own.kind === kind,
        (check) => p.account.trust.onOwn(check),
        `own trust ${kind}; now ${p.account.trust.own.kind}`,
    );
}

/** Puts two people into a new encrypted session room. Resolves when both see all members. */
export async function pair(a: Person, b: Person): Promise<string> {
    const roomId = await a.account.createSessionRoom({ name: 'Pairing', invite: [b.userId], workspaceLink: undefined });
    await untilRoom(b.account, roomId, (room) => room.membership === 'invite', 'the invitation');
    await b.account.join(roomId);
    for (const person of [a, b])
        await untilRoom(
            person.account,
            roomId,
            (room) => room.encrypted && room.members.filter((m) => m.membership === 'join').length === 2,
            'both members',
        );
    return roomId;
}
