import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { IDBFactory as PlainFactory, IDBKeyRange } from 'fake-indexeddb';
import { openCryptoStore, type CryptoStore } from '../../../src/matrix/cryptoStore/cryptoStore.ts';
import { decodeKey, encodeKey } from '../../../src/matrix/cryptoStore/keyCodec.ts';

const scalarKey = fc.oneof(
    fc.integer({ min: -3, max: 3 }),
    fc.double({ noNaN: true }),
    fc.string({ unit: 'binary', maxLength: 4 }),
    fc.string({ maxLength: 4 }),
    fc.constantFrom('\ud800', '\u0000', '["n","00"]', ''),
    fc.integer({ min: -8e15, max: 8e15 }).map((n) => new Date(n)),
    fc.uint8Array({ maxLength: 4 }).map((bytes) => new Uint8Array(bytes).buffer),
);
const anyKey: fc.Arbitrary<IDBValidKey> = fc.oneof(
    { weight: 4, arbitrary: scalarKey },
    { weight: 1, arbitrary: fc.array(scalarKey, { maxLength: 3 }) },
);
const smallKey = fc.constantFrom<IDBValidKey>(
    'a',
    'b',
    'c',
    1,
    2,
    new Date(0),
    ['a', 1],
    new Uint8Array([1, 2]).buffer,
);
const value = fc.oneof(
    fc.record({ n: fc.integer({ min: 0, max: 4 }), tags: fc.array(fc.constantFrom('x', 'y', 'z'), { maxLength: 3 }) }),
    fc.record({
        n: fc.integer({ min: 0, max: 4 }),
        bytes: fc.uint8Array({ maxLength: 6 }),
        when: fc.date({ noInvalidDate: true }),
    }),
);

type Op =
    | { do: 'put' | 'add'; key: IDBValidKey; value: unknown }
    | { do: 'delete'; key: IDBValidKey }
    | { do: 'deleteRange'; from: string; to: string }
    | { do: 'clear' }
    | { do: 'auto'; value: object }
    | { do: 'cursor'; value: { n: number } };
const op: fc.Arbitrary<Op> = fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('put' as const, 'add' as const), key: smallKey, value }) },
    fc.record({ do: fc.constant('delete' as const), key: smallKey }),
    fc.record({
        do: fc.constant('deleteRange' as const),
        from: fc.constantFrom('a', 'b'),
        to: fc.constantFrom('b', 'c'),
    }),
    fc.record({ do: fc.constant('clear' as const) }),
    { weight: 2, arbitrary: fc.record({ do: fc.constant('auto' as const), value }) },
    fc.record({ do: fc.constant('cursor' as const), value: fc.record({ n: fc.integer({ min: 0, max: 9 }) }) }),
);
const step = fc.oneof(
    {
        weight: 6,
        arbitrary: fc.record({
            kind: fc.constant('tx' as const),
            ops: fc.array(op, { maxLength: 6 }),
            abort: fc.boolean(),
        }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('upgrade' as const), abort: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('drop' as const) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('reopen' as const) }) },
);

function open(factory: IDBFactory, version: number, abort = false): Promise<IDBDatabase | undefined> {
    const { promise, resolve } = Promise.withResolvers<IDBDatabase | undefined>();
    const request = factory.open('db', version);
    request.onupgradeneeded = () => {
        const db = request.result;
        if (!db.objectStoreNames.contains('main')) {
            const main = db.createObjectStore('main');
            main.createIndex('n', 'n');
            main.createIndex('tags', 'tags', { multiEntry: true });
            db.createObjectStore('auto', { autoIncrement: true, keyPath: 'id' });
        }
        const extra = `extra${version % 3}`;
        if (db.objectStoreNames.contains(extra)) db.deleteObjectStore(extra);
        else db.createObjectStore(extra, { keyPath: ['k', 'l'] }).put({ k: version, l: 'x' });
        if (abort) request.transaction?.abort();
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => resolve(undefined);
    return promise;
}

function transact(db: IDBDatabase, ops: readonly Op[], abort: boolean): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<string>();
    const tx = db.transaction(['main', 'auto'], 'readwrite');
    tx.oncomplete = () => resolve('complete');
    tx.onabort = () => resolve('abort');
    const main = tx.objectStore('main');
    const quiet = (request: IDBRequest): void => {
        // A constraint error must not end the transaction.
        request.onerror = (event) => {
            event.preventDefault();
            event.stopPropagation();
        };
    };
    for (const o of ops) {
        if (o.do === 'put' || o.do === 'add') quiet(main[o.do](o.value, o.key));
        else if (o.do === 'delete') quiet(main.delete(o.key));
        else if (o.do === 'deleteRange') quiet(main.delete(IDBKeyRange.bound(o.from, o.to < o.from ? o.from : o.to)));
        else if (o.do === 'clear') quiet(main.clear());
        else if (o.do === 'auto') quiet(tx.objectStore('auto').put({ ...o.value }));
        else if (o.do === 'cursor') {
            const { value: changed } = o;
            const request = main.openCursor();
            request.onsuccess = (): void => {
                const cursor = request.result;
                if (!cursor) return;
                if (changed.n % 2) cursor.update(changed);
                else cursor.delete();
            };
        }
    }
    if (abort) main.count().onsuccess = () => tx.abort();
    return promise;
}

async function dump(db: IDBDatabase): Promise<unknown> {
    const get = <T>(request: IDBRequest<T>): Promise<T> =>
        new Promise((resolve, reject) => {
            request.onsuccess = () => resolve(request.result);
            request.onerror = () => reject(request.error);
        });
    const out: Record<string, unknown> = { version: db.version };
    for (const name of db.objectStoreNames) {
        const store = db.transaction(name).objectStore(name);
        const [keys, values] = await Promise.all([get(store.getAllKeys()), get(store.getAll())]);
        out[name] = { keys, values, keyPath: store.keyPath, auto: store.autoIncrement };
        for (const index of store.indexNames) {
            const read = db.transaction(name).objectStore(name).index(index);
            out[`${name}.${index}`] = await get(read.getAllKeys());
        }
    }
    return out;
}

describe('the crypto store', () => {
    let folder: string;
    before(async () => {
        folder = await mkdtemp(join(tmpdir(), 'hush-store-'));
    });
    after(() => rm(folder, { recursive: true, force: true }));

    it('encodes every key to a text of its own and back', () => {
        const equal = (a: IDBValidKey, b: IDBValidKey): boolean => new PlainFactory().cmp(a, b) === 0;
        fc.assert(
            fc.property(anyKey, anyKey, (a, b) => {
                assert.equal(encodeKey(a) === encodeKey(b), equal(a, b));
                assert.ok(equal(decodeKey(encodeKey(a)), a));
            }),
            { numRuns: 1_000 },
        );
        assert.equal(encodeKey(-0), encodeKey(0));
        assert.throws(() => encodeKey(Number.NaN));
    });

    it('behaves like plain fake-indexeddb, across restarts', async function () {
        this.timeout(60_000);
        let run = 0;
        await fc.assert(
            fc.asyncProperty(fc.array(step, { maxLength: 10 }), async (steps) => {
                const path = join(folder, `run${run++}.sqlite`);
                let store: CryptoStore = await openCryptoStore({ path });
                const plain: IDBFactory = new PlainFactory();
                let version = 1;
                let ours = await open(store.factory, version);
                let theirs = await open(plain, version);
                for (const s of [...steps, { kind: 'reopen' as const }]) {
                    if (!ours || !theirs) throw new Error('did not open');
                    if (s.kind === 'tx') {
                        assert.equal(await transact(ours, s.ops, s.abort), await transact(theirs, s.ops, s.abort));
                    } else if (s.kind === 'upgrade') {
                        ours.close();
                        theirs.close();
                        await Promise.all([
                            open(store.factory, version + 1, s.abort),
                            open(plain, version + 1, s.abort),
                        ]).then(([a, b]) => {
                            a?.close();
                            b?.close();
                        });
                        if (!s.abort) version++;
                        [ours, theirs] = [await open(store.factory, version), await open(plain, version)];
                    } else if (s.kind === 'drop') {
                        ours.close();
                        theirs.close();
                        for (const factory of [store.factory, plain]) {
                            await new Promise((resolve) => {
                                factory.deleteDatabase('db').onsuccess = resolve;
                            });
                        }
                        version = 1;
                        [ours, theirs] = [await open(store.factory, version), await open(plain, version)];
                    } else {
                        await store.close();
                        store = await openCryptoStore({ path });
                        ours = await open(store.factory, version);
                    }
                    assert.ok(ours && theirs);
                    assert.deepEqual(await dump(ours), await dump(theirs));
                }
                await store.close();
            }),
            { numRuns: 60 },
        );
    });

    it('refuses a second opener with a sentence', async () => {
        const path = join(folder, 'locked.sqlite');
        const first = await openCryptoStore({ path });
        await assert.rejects(openCryptoStore({ path }), { name: 'HushError', code: 'account.storeLocked' });
        await first.close();
        await (await openCryptoStore({ path })).close();
    });

    it('does not flush while something holds, and keeps both writes or none', async () => {
        const store = await openCryptoStore({ path: join(folder, 'hold.sqlite'), idleCommitMs: 1 });
        const db = await open(store.factory, 1);
        assert.ok(db);
        const order: string[] = [];
        let flushed: Promise<void> | undefined;
        await store.hold(async () => {
            await transact(db, [{ do: 'put', key: 'a', value: 1 }], false);
            flushed = store.flush().then(() => {
                order.push('flushed');
            });
            await transact(db, [{ do: 'put', key: 'b', value: 2 }], false);
            order.push('second write');
        });
        await flushed;
        assert.deepEqual(order, ['second write', 'flushed']);
        await store.close();
    });

    it('stops for good when the file cannot be written', async () => {
        const store = await openCryptoStore({ path: join(folder, 'fail.sqlite') });
        const db = await open(store.factory, 1);
        assert.ok(db);
        await store.flush();
        // A value that v8 cannot serialize stands for any failure below us.
        const outcome = await transact(db, [{ do: 'put', key: 'a', value: { n: 1 } }], false);
        assert.equal(outcome, 'complete');
        const journalBreaker = db.transaction('main', 'readwrite');
        const raw = (
            journalBreaker.objectStore('main') as unknown as {
                _rawObjectStore: { records: { get(k: string): { value: unknown } } };
            }
        )._rawObjectStore;
        journalBreaker.objectStore('main').put({ n: 2 }, 'a').onsuccess = () => {
            raw.records.get('a').value = () => undefined;
        };
        await new Promise((resolve) => {
            journalBreaker.onabort = resolve;
        });
        await assert.rejects(store.flush(), { code: 'account.storeFailed' });
        await assert.rejects(store.flush(), { code: 'account.storeFailed' });
        await store.close().catch(() => undefined);
    });
});
