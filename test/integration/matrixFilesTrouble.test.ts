/** Files that a network breaks, a server changes or a person cancels, and ones that are larger than the memory they may take. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Method } from 'matrix-js-sdk/lib/matrix.js';
import { describe, it } from 'mocha';
import { fileWorld, MB, png, slowly, stallUpload, txn } from './support/fileWorld.ts';
import { until, type Person } from './support/matrixAccounts.ts';
import { lastClientOf } from './support/matrixClients.ts';

describe('files that meet trouble', function () {
    this.timeout(90_000);
    const world = fileWorld();
    const { meddle, asked, put, file, arrived, contentOf, rawDownload, openWithWebCrypto, sendAsOther } = world;

    it('an upload that the network breaks goes on to the same address, with another key', async () => {
        const bytes = randomBytes(3 * MB);
        const path = await put('broken.bin', bytes);
        const uploaded: Buffer[] = [];
        meddle.alice = (url, init) => {
            if (init.method !== 'PUT' || uploaded.length > 0) return undefined;
            uploaded.push(Buffer.alloc(0));
            const source = init.body as ReadableStream<Uint8Array>;
            const cut = new TransformStream<Uint8Array, Uint8Array>({
                transform(piece, controller) {
                    uploaded.push(Buffer.from(piece));
                    if (uploaded.length > 8) controller.error(new Error('the cable'));
                    else controller.enqueue(piece);
                },
            });
            return fetch(url, { ...init, body: source.pipeThrough(cut) });
        };
        await world.alice.account.files.send(world.roomId, txn(), file(path, 'broken.bin'));
        assert.deepEqual([asked(/POST .*create/u), asked(/PUT .*upload/u)], [1, 2]);
        const { key } = await arrived(world.bob, 'broken.bin');
        const cipher = await rawDownload(contentOf(world.bob, key).file);
        const first = Buffer.concat(uploaded);
        assert.notDeepEqual(cipher.subarray(0, first.length), first, 'one key stream was used twice');
        const to = join(world.folder, 'broken.out');
        await world.bob.account.files.save(world.roomId, key, to, txn());
        assert.deepEqual(await readFile(to), bytes);
    });

    it('an upload whose answer was lost is not lost, and not sent again', async () => {
        const bytes = randomBytes(200_000);
        const path = await put('answer.bin', bytes);
        let lost = 0;
        meddle.alice = (url, init) =>
            init.method !== 'PUT' || lost++ > 0
                ? undefined
                : fetch(url, init).then((answer) => {
                      assert.equal(answer.status, 200);
                      throw new TypeError('fetch failed');
                  });
        await world.alice.account.files.send(world.roomId, txn(), file(path, 'answer.bin'));
        assert.deepEqual([asked(/POST .*create/u), asked(/PUT .*upload/u)], [1, 2]);
        const { key } = await arrived(world.bob, 'answer.bin');
        assert.deepEqual(await openWithWebCrypto(contentOf(world.bob, key).file), bytes);
    });

    it('a server without addresses to give gets a plain upload', async () => {
        const path = await put('plain.bin', randomBytes(5_000));
        meddle.alice = (url) =>
            url.includes('/create')
                ? Promise.resolve(Response.json({ errcode: 'M_UNRECOGNIZED', error: 'no' }, { status: 404 }))
                : undefined;
        await world.alice.account.files.send(world.roomId, txn(), file(path, 'plain.bin'));
        assert.equal(asked(/POST \/_matrix\/media\/v3\/upload$/u), 1);
        await openWithWebCrypto(contentOf(world.bob, (await arrived(world.bob, 'plain.bin')).key).file);
    });

    it('when only the message could not be sent, another try does not upload again', async () => {
        const path = await put('again.bin', randomBytes(5_000));
        const id = txn();
        const client = lastClientOf(world.alice.userId);
        const { authedRequest } = client.http;
        client.http.authedRequest = () => Promise.reject(new TypeError('fetch failed'));
        await assert.rejects(world.alice.account.files.send(world.roomId, id, file(path, 'again.bin')));
        client.http.authedRequest = authedRequest;
        await rm(path);
        await world.alice.account.files.send(world.roomId, id, file(path, 'again.bin'));
        assert.equal(asked(/PUT .*upload/u), 1);
        await arrived(world.bob, 'again.bin');
    });

    it('a byte that changed on the way is found: nothing is shown, nothing is left on the disk', async () => {
        const path = await put('damaged.png', png(50_000));
        await world.alice.account.files.send(
            world.roomId,
            txn(),
            file(path, 'damaged.png', { picture: { width: 640, height: 480 } }),
        );
        const { key } = await arrived(world.bob, 'damaged.png');
        meddle.bob = (url, init) =>
            fetch(url, init).then(async (answer) => {
                const bytes = Buffer.from(await answer.arrayBuffer());
                bytes[40_000]! ^= 1;
                return new Response(bytes);
            });
        const before = await readdir(world.folder);
        await assert.rejects(world.bob.account.files.image(world.roomId, key, 'full'), { code: 'file.damaged' });
        await assert.rejects(world.bob.account.files.save(world.roomId, key, join(world.folder, 'x.png'), txn()), {
            code: 'file.damaged',
        });
        assert.deepEqual(await readdir(world.folder), before);
    });

    it('more bytes than the sender spoke of are refused, and what is not an image is not shown as one', async () => {
        const lies = await sendAsOther(png(90_000), { body: 'lies.png', info: { size: 1_000 } });
        await arrived(world.bob, 'lies.png');
        await assert.rejects(world.bob.account.files.save(world.roomId, lies, join(world.folder, 'lies.png'), txn()), {
            code: 'file.tooLarge',
        });
        const svg = await sendAsOther(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'), {
            body: 'drawing.png',
            info: { mimetype: 'image/png', w: 10, h: 10 },
        });
        await arrived(world.bob, 'drawing.png');
        await assert.rejects(world.bob.account.files.image(world.roomId, svg, 'full'), { code: 'file.notImage' });
        await assert.rejects(world.bob.account.files.image(world.roomId, '$nothing', 'full'), { code: 'file.gone' });
    });

    it('an upload and a download that are cancelled end at once, and leave nothing behind', async () => {
        const path = await put('long.bin', randomBytes(8 * MB));
        const id = txn();
        const begun = (who: Person, transfer: string): Promise<void> =>
            until(
                () => started.has(transfer),
                (check) =>
                    who.account.files.onProgress((p) => {
                        if (p.done > 0) started.add(p.transfer);
                        check();
                    }),
                'the first bytes',
            );
        const started = new Set<string>();
        meddle.alice = stallUpload;
        const sending = assert.rejects(world.alice.account.files.send(world.roomId, id, file(path, 'long.bin')), {
            code: 'file.cancelled',
        });
        await begun(world.alice, id);
        world.alice.account.files.cancel(id);
        await sending;

        meddle.alice = undefined;
        await world.alice.account.files.send(world.roomId, txn(), file(path, 'long.bin'));
        const { key } = await arrived(world.bob, 'long.bin');
        const saving = txn();
        meddle.bob = (url, init) =>
            fetch(url, init).then((answer) => new Response(slowly({ ...init, body: answer.body as never })));
        const before = await readdir(world.folder);
        const save = assert.rejects(
            world.bob.account.files.save(world.roomId, key, join(world.folder, 'y.bin'), saving),
            {
                code: 'file.cancelled',
            },
        );
        await begun(world.bob, saving);
        world.bob.account.files.cancel(saving);
        await save;
        assert.deepEqual(await readdir(world.folder), before);
    });

    it('six uploads that are cancelled take no address from the next', async () => {
        const path = await put('six.bin', randomBytes(2 * MB));
        const { files } = world.alice.account;
        meddle.alice = stallUpload;
        for (let i = 0; i < 6; i++) {
            const id = txn();
            const begun = Promise.withResolvers<void>();
            const watching = files.onProgress((p) => (p.transfer === id && p.done > 0 ? begun.resolve() : undefined));
            const sending = assert.rejects(files.send(world.roomId, id, file(path, 'six.bin')), {
                code: 'file.cancelled',
            });
            await Promise.race([begun.promise, sending]);
            files.cancel(id);
            await sending;
            watching.dispose();
        }
        meddle.alice = undefined;
        await files.send(world.roomId, txn(), file(path, 'six.bin'));
        assert.deepEqual([asked(/POST .*create/u), asked(/PUT .*upload/u)], [1, 7]);
        const { key } = await arrived(world.bob, 'six.bin');
        assert.deepEqual(await openWithWebCrypto(contentOf(world.bob, key).file), await readFile(path));
    });

    it('an upload that the account’s end interrupts may begin again', async () => {
        const path = await put('end.bin', randomBytes(4 * MB));
        const id = txn();
        meddle.bob = stallUpload;
        const begun = new Promise<void>((resolve) =>
            world.bob.account.files.onProgress((p) => (p.done > 0 ? resolve() : undefined)),
        );
        const sending = assert.rejects(world.bob.account.files.send(world.roomId, id, file(path, 'end.bin')), {
            code: 'account.leaderGone',
        });
        await begun;
        await Promise.all([sending, world.bob.account.stop()]);
        meddle.bob = undefined;
        await world.bob.reopen();
        await world.bob.account.files.send(world.roomId, id, file(path, 'end.bin'));
        await arrived(world.alice, 'end.bin');
    });

    // So much that a copy of it in memory would be noticed.
    it('200 MB go up and down with less than 150 MB more memory', async function () {
        this.timeout(180_000);
        const path = join(world.folder, 'large.bin');
        const handle = await open(path, 'w');
        await handle.writeFile(randomBytes(MB));
        await handle.truncate(200 * MB);
        await handle.close();
        const digest = async (of: string): Promise<string> => {
            const hash = createHash('sha256');
            for await (const piece of createReadStream(of)) hash.update(piece as Buffer);
            return hash.digest('hex');
        };
        const wanted = await digest(path);
        let most = 0;
        const before = process.memoryUsage.rss();
        const meter = setInterval(() => {
            most = Math.max(most, process.memoryUsage.rss() - before);
        }, 20);
        const grown: number[] = [];
        const times: number[] = [];
        const measure = async (work: () => Promise<void>): Promise<void> => {
            const since = performance.now();
            most = 0;
            await work();
            times.push(Math.round(performance.now() - since));
            grown.push(Math.round(most / MB));
        };
        await measure(() => world.alice.account.files.send(world.roomId, txn(), file(path, 'large.bin')));
        const { key } = await arrived(world.bob, 'large.bin');
        const to = join(world.folder, 'large.out');
        await measure(() => world.bob.account.files.save(world.roomId, key, to, txn()));
        clearInterval(meter);
        assert.equal(await digest(to), wanted);
        console.info(`      200 MB up in ${times[0]} ms, +${grown[0]} MB; down in ${times[1]} ms, +${grown[1]} MB`);
        assert.ok(Math.max(...grown) < 150, `more memory: ${grown.join(', ')} MB`);
        assert.equal((await stat(to)).size, 200 * MB);
    });

    // Last, because the server does not give Alice an address for a day after that.
    it('an account that holds as many empty addresses as the server lets it still sends, and at once', async () => {
        const { http } = lastClientOf(world.alice.userId);
        const create = (): Promise<unknown> =>
            http.authedRequest(Method.Post, '/create', undefined, undefined, { prefix: '/_matrix/media/v1' });
        for (let i = 0; i < 5; i++) await create();
        for (const name of ['full.bin', 'still full.bin']) {
            const path = await put(name, randomBytes(5_000));
            await world.alice.account.files.send(world.roomId, txn(), file(path, name));
            const { key } = await arrived(world.bob, name);
            assert.deepEqual(await openWithWebCrypto(contentOf(world.bob, key).file), await readFile(path));
        }
        assert.equal(asked(/POST .*create/u), 6, 'the server is not asked again before its pause is over');
        assert.equal(asked(/POST .*upload$/u), 2);
        await assert.rejects(create(), { errcode: 'M_LIMIT_EXCEEDED' });
    });
});
