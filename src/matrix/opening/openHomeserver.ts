/** The connection to the homeserver: tokens, paced requests, the stores, and the SDK's client on them. */
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { MatrixClient } from 'matrix-js-sdk/lib/matrix.js';
import type { Log } from '../../core/base/log.ts';
import type { StoredAccount } from '../../core/account/storedAccounts.ts';
import type { AccountStatus } from '../account/accountStatus.ts';
import { createAccountTokens, type AccountTokens } from '../account/accountTokens.ts';
import { takeOverRoomKeys } from '../account/formerDevices.ts';
import { storePath } from '../account/storePath.ts';
import type { Fetch } from '../requests/matrixHttp.ts';
import { openMatrixClient, type OpenMatrixClient } from '../sdk/client.ts';
import { createQueryGate, type QueryGate } from '../trust/queryGate.ts';
import { createSecretKeys, type SecretKeys } from '../trust/secretKeys.ts';
import { createServerWatch, type ServerWatch } from '../trust/serverWatch.ts';
import type { OpenAccountOptions } from './accountOptions.ts';

export interface Homeserver {
    /** The account to store next. Former devices whose room keys were imported are no longer in it. */
    readonly stored: StoredAccount;
    readonly self: { readonly userId: string; readonly deviceId: string };
    readonly baseUrl: string;
    readonly storePath: string;
    readonly tokens: AccountTokens;
    /** Requests in the account's name. */
    readonly requests: Fetch;
    /** Requests to other servers. */
    readonly fetch: Fetch;
    readonly client: OpenMatrixClient;
    readonly sdk: MatrixClient;
    readonly watch: ServerWatch;
    readonly gate: QueryGate;
    readonly secretKeys: SecretKeys;
    readonly now: () => number;
    readonly log: Log;
    trackDevices(userIds: readonly string[]): Promise<void>;
    /** Whether we and that person are both joined. */
    inRoom(roomId: string, userId: string): boolean;
    stop(handOver: boolean): Promise<void>;
}

/** @throws HushError `account.storeLocked`, `account.storeFailed`. */
export async function openHomeserver(options: OpenAccountOptions, status: AccountStatus): Promise<Homeserver> {
    const { vault, log, fetch = globalThis.fetch, now = Date.now } = options;
    let { stored } = options;
    const { userId, deviceId, baseUrl } = stored;
    const path = storePath(options.dataDir, userId, deviceId);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    /** The sign-in may end before the client exists. */
    const ended = Promise.withResolvers<void>();
    const tokens = createAccountTokens({
        stored,
        next: () => stored,
        vault,
        fetch,
        now,
        log,
        onEnd(state) {
            status.become(state);
            ended.resolve();
        },
        onUnsaved: (error) => status.trouble(error?.message),
    });
    const secretKeys = createSecretKeys();
    const watch = createServerWatch({ fetch: tokens.fetch, now, known: (users) => client.knownDevices(users), log });
    const gate = createQueryGate(watch.fetch);
    const client: OpenMatrixClient = await openMatrixClient({
        baseUrl,
        userId,
        deviceId,
        storageKey: Buffer.from(stored.storageKey, 'base64'),
        storePath: path,
        fetch: gate.fetch,
        cryptoCallbacks: secretKeys.callbacks,
        now,
        log,
    });
    const { sdk } = client;
    void ended.promise.then(() => sdk.stopClient());
    stored = await takeOverRoomKeys(stored, { dataDir: options.dataDir, ...client, log });

    return {
        stored,
        self: { userId, deviceId },
        baseUrl,
        storePath: path,
        tokens,
        requests: tokens.fetch,
        fetch,
        client,
        sdk,
        watch,
        gate,
        secretKeys,
        now,
        log,
        trackDevices: (ids) => client.trackDevices(ids),
        inRoom(roomId, user) {
            const room = sdk.getRoom(roomId);
            return room?.getMyMembership() === 'join' && room.getMember(user)?.membership === 'join';
        },
        stop: (handOver) => client.stop(handOver),
    };
}
