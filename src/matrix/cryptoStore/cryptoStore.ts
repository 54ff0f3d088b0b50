/**
 * The IndexedDB that matrix-js-sdk and the Rust crypto code use in Node. It is fake-indexeddb in memory, written to one
 * SQLite file. It is durable at each {@link CryptoStore.flush}. The handle is private; no global is set.
 */
import { IDBFactory } from 'fake-indexeddb';
import { openJournal, type Journal, type StoredDatabase } from './journal.ts';
import { instrument, observeDatabase, rawStoreOf, type RawDatabase } from './rawIndexedDb.ts';

export interface CryptoStore {
    readonly factory: globalThis.IDBFactory;
    /**
     * Makes every finished transaction durable. Waits while something {@link hold}s. Call it before a request leaves:
     * the server must never know more about this device than the device itself after a crash.
     * @throws HushError `account.storeFailed`. Afterwards it always throws, which stops the network until a restart.
     */
    flush(): Promise<void>;
    /** Runs `work` without a commit in between, so that its writes are kept or lost together. */
    hold<T>(work: () => Promise<T>): Promise<T>;
    /** Flushes and closes the file. Later writes fail. */
    close(): Promise<void>;
    sizeBytes(): number;
}

export interface CryptoStoreOptions {
    /** File path. Its directory exists. */
    readonly path: string;
    /** ms that a write may stay uncommitted while no request asks for a flush. */
    readonly idleCommitMs?: number;
}

/** @throws HushError `account.storeLocked` or `account.storeFailed`. */
export async function openCryptoStore({ path, idleCommitMs = 250 }: CryptoStoreOptions): Promise<CryptoStore> {
    await instrument();
    const journal = openJournal(path);
    try {
        return await createReplica(journal, idleCommitMs);
    } catch (error) {
        journal.close();
        throw error;
    }
}

async function createReplica(journal: Journal, idleCommitMs: number): Promise<CryptoStore> {
    const factory = new IDBFactory();
    const internals = factory as unknown as { _databases: Map<string, RawDatabase> };
    for (const database of journal.load()) await restore(factory, database);

    let holds = 0;
    let released = Promise.withResolvers<void>();
    let idle: NodeJS.Timeout | undefined;
    let closed = false;
    const settle = (): void => {
        idle = undefined;
        if (holds > 0 || closed) return;
        try {
            journal.commit();
        } catch {
            // The journal stays failed. The next flush reports it to code that can act on it.
        }
    };
    const sink: Parameters<typeof observeDatabase>[1] = {
        write(transaction, dirty) {
            if (closed) throw new Error('The store is closed');
            journal.write(transaction, dirty);
            if (journal.uncommitted) idle ??= setTimeout(settle, idleCommitMs).unref();
        },
    };
    for (const database of internals._databases.values()) observeDatabase(database, sink);
    internals._databases = new ObservedDatabases(
        internals._databases,
        (database) => observeDatabase(database, sink),
        (name) => journal.dropDatabase(name),
    );

    const flush = async (): Promise<void> => {
        while (holds > 0) await released.promise;
        if (!closed) journal.commit();
    };
    return {
        factory,
        flush,
        async hold(work) {
            if (holds++ === 0) released = Promise.withResolvers();
            try {
                return await work();
            } finally {
                if (--holds === 0) {
                    released.resolve();
                    if (journal.uncommitted) idle ??= setTimeout(settle, idleCommitMs).unref();
                }
            }
        },
        async close() {
            if (closed) return;
            clearTimeout(idle);
            try {
                await flush();
            } finally {
                closed = true;
                journal.close();
            }
        },
        sizeBytes: () => (closed ? 0 : journal.sizeBytes()),
    };
}

/** fake-indexeddb's table of databases. Added databases are observed. Deleted ones are dropped from the file. */
class ObservedDatabases extends Map<string, RawDatabase> {
    // The entries are not passed to Map's constructor, because it would call `set` before the fields exist.
    readonly #added: (database: RawDatabase) => void;
    readonly #removed: (name: string) => void;
    constructor(
        entries: Map<string, RawDatabase>,
        added: (database: RawDatabase) => void,
        removed: (name: string) => void,
    ) {
        super();
        this.#added = added;
        this.#removed = removed;
        for (const [name, database] of entries) super.set(name, database);
    }
    override set(name: string, database: RawDatabase): this {
        this.#added(database);
        return super.set(name, database);
    }
    override delete(name: string): boolean {
        if (this.has(name)) this.#removed(name);
        return super.delete(name);
    }
}

/**
 * Rebuilds a database through the public API. Its records go through the raw stores, because they are already keys and
 * values.
 */
async function restore(factory: IDBFactory, database: StoredDatabase): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const request = factory.open(database.name, database.version);
    request.onerror = () => reject(request.error ?? new Error(`Could not restore ${database.name}`));
    request.onupgradeneeded = () => {
        for (const { name, schema, generator, records } of database.stores) {
            const store = request.result.createObjectStore(name, {
                keyPath: schema.keyPath,
                autoIncrement: schema.autoIncrement,
            });
            for (const { name: index, keyPath, multiEntry, unique } of schema.indexes)
                store.createIndex(index, keyPath, { multiEntry, unique });
            const raw = rawStoreOf(store);
            for (const { key, value } of records) raw.storeRecord({ key, value }, false);
            if (generator !== undefined && raw.keyGenerator) raw.keyGenerator.num = generator;
        }
    };
    request.onsuccess = () => {
        request.result.close();
        resolve();
    };
    await promise;
}
