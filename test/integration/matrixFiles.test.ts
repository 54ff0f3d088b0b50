/** Files between real devices, through a real homeserver: encrypted, and shown or saved as they were. */
import assert from 'node:assert/strict';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import type { Leader } from '../../src/extension/windows/leaderFile.ts';
import { createSeats } from '../../src/extension/windows/seats.ts';
import { connectToLeader } from '../../src/extension/windows/follower.ts';
import { serveWindows } from '../../src/extension/windows/leader.ts';
import { encryptedBytes } from '../../src/matrix/requests/eventSize.ts';
import { fileWorld, MB, png, stallUpload, txn } from './support/fileWorld.ts';
import { lastClientOf } from './support/matrixClients.ts';

describe('files of a session', function () {
    this.timeout(90_000);
    const world = fileWorld();
    const { meddle, seen, asked, put, file, arrived, contentOf, openWithWebCrypto, sendAsOther } = world;

    it('an image and its small picture come out as they went in, and WebCrypto opens what the server has', async () => {
        const [bytes, small] = [png(300_000), png(2_000)];
        const path = await put('shot.png', bytes);
        const thumbnail = { bytes: small, mimeType: 'image/png', width: 64, height: 48 };
        const picture = { width: 640, height: 480 };
        const told: number[] = [];
        const watching = world.alice.account.files.onProgress(({ done, total }) => told.push(done / total));
        const id = txn();
        await world.alice.account.files.send(
            world.roomId,
            id,
            file(path, 'shot.png', { mimeType: 'image/png', picture, thumbnail }),
        );
        watching.dispose();
        assert.equal(told.at(0), 0);
        assert.equal(told.at(-1), 1);

        const { key } = await arrived(world.bob, 'shot.png');
        assert.equal((await arrived(world.alice, 'shot.png')).txnId, id);
        assert.deepEqual(Buffer.from(await world.bob.account.files.image(world.roomId, key, 'full')), bytes);
        assert.deepEqual(Buffer.from(await world.bob.account.files.image(world.roomId, key, 'small')), small);

        const content = contentOf(world.bob, key);
        assert.deepEqual([content.msgtype, content.info.size, content.file.v], ['m.image', bytes.length, 'v2']);
        assert.deepEqual(await openWithWebCrypto(content.file), bytes);
        assert.ok(content.info.thumbnail_file);
        assert.deepEqual(await openWithWebCrypto(content.info.thumbnail_file), small);
        assert.notEqual(content.file.key.k, content.info.thumbnail_file.key.k);
        // Neither its name nor its type went to the server.
        assert.ok(!JSON.stringify(seen).includes('shot'));
    });

    it('how much goes out for an encrypted message is known before it is encrypted, and never less', async () => {
        const path = await put('sized.txt', Buffer.from('plain'));
        const thumbnail = { bytes: png(200), mimeType: 'image/png', width: 64, height: 48 };
        const more = { picture: { width: 640, height: 480 }, thumbnail };
        let replyTo: string | null = null;
        for (const caption of ['short', 'ä"\\\n'.repeat(300), 'x'.repeat(40_000)]) {
            const name = `sized ${caption.length}.txt`;
            await world.alice.account.files.send(world.roomId, txn(), file(path, name, { caption, replyTo, ...more }));
            const { key } = await arrived(world.alice, caption.trim());
            const sdk = lastClientOf(world.alice.userId);
            const event = sdk.getRoom(world.roomId)?.findEventById(key);
            const content = event?.getContent();
            assert.ok(event && content);
            assert.ok(event.isEncrypted());
            const real = Buffer.byteLength(JSON.stringify(event.getWireContent()));
            const thought = encryptedBytes(
                { type: 'm.room.message', room_id: world.roomId, content },
                sdk.getDeviceId() ?? '',
            );
            assert.ok(thought >= real && thought <= real + 64, `${thought} thought, ${real} went out`);
            replyTo = key;
        }
    });

    it('words that are too long for a message are refused before their file is uploaded', async () => {
        const path = await put('long words.txt', Buffer.from('plain'));
        const caption = 'x'.repeat(46_000);
        await assert.rejects(
            world.alice.account.files.send(world.roomId, txn(), file(path, 'long words.txt', { caption })),
            { code: 'event.tooLarge' },
        );
        assert.equal(asked(/create|upload/u), 0);
    });

    it('words go with a file in the same message', async () => {
        const path = await put('words.txt', Buffer.from('plain'));
        await world.alice.account.files.send(
            world.roomId,
            txn(),
            file(path, 'words.txt', { caption: 'the **figures**' }),
        );
        const message = await arrived(world.bob, 'the **figures**');
        assert.deepEqual([message.kind, message.file?.name], ['file', 'words.txt']);
        assert.match(message.html ?? '', /<strong>figures<\/strong>/u);
        assert.equal(contentOf(world.bob, message.key).msgtype, 'm.file');
    });

    it('what another client encrypted with WebCrypto is shown and saved', async () => {
        const bytes = png(70_000);
        const eventId = await sendAsOther(bytes, { body: 'other.png' });
        const { key } = await arrived(world.bob, 'other.png');
        assert.equal(key, eventId);
        assert.deepEqual(
            Buffer.from(await world.bob.account.files.image(world.roomId, key, 'small')),
            bytes,
            'it has no small one',
        );
        const to = join(world.folder, 'saved.png');
        await world.bob.account.files.save(world.roomId, key, to, txn());
        assert.deepEqual(await readFile(to), bytes);
    });

    it('a file that is too large is refused before anything of it is sent', async () => {
        const path = join(world.folder, 'huge');
        const handle = await open(path, 'w');
        await handle.truncate(251 * MB); // sparse
        await handle.close();
        await assert.rejects(world.alice.account.files.send(world.roomId, txn(), file(path, 'huge')), {
            code: 'file.tooLarge',
            message: /263 MB.*262 MB/u,
        });
        assert.equal(asked(/POST|PUT/u), 0);
    });

    it('an image that its sender did not encrypt comes as the server’s thumbnail', async () => {
        const picture = Buffer.from(
            'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
            'base64',
        );
        const client = lastClientOf(world.alice.userId);
        const { content_uri: url } = await client.uploadContent(new Blob([picture], { type: 'image/png' }));
        const content = { msgtype: 'm.image', body: 'clear.png', url, info: { size: picture.length } };
        await client.sendEvent(world.roomId, 'm.room.message' as never, content as never);
        const { key } = await arrived(world.bob, 'clear.png');
        await world.bob.account.files.image(world.roomId, key, 'small');
        assert.equal(asked(/GET .*v1\/media\/thumbnail\//u), 1);
        assert.deepEqual(Buffer.from(await world.bob.account.files.image(world.roomId, key, 'full')), picture);
    });

    it('a window that does not hold the account sends, shows, saves and cancels through the one that does', async () => {
        const leader = { socket: join(world.folder, 'leader.sock'), secret: 'a'.repeat(64) } as Leader;
        const served = await serveWindows(leader, {
            seats: createSeats(world.bob.account),
            onStale: () => undefined,
            log: world.bob.log,
        });
        const window = await connectToLeader(leader);
        const { files } = window.account;
        try {
            const bytes = png(400_000);
            const path = await put('window.png', bytes);
            const small = png(900);
            const thumbnail = { bytes: new Uint8Array(small), mimeType: 'image/png', width: 64, height: 48 };
            const id = txn();
            let last = 0;
            files.onProgress((p) => {
                if (p.transfer === id) last = p.done / p.total;
            });
            await files.send(
                world.roomId,
                id,
                file(path, 'window.png', { picture: { width: 640, height: 480 }, thumbnail }),
            );
            assert.equal(last, 1);
            const { key } = await arrived(world.alice, 'window.png');
            assert.deepEqual(Buffer.from(await world.alice.account.files.image(world.roomId, key, 'small')), small);
            await arrived(world.bob, 'window.png');
            assert.deepEqual(Buffer.from(await files.image(world.roomId, key, 'full')), bytes);
            const to = join(world.folder, 'window.out');
            await files.save(world.roomId, key, to, txn());
            assert.deepEqual(await readFile(to), bytes);
            assert.equal(await files.limit(), 250 * MB);
            const never = txn();
            meddle.bob = stallUpload;
            const begun = new Promise<void>((resolve) =>
                files.onProgress((p) => (p.transfer === never && p.done > 0 ? resolve() : undefined)),
            );
            const sending = assert.rejects(files.send(world.roomId, never, file(path, 'never.png')), {
                code: 'file.cancelled',
            });
            await begun;
            files.cancel(never);
            await sending;
        } finally {
            await window.account.stop();
            served.close();
        }
    });
});
