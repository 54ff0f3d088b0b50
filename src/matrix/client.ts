/** A running matrix-js-sdk client on our crash-safe store: encrypted, syncing from where it stopped. */
import { OlmMachine, UserId } from '@matrix-org/matrix-sdk-crypto-wasm';
import {
    ClientEvent,
    createClient,
    Filter,
    IndexedDBStore,
    type MatrixClient,
    type SyncState,
} from 'matrix-js-sdk/lib/matrix.js';
import type { CryptoCallbacks } from 'matrix-js-sdk/lib/crypto-api/index.js';
import { HushError } from '../extension/errors.ts';
import type { Log } from '../extension/log.ts';
import { openCryptoStore, type CryptoStore } from './cryptoStore/cryptoStore.ts';
import { withFactory } from './cryptoStore/handle.ts';
import type { Fetch } from './http.ts';
import { captureSdkLog } from './sdkLog.ts';
import { syncFilterDefinition } from './syncFilter.ts';
import { PLACEHOLDER_TOKEN } from './tokens.ts';

export interface MatrixClientOptions {
    readonly baseUrl: string;
    readonly userId: string;
    readonly deviceId: string;
    /** 32 bytes: encrypts the crypto store at rest. */
    readonly storageKey: Uint8Array;
    /** SQLite file; its directory exists. */
    readonly storePath: string;
    /** Puts the token in (see tokens.ts). */
    readonly fetch: Fetch;
    /** Hands out the key of secret storage while an operation needs it. */
    readonly cryptoCallbacks?: CryptoCallbacks;
    readonly log: Log;
}
export interface OpenMatrixClient {
    readonly sdk: MatrixClient;
    readonly store: CryptoStore;
    /** Resolves when rooms are known: from the store at once, else after the initial sync, however long that takes. */
    readonly ready: Promise<void>;
    /** Resolves when the homeserver did not answer for the first time. */
    readonly unreachable: Promise<void>;
    /** Begins to sync. Once. */
    start(): void;
    /** Whether the last sync worked. The SDK retries by itself, with growing pauses. */
    readonly online: boolean;
    readonly syncState: SyncState | null;
    /** A sync token was on disk, so that no initial sync was needed. */
    readonly startedFromStore: boolean;
    /** As the server said last; undefined before the first sync. */
    readonly oneTimeKeyCount: number | undefined;
    onOnline(listener: (online: boolean) => void): { dispose(): void };
    /** Makes sure that the devices of `userIds` are known and kept up to date. */
    trackDevices(userIds: readonly string[]): Promise<void>;
    /** Stops syncing, saves and gives the store back. */
    stop(): Promise<void>;
}

const POLL_MS = 30_000;
/** Least time between two saves of the sync token, ms. */
const SAVE_EVERY_MS = 1_000;

/** Resolves when the stores are open and encryption works; nothing has been sent by then. @throws HushError `account.*`. */
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
    const durableFetch: Fetch = async (input, init) => {
        await store.flush(); // see CryptoStore.flush: nothing leaves before what it builds on is on disk
        return options.fetch(input, init);
    };
    const logger = captureSdkLog(log);
    const sdk = createClient({
        baseUrl,
        userId,
        deviceId,
        accessToken: PLACEHOLDER_TOKEN,
        fetchFn: durableFetch,
        store: syncStore,
        logger,
        localTimeoutMs: 30_000,
        // Emoji alone: the other side must not offer a QR code that nothing here can scan.
        verificationMethods: ['m.sas.v1'],
        ...(options.cryptoCallbacks ? { cryptoCallbacks: options.cryptoCallbacks } : {}),
    });
    await Promise.all([
        syncStore.startup(),
        withFactory(store.factory, () => sdk.initRustCrypto({ cryptoDatabasePrefix: 'hush', storageKey })),
    ]);
    const machine = machineOf(sdk);
    holdDuringSync(machine.olm, store);

    let online = false;
    let oneTimeKeyCount: number | undefined;
    const listeners = new Set<(online: boolean) => void>();
    const saver = createSaver(() => syncStore.save(true), log);
    const startedFromStore = Boolean(await syncStore.getSavedSyncToken());
    watchKeyCount(machine.olm, (count) => {
        oneTimeKeyCount = count;
    });

    const prepared = Promise.withResolvers<void>();
    const unreachable = Promise.withResolvers<void>();
    sdk.on(ClientEvent.Sync, (state, _previous, data) => {
        const now = state === 'SYNCING' || state === 'CATCHUP' || (state === 'PREPARED' && data?.fromCache !== true);
        if (state === 'PREPARED' || state === 'SYNCING') prepared.resolve();
        if (
            (state === 'SYNCING' || state === 'PREPARED') &&
            data?.fromCache !== true &&
            data?.nextSyncToken !== data?.oldSyncToken
        )
            saver.request();
        if (!now && (state === 'ERROR' || state === 'RECONNECTING')) unreachable.resolve();
        if (now === online) return;
        online = now;
        log.info(online ? 'Connected to the homeserver' : `No connection to the homeserver (${state})`);
        for (const listener of listeners) listener(online);
    });
    let stopped: Promise<void> | undefined;
    return {
        sdk,
        store,
        startedFromStore,
        ready: prepared.promise,
        unreachable: unreachable.promise,
        start() {
            const filter = Filter.fromJson(userId, '', syncFilterDefinition());
            delete filter.filterId; // not known yet: the SDK asks the server for one
            sdk.startClient({
                filter,
                lazyLoadMembers: true,
                pollTimeout: POLL_MS,
                initialSyncLimit: 10,
                disablePresence: true,
            }).catch((error: unknown) => log.error('Syncing did not start', error));
        },
        get online() {
            return online;
        },
        get syncState() {
            return sdk.getSyncState();
        },
        get oneTimeKeyCount() {
            return oneTimeKeyCount;
        },
        onOnline(listener) {
            listeners.add(listener);
            return { dispose: () => listeners.delete(listener) };
        },
        async trackDevices(userIds) {
            await machine.olm.updateTrackedUsers(userIds.map((id) => new UserId(id)));
            await machine.sendOutgoing();
        },
        stop() {
            stopped ??= (async () => {
                await saver.stop();
                sdk.stopClient();
                await store.close();
            })();
            return stopped;
        },
    };
}

/** Saves at most every {@link SAVE_EVERY_MS}, one at a time, and once more at the end. */
function createSaver(save: () => Promise<void>, log: Log): { request(): void; stop(): Promise<void> } {
    let timer: NodeJS.Timeout | undefined;
    let running: Promise<void> = Promise.resolve();
    let wanted = false;
    let stopped = false;
    const run = (): void => {
        timer = undefined;
        wanted = false;
        running = running.then(save).catch((error: unknown) => log.warn('The sync state was not saved', error));
    };
    return {
        request() {
            wanted = true;
            if (!stopped) timer ??= setTimeout(run, SAVE_EVERY_MS);
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
    /** Sends what the machine wants sent (key queries) now, not after the next sync. */
    sendOutgoing(): Promise<void>;
}

/** The SDK keeps these private; the version is pinned, and a change is noticed at once, not as a lost key. */
function machineOf(sdk: MatrixClient): Machine {
    const crypto = sdk.getCrypto() as unknown as
        { olmMachine?: unknown; outgoingRequestsManager?: { doProcessOutgoingRequests?(): Promise<void> } } | undefined;
    const olm = crypto?.olmMachine;
    const outgoing = crypto?.outgoingRequestsManager;
    if (!(olm instanceof OlmMachine) || typeof outgoing?.doProcessOutgoingRequests !== 'function') {
        throw new HushError('internal', 'This build of Hush does not fit its Matrix library. Please report it.');
    }
    return { olm, sendOutgoing: () => outgoing.doProcessOutgoingRequests?.() ?? Promise.resolve() };
}

/**
 * What one sync brings is written as one: an Olm session without the room key that came through it is a lost key. It is
 * written after everybody was told: a message that is kept as read and that nobody heard of would be lost, too.
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
