/**
 * One SQLite file with the content of the IndexedDB replica. Writes collect in one open transaction (group commit)
 * until {@link Journal.commit}. The Rust crypto code commits an Olm session and its new room key separately. A crash
 * between the two would lose that key forever (docs/decisions/03-crypto-store.md).
 */
import type * as Sqlite from 'node:sqlite';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { deserialize, serialize } from 'node:v8';
import { HushError } from '../../core/base/errors.ts';
import { decodeKey, encodeKey } from './keyCodec.ts';
import type { DirtyStore, RawDatabase, RawStore, RawTransaction } from './rawIndexedDb.ts';

const SCHEMA = `
CREATE TABLE IF NOT EXISTS databases (name TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS stores (
    id INTEGER PRIMARY KEY AUTOINCREMENT, database TEXT NOT NULL, name TEXT NOT NULL, schema TEXT NOT NULL,
    generator INTEGER, UNIQUE (database, name));
CREATE TABLE IF NOT EXISTS records (
    store INTEGER NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (store, key)) WITHOUT ROWID;`;

/** How a store looks, without its records. */
interface StoredSchema {
    readonly keyPath: string | string[] | null;
    readonly autoIncrement: boolean;
    readonly indexes: readonly { name: string; keyPath: string | string[]; multiEntry: boolean; unique: boolean }[];
}
interface StoredStore {
    readonly name: string;
    readonly schema: StoredSchema;
    readonly generator: number | undefined;
    readonly records: Iterable<{ key: IDBValidKey; value: unknown }>;
}
export interface StoredDatabase {
    readonly name: string;
    readonly version: number;
    readonly stores: readonly StoredStore[];
}

export interface Journal {
    load(): StoredDatabase[];
    /** Adds a finished IndexedDB transaction to the open SQLite transaction. Throws once the journal has failed. */
    write(transaction: RawTransaction, dirty: ReadonlyMap<RawStore, DirtyStore>): void;
    dropDatabase(name: string): void;
    /** Makes every earlier write durable. @throws HushError `account.storeFailed`, and always afterwards. */
    commit(): void;
    readonly uncommitted: boolean;
    /** Commits and releases the file. */
    close(): void;
    sizeBytes(): number;
}

/**
 * @throws HushError `account.storeLocked` when another process has it open, `account.storeFailed` when it cannot be
 * used.
 */
export function openJournal(path: string): Journal {
    const db = openExclusive(path);
    const statements = prepare(db);
    const storeIds = new Map<string, number>();
    let open = false;
    let failure: HushError | undefined;

    const fail = (cause: unknown): HushError => {
        failure ??= new HushError(
            'account.storeFailed',
            'Hush could not write its key store (is the disk full?). Free some space, then reload the window.',
            { cause },
        );
        return failure;
    };
    const guarded = (work: () => void): void => {
        if (failure) throw failure;
        try {
            if (!open) db.exec('BEGIN');
            open = true;
            work();
        } catch (error) {
            throw fail(error);
        }
    };
    const storeId = (database: string, store: RawStore): number => {
        const name = JSON.stringify([database, store.name]);
        let id = storeIds.get(name);
        if (id === undefined) {
            id = Number(
                statements.addStore.get(
                    database,
                    store.name,
                    JSON.stringify(schemaOf(store)),
                    store.keyGenerator?.num ?? null,
                )?.['id'],
            );
            storeIds.set(name, id);
        }
        return id;
    };
    const drop = (name: string): void => {
        statements.dropRecords.run(name);
        statements.dropStores.run(name);
        statements.dropDatabase.run(name);
        for (const key of storeIds.keys()) if ((JSON.parse(key) as string[])[0] === name) storeIds.delete(key);
    };
    const put = (id: number, key: IDBValidKey, value: unknown): void => {
        statements.put.run(id, encodeKey(key), serialize(value));
    };
    const rewrite = (database: RawDatabase): void => {
        drop(database.name);
        statements.addDatabase.run(database.name, database.version);
        for (const store of database.rawObjectStores.values()) {
            const id = storeId(database.name, store);
            const kept = store.records.values()[Symbol.iterator]();
            for (let next = kept.next(); !next.done; next = kept.next()) put(id, next.value.key, next.value.value);
        }
    };

    return {
        load: () =>
            statements.databases.all().map((database) => {
                const name = String(database['name']);
                return {
                    name,
                    version: Number(database['version']),
                    stores: statements.stores.all(name).map((row) => {
                        const store = readStore(statements, row);
                        storeIds.set(JSON.stringify([name, store.name]), Number(row['id']));
                        return store;
                    }),
                };
            }),
        write(transaction, dirty) {
            if (failure) throw failure;
            const database = transaction.db._rawDatabase;
            if (transaction.mode === 'versionchange') return guarded(() => rewrite(database));
            if (dirty.size === 0) return;
            guarded(() => {
                for (const [store, { cleared, keys }] of dirty) {
                    const id = storeId(database.name, store);
                    if (cleared) statements.clear.run(id);
                    if (store.keyGenerator) statements.setGenerator.run(store.keyGenerator.num, id);
                    for (const key of keys) {
                        const record = store.records.get(key);
                        if (record) put(id, key, record.value);
                        else statements.delete.run(id, encodeKey(key));
                    }
                }
            });
        },
        dropDatabase: (name) => guarded(() => drop(name)),
        commit() {
            if (failure) throw failure;
            if (!open) return;
            try {
                db.exec('COMMIT');
                open = false;
            } catch (error) {
                throw fail(error);
            }
        },
        get uncommitted() {
            return open;
        },
        close() {
            try {
                this.commit();
            } finally {
                db.close();
            }
        },
        sizeBytes: () => sizeOf(db),
    };
}

function sizeOf(db: DatabaseSync): number {
    const row = db.prepare('SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()').get();
    return Number(row?.['bytes'] ?? 0);
}

function readStore(statements: Statements, row: Record<string, unknown>): StoredStore {
    return {
        name: String(row['name']),
        schema: JSON.parse(String(row['schema'])) as StoredSchema,
        generator: row['generator'] === null ? undefined : Number(row['generator']),
        records: recordsOf(statements, Number(row['id'])),
    };
}

function* recordsOf(statements: Statements, id: number): Generator<{ key: IDBValidKey; value: unknown }> {
    for (const row of statements.records.all(id)) {
        yield { key: decodeKey(String(row['key'])), value: deserialize(row['value'] as Uint8Array) };
    }
}

function schemaOf(store: RawStore): StoredSchema {
    const indexes = [...store.rawIndexes.values()].map(({ name, keyPath, multiEntry, unique }) => ({
        name,
        keyPath,
        multiEntry,
        unique,
    }));
    return { keyPath: store.keyPath, autoIncrement: store.autoIncrement, indexes };
}

function openExclusive(path: string): DatabaseSync {
    // Not a static import: a VS Code older than the module must get a sentence, not a crash while loading.
    const sqlite = process.getBuiltinModule('node:sqlite') as typeof Sqlite | undefined;
    if (!sqlite)
        throw new HushError(
            'account.storeFailed',
            'This version of VS Code has no SQLite, which Hush needs for its keys. Update VS Code.',
        );
    let db: DatabaseSync | undefined;
    try {
        db = new sqlite.DatabaseSync(path, { timeout: 100 });
        // FULL, because NORMAL can lose the last commits in a power cut, and Olm breaks when its state goes back in
        // time.
        db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
        db.exec(`BEGIN EXCLUSIVE; ${SCHEMA} COMMIT;`);
        return db;
    } catch (error) {
        db?.close();
        const locked = error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 5;
        throw locked
            ? new HushError(
                  'account.storeLocked',
                  'Another VS Code window holds your Hush account and does not answer; it may run another version of Hush. Reload that window or close it, then try again.',
                  { cause: error },
              )
            : new HushError(
                  'account.storeFailed',
                  'Hush could not open its key store. Run "Hush: Show Log" for the details.',
                  { cause: error },
              );
    }
}

type Statements = Record<
    | 'databases'
    | 'stores'
    | 'records'
    | 'addDatabase'
    | 'addStore'
    | 'dropRecords'
    | 'dropStores'
    | 'dropDatabase'
    | 'put'
    | 'delete'
    | 'clear'
    | 'setGenerator',
    StatementSync
>;

function prepare(db: DatabaseSync): Statements {
    return {
        databases: db.prepare('SELECT name, version FROM databases'),
        stores: db.prepare('SELECT id, name, schema, generator FROM stores WHERE database = ?'),
        records: db.prepare('SELECT key, value FROM records WHERE store = ?'),
        addDatabase: db.prepare('INSERT INTO databases (name, version) VALUES (?, ?)'),
        addStore: db.prepare('INSERT INTO stores (database, name, schema, generator) VALUES (?, ?, ?, ?) RETURNING id'),
        dropRecords: db.prepare('DELETE FROM records WHERE store IN (SELECT id FROM stores WHERE database = ?)'),
        dropStores: db.prepare('DELETE FROM stores WHERE database = ?'),
        dropDatabase: db.prepare('DELETE FROM databases WHERE name = ?'),
        put: db.prepare(
            'INSERT INTO records (store, key, value) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
        ),
        delete: db.prepare('DELETE FROM records WHERE store = ? AND key = ?'),
        clear: db.prepare('DELETE FROM records WHERE store = ?'),
        setGenerator: db.prepare('UPDATE stores SET generator = ? WHERE id = ?'),
    };
}
