/**
 * The internals of fake-indexeddb 6.2.8 that we use (its version is pinned for that reason), and the only place that
 * patches it. Every write to an object store is reported with its transaction's rollback log. A transaction's
 * `complete` event first asks the journal. Databases without a journal are not affected.
 */
import { IDBFactory, IDBKeyRange, IDBTransaction } from 'fake-indexeddb';

interface RawRecord {
    readonly key: IDBValidKey;
    readonly value: unknown;
}
interface RawIndex {
    readonly name: string;
    readonly keyPath: string | string[];
    readonly multiEntry: boolean;
    readonly unique: boolean;
}
export interface RawStore {
    readonly name: string;
    readonly keyPath: string | string[] | null;
    readonly autoIncrement: boolean;
    readonly keyGenerator: { num: number } | null;
    readonly rawIndexes: ReadonlyMap<string, RawIndex>;
    readonly records: { get(key: IDBValidKey): RawRecord | undefined; values(range?: unknown): Iterable<RawRecord> };
    storeRecord(
        record: { key: IDBValidKey | undefined; value: unknown },
        noOverwrite: boolean,
        log?: RollbackLog,
    ): IDBValidKey;
    deleteRecord(key: unknown, log?: RollbackLog): void;
    clear(log?: RollbackLog): void;
}
export interface RawDatabase {
    readonly name: string;
    readonly version: number;
    readonly rawObjectStores: ReadonlyMap<string, RawStore>;
}
/** Identity of a transaction inside the raw stores. */
type RollbackLog = (() => void)[];

export interface RawTransaction {
    readonly mode: 'readonly' | 'readwrite' | 'versionchange';
    readonly db: { readonly _rawDatabase: RawDatabase };
    readonly _rollbackLog: RollbackLog;
    _abort(errorName: string): void;
}

/** The changes of a transaction in one store. */
export interface DirtyStore {
    /** The store was emptied before `keys` changed. */
    cleared: boolean;
    /** Changed keys, by identity of the key object. The journal encodes them. */
    readonly keys: IDBValidKey[];
}

/** Stores a finished transaction. */
export interface TransactionSink {
    /** Called before any `complete` listener. Throwing aborts the transaction. */
    write(transaction: RawTransaction, dirty: ReadonlyMap<RawStore, DirtyStore>): void;
}

const sinks = new WeakMap<RawDatabase, TransactionSink>();
const dirtyByLog = new WeakMap<RollbackLog, Map<RawStore, DirtyStore>>();

/** Every later transaction of `database` passes through `sink`. */
export function observeDatabase(database: RawDatabase, sink: TransactionSink): void {
    sinks.set(database, sink);
}

export function rawStoreOf(store: IDBObjectStore): RawStore {
    return (store as unknown as { _rawObjectStore: RawStore })._rawObjectStore;
}

function dirtyStore(log: RollbackLog, store: RawStore): DirtyStore {
    let stores = dirtyByLog.get(log);
    if (!stores) dirtyByLog.set(log, (stores = new Map()));
    let dirty = stores.get(store);
    if (!dirty) stores.set(store, (dirty = { cleared: false, keys: [] }));
    return dirty;
}

let patched: Promise<void> | undefined;

/** Patches the library's classes, once per process. */
export function instrument(): Promise<void> {
    patched ??= scratchStore().then((store) => {
        patchStores(Object.getPrototypeOf(store) as RawStore);
        patchTransactions();
    });
    return patched;
}

/** The library does not export the raw store class, so an instance is needed to reach it. */
async function scratchStore(): Promise<RawStore> {
    const { promise, resolve, reject } = Promise.withResolvers<RawStore>();
    const request = new IDBFactory().open('scratch', 1);
    request.onupgradeneeded = () => resolve(rawStoreOf(request.result.createObjectStore('scratch')));
    request.onerror = () => reject(request.error ?? new Error('fake-indexeddb did not open'));
    return promise;
}

function patchStores(prototype: RawStore): void {
    const { storeRecord, deleteRecord, clear } = prototype;
    if (![storeRecord, deleteRecord, clear].every((f) => typeof f === 'function')) {
        throw new Error('fake-indexeddb has changed inside: review rawIndexedDb.ts');
    }
    prototype.storeRecord = function (this: RawStore, record, noOverwrite, log) {
        const key = storeRecord.call(this, record, noOverwrite, log);
        if (log) dirtyStore(log, this).keys.push(key);
        return key;
    };
    prototype.deleteRecord = function (this: RawStore, key, log) {
        // A range does not name its records, so they are read before they are deleted.
        const hit = !log
            ? []
            : key instanceof IDBKeyRange
              ? [...iterate(this.records.values(key))].map((r) => r.key)
              : [key as IDBValidKey];
        deleteRecord.call(this, key, log);
        if (log) dirtyStore(log, this).keys.push(...hit);
    };
    prototype.clear = function (this: RawStore, log) {
        clear.call(this, log);
        if (!log) return;
        const dirty = dirtyStore(log, this);
        dirty.cleared = true;
        dirty.keys.length = 0;
    };
}

function* iterate<T>(items: Iterable<T>): Generator<T> {
    const iterator = items[Symbol.iterator]();
    for (let next = iterator.next(); !next.done; next = iterator.next()) yield next.value;
}

function patchTransactions(): void {
    const prototype = IDBTransaction.prototype as unknown as { dispatchEvent(event: Event): boolean };
    const { dispatchEvent } = prototype;
    prototype.dispatchEvent = function (event) {
        const transaction = this as unknown as RawTransaction;
        const sink = event.type === 'complete' ? sinks.get(transaction.db._rawDatabase) : undefined;
        if (sink) {
            const dirty = dirtyByLog.get(transaction._rollbackLog) ?? new Map<RawStore, DirtyStore>();
            try {
                sink.write(transaction, dirty);
            } catch {
                transaction._abort('UnknownError'); // undoes it in memory and tells its listeners; the sink keeps the reason
                return true;
            }
        }
        return dispatchEvent.call(this, event);
    };
}
