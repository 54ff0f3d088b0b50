/** A matrix-js-sdk client on our crash-safe store. It encrypts, and continues the sync from where it stopped. */
import { OlmMachine, UserId, type KeysQueryRequest } from '@matrix-org/matrix-sdk-crypto-wasm';
import {
    ClientEvent,
    createClient,
    Filter,
    IndexedDBStore,
    type MatrixClient,
    type SetPresence,
    type SyncState,
} from 'matrix-js-sdk/lib/matrix.js';
import type { CryptoCallbacks } from 'matrix-js-sdk/lib/crypto-api/index.js';
import { HushError } from '../../core/base/errors.ts';
import { Listeners } from '../../core/base/listeners.ts';
import type { Log } from '../../core/base/log.ts';
import { openCryptoStore, type CryptoStore } from '../cryptoStore/cryptoStore.ts';
import { withFactory } from '../cryptoStore/handle.ts';
import { knownDevices } from '../trust/deviceTrust.ts';
import { createDeviceLookup, type DeviceLookup } from './deviceLookup.ts';
import { STORE_PREFIX } from '../account/formerDevices.ts';
import { createHistoryKeys, withoutHistoryKeys } from './historyKeys.ts';
import { abortable, type Fetch } from '../requests/matrixHttp.ts';
import { captureSdkLog } from './sdkLog.ts';
import { createQuietSync } from '../sync/quietSync.ts';
import { syncFilterDefinition } from '../sync/syncFilter.ts';
import { PLACEHOLDER_TOKEN } from '../account/tokenRefresh.ts';
import type { KnownDevices } from '../trust/deviceLies.ts';
import { knowWhoAsks } from '../trust/unknownAsker.ts';

export interface MatrixClientOptions {
    readonly baseUrl: string;
    readonly userId: string;
    readonly deviceId: string;
    /** 32 bytes that encrypt the stored crypto data. */
    readonly storageKey: Uint8Array;
    /** Path of the SQLite file. Its directory exists. */
    readonly storePath: string;
    /** Adds the token (see tokenRefresh.ts). */
    readonly fetch: Fetch;
    readonly now: () => number;
    /** Gives out the key of secret storage while an operation needs it. */
    readonly cryptoCallbacks?: CryptoCallbacks;
    readonly log: Log;
}
export interface OpenMatrixClient {
    readonly sdk: MatrixClient;
    readonly store: CryptoStore;
    /**
     * Resolves when the rooms are known: at once from the store, otherwise after the initial sync, however long it
     * takes.
     */
    readonly ready: Promise<void>;
    /** Resolves when the homeserver first fails to answer. */
    readonly unreachable: Promise<void>;
    /** Begins to sync. Call it once. `presence`: our presence for others. */
    start(presence: () => SetPresence): void;
    /** Whether the last sync worked. The SDK retries by itself, with longer and longer pauses. */
    readonly online: boolean;
    readonly syncState: SyncState | null;
    /** A sync token was on disk, so no initial sync was needed. */
    readonly startedFromStore: boolean;
    /** The server's latest count. Undefined before the first sync. */
    readonly oneTimeKeyCount: number | undefined;
    onOnline(listener: (online: boolean) => void): { dispose(): void };
    /** The number of rooms that are left out of the sync, because Hush can do nothing in them. */
    readonly quietRooms: number;
    /** The person looks at this room. It is added to the sync again if Hush can now do something in it. */
    look(roomId: string): Promise<void>;
    /** Makes sure that the devices of `userIds` are known and stay up to date. */
    trackDevices(userIds: readonly string[]): Promise<void>;
    readonly lookUpDevices: DeviceLookup;
    /** The known devices of these people. Asks no server. */
    knownDevices(userIds: readonly string[]): Promise<KnownDevices>;
    /**
     * Stops syncing, saves, and closes the store. `handOver`: sends nothing more, so that another window's sessions
     * stay.
     */
    stop(handOver?: boolean): Promise<void>;
}

const POLL_MS = 30_000;
/** The shortest time between two saves of the sync token, ms. */
const SAVE_EVERY_MS = 1_000;
/** The largest share of the time that saving may take. A save writes all rooms, which is slow for a large account. */
const SAVING_SHARE = 1 / 20;

/**
 * Resolves when the stores are open and encryption works. Nothing has been sent by then. @throws HushError `account.*`.
 */
export async function openMatrixClient(options: MatrixClientOptions): Promise<OpenMatrixClient> {
    const { log } = options;
    const store = await openCryptoStore({ path: options.storePath });
    try {
        return await assemble(options, store);
    } catch (error) {
        await store.close().catch((e: unknown) => log.warn('Closing the store did not work', e));
        throw error;
    }
}

async function assemble(options: MatrixClientOptions, store: CryptoStore): Promise<OpenMatrixClient> {
    const { baseUrl, userId, deviceId, storageKey, log } = options;
    const syncStore = new IndexedDBStore({ indexedDB: store.factory, dbName: 'hush' });
    const quiet = createQuietSync({
        baseUrl,
        userId,
        accessToken: PLACEHOLDER_TOKEN,
        fetch: options.fetch,
        definition: syncFilterDefinition,
        log,
    });
    let closed = false;
    const durableFetch: Fetch = async (input, init) => {
        if (closed) throw new Error('the account is closed');
        await store.flush(); // see CryptoStore.flush: a request leaves only after the data behind it is on disk
        return quiet.fetch(input, init);
    };
    const logger = captureSdkLog(log);
    const sdk = createClient({
        baseUrl,
        userId,
        deviceId,
        accessToken: PLACEHOLDER_TOKEN,
        fetchFn: abortable(durableFetch),
        store: syncStore,
        logger,
        localTimeoutMs: 30_000,
        // Emoji only: the other side must not offer a QR code, because Hush cannot scan one.
        verificationMethods: ['m.sas.v1'],
        ...(options.cryptoCallbacks ? { cryptoCallbacks: options.cryptoCallbacks } : {}),
    });
    await Promise.all([
        syncStore.startup(),
        withFactory(store.factory, () =>
            withoutHistoryKeys(() => sdk.initRustCrypto({ cryptoDatabasePrefix: STORE_PREFIX, storageKey })),
        ),
    ]);
    onlyWhereOffered(sdk);
    const machine = machineOf(sdk);
    holdDuringSync(machine.olm, store);
    knowWhoAsks(machine, log);
    const takeInHistoryKeys = createHistoryKeys({ olm: machine.olm, accept: machine.accept, now: options.now, log });

    let oneTimeKeyCount: number | undefined;
    quiet.begin(await syncStore.getSavedSync(), options.now());
    const saver = createSaver(() => syncStore.save(true), log);
    const startedFromStore = Boolean(await syncStore.getSavedSyncToken());
    watchKeyCount(machine.olm, (count) => {
        oneTimeKeyCount = count;
    });

    const connection = followSync(sdk, { saver, onOnline: () => void takeInHistoryKeys(), log });
    sdk.on(ClientEvent.SyncUnexpectedError, (error) => log.error('A sync response was handled only in part', error));
    let stopped: Promise<void> | undefined;
    return {
        sdk,
        store,
        startedFromStore,
        ready: connection.ready,
        unreachable: connection.unreachable,
        start(presence) {
            const filter = Filter.fromJson(userId, '', syncFilterDefinition());
            delete filter.filterId; // unknown as yet: the SDK asks the server for one
            sdk.startClient({
                filter,
                lazyLoadMembers: true,
                pollTimeout: POLL_MS,
                initialSyncLimit: 10,
            })
                // This comes before the first sync, because the SDK requests the push rules first.
                .then(() => sdk.setSyncPresence(presence()))
                .catch((error: unknown) => log.error('Syncing did not start', error));
        },
        get online() {
            return connection.online;
        },
        get syncState() {
            return sdk.getSyncState();
        },
        get oneTimeKeyCount() {
            return oneTimeKeyCount;
        },
        onOnline: connection.changed.add,
        get quietRooms() {
            return quiet.count;
        },
        look: quiet.look,
        async trackDevices(userIds) {
            await machine.olm.updateTrackedUsers(userIds.map((id) => new UserId(id)));
            await machine.sendOutgoing();
        },
        lookUpDevices: createDeviceLookup(machine),
        knownDevices: (userIds) => knownDevices(machine.olm, userIds),
        stop(handOver = false) {
            stopped ??= (async () => {
                quiet.stop();
                await saver.stop();
                // stopClient() makes the SDK leave every session. At a handover, another window continues them, so
                // nothing may be sent.
                closed = handOver;
                sdk.stopClient();
                await store.close();
            })();
            return stopped;
        },
    };
}

interface SyncEvents {
    readonly saver: { request(): void };
    readonly onOnline: () => void;
    readonly log: Log;
}

/** Follows whether the homeserver answers, and saves after each answer. */
function followSync(sdk: MatrixClient, { saver, onOnline, log }: SyncEvents) {
    const prepared = Promise.withResolvers<void>();
    const unreachable = Promise.withResolvers<void>();
    const changed = new Listeners<[boolean]>();
    let online = false;
    sdk.on(ClientEvent.Sync, (state, _previous, data) => {
        const fresh = data?.fromCache !== true;
        const now = state === 'SYNCING' || state === 'CATCHUP' || (state === 'PREPARED' && fresh);
        if (state === 'PREPARED' || state === 'SYNCING') {
            prepared.resolve();
            if (fresh && data?.nextSyncToken !== data?.oldSyncToken) saver.request();
        }
        if (!now && (state === 'ERROR' || state === 'RECONNECTING')) unreachable.resolve();
        if (now === online) return;
        online = now;
        log.info(online ? 'Connected to the homeserver' : `No connection to the homeserver (${state})`);
        changed.emit(online);
        if (online) onOnline();
    });
    return {
        get online() {
            return online;
        },
        changed,
        ready: prepared.promise,
        unreachable: unreachable.promise,
    };
}

/**
 * Saves at most every {@link SAVE_EVERY_MS} (less often if saving is slow), one at a time, and once more at the end.
 */
function createSaver(save: () => Promise<void>, log: Log): { request(): void; stop(): Promise<void> } {
    let timer: NodeJS.Timeout | undefined;
    let running: Promise<void> = Promise.resolve();
    let wanted = false;
    let pause = SAVE_EVERY_MS;
    let stopped = false;
    const run = (): void => {
        timer = undefined;
        wanted = false;
        const began = performance.now();
        running = running
            .then(save)
            .catch((error: unknown) => log.warn('The sync state was not saved', error))
            .then(() => {
                pause = Math.max(SAVE_EVERY_MS, (performance.now() - began) / SAVING_SHARE);
            });
    };
    return {
        request() {
            wanted = true;
            if (!stopped) timer ??= setTimeout(run, pause);
        },
        async stop() {
            stopped = true;
            clearTimeout(timer);
            if (wanted) run();
            await running;
        },
    };
}

interface Machine {
    readonly olm: OlmMachine;
    /** Sends the machine's waiting requests (key queries) now, not after the next sync. */
    sendOutgoing(): Promise<void>;
    /** Sends one request of the machine, and gives it the answer. */
    send(request: KeysQueryRequest): Promise<void>;
    /** Imports the history keys that an inviter sent. False: none have arrived yet. */
    accept(roomId: string, inviter: string): Promise<boolean>;
}

/** The SDK keeps these private. Its version is pinned, and this function throws if a field is missing. */
function machineOf(sdk: MatrixClient): Machine {
    const crypto = sdk.getCrypto() as unknown as
        | {
              olmMachine?: unknown;
              outgoingRequestsManager?: { doProcessOutgoingRequests?(): Promise<void> };
              outgoingRequestProcessor?: { makeOutgoingRequest?(request: KeysQueryRequest): Promise<void> };
              maybeAcceptKeyBundle?(roomId: string, inviter: string): Promise<boolean>;
          }
        | undefined;
    const olm = crypto?.olmMachine;
    const outgoing = crypto?.outgoingRequestsManager;
    const processor = crypto?.outgoingRequestProcessor;
    if (
        !(olm instanceof OlmMachine) ||
        typeof outgoing?.doProcessOutgoingRequests !== 'function' ||
        typeof processor?.makeOutgoingRequest !== 'function' ||
        typeof crypto?.maybeAcceptKeyBundle !== 'function'
    ) {
        throw new HushError('internal', 'This build of Hush does not fit its Matrix library. Please report it.');
    }
    return {
        olm,
        sendOutgoing: () => outgoing.doProcessOutgoingRequests?.() ?? Promise.resolve(),
        send: (request) => processor.makeOutgoingRequest?.(request) ?? Promise.resolve(),
        accept: (...args) => crypto.maybeAcceptKeyBundle?.(...args) ?? Promise.resolve(false),
    };
}

/** Otherwise the SDK asks every homeserver for its media server (MSC4143), even one that does not name the feature. */
function onlyWhereOffered(sdk: MatrixClient): void {
    const ask = sdk._unstable_getRTCTransports.bind(sdk);
    sdk._unstable_getRTCTransports = async () =>
        (await sdk.doesServerSupportUnstableFeature('org.matrix.msc4143')) ? ask() : [];
}

/**
 * Writes the changes of one sync together: an Olm session stored without the room key from it would lose that key.
 * Writes them after all listeners were told: a message that is stored as read but was never reported would be lost too.
 */
function holdDuringSync(olm: OlmMachine, store: CryptoStore): void {
    const receive = olm.receiveSyncChanges.bind(olm);
    olm.receiveSyncChanges = (...args) => {
        const { promise, resolve, reject } = Promise.withResolvers<Awaited<ReturnType<typeof receive>>>();
        void store.hold(async () => {
            await receive(...args).then(resolve, reject);
            await new Promise((told) => setImmediate(told));
        });
        return promise;
    };
}

function watchKeyCount(olm: OlmMachine, seen: (count: number) => void): void {
    const receive = olm.receiveSyncChanges.bind(olm);
    olm.receiveSyncChanges = (events, devices, counts, ...rest) => {
        const count = (counts as ReadonlyMap<string, number>).get('signed_curve25519');
        if (count !== undefined) seen(count);
        return receive(events, devices, counts, ...rest);
    };
}
