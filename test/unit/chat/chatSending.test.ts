import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'mocha';
import { HushError } from '../../../src/extension/errors.ts';
import { ChatWorld, FILE, message, ROOM } from './chatWorld.ts';

describe('what is sent in the chat of a window', () => {
    let world: ChatWorld;
    beforeEach(() => {
        world = new ChatWorld();
    });

    it('what is written shows at once, and once when it has arrived', async () => {
        await world.open();
        world.session.send('hello');
        assert.deepEqual(world.states(), ['hello sending']);
        await world.settled();
        assert.deepEqual(world.states(), ['hello sending']);
        world.chat.arrive(message('$1', '@me:hs', { txnId: 't0', body: 'hello' }));
        await world.settled();
        assert.deepEqual(world.states(), ['hello sent']);
        assert.deepEqual(world.memory.get('outbox'), []);
    });

    it('a file shows at once with its size, and once when it has arrived', async () => {
        await world.open();
        world.session.sendFile(ROOM.roomId, FILE);
        const [echo] = world.session.shown.messages;
        assert.deepEqual([echo?.kind, echo?.body, echo?.state], ['file', 'a.png', 'sending']);
        assert.deepEqual(echo?.file, {
            name: 'a.png',
            size: 1_000,
            image: { width: 4, height: 3 },
            encrypted: true,
            there: true,
        });
        assert.equal(world.session.localPath('t0'), '/tmp/a.png');
        world.files.sent[0]?.end.resolve();
        await world.settled();
        world.chat.arrive(message('$1', '@me:hs', { txnId: 't0', body: 'a.png', kind: 'file' }));
        await world.settled();
        assert.deepEqual(world.states(), ['a.png sent']);
        assert.equal(world.session.localPath('t0'), undefined);
        assert.deepEqual(world.memory.get('outbox'), []);
    });

    it('a file that is called back is gone; one that failed stays, for another try or until it is discarded', async () => {
        await world.open();
        world.session.sendFile(ROOM.roomId, FILE);
        world.session.handle({ type: 'chat.cancel', txnId: 't0' });
        await world.settled();
        assert.deepEqual(world.states(), []);
        world.session.sendFile(ROOM.roomId, FILE);
        world.files.sent[1]?.end.reject(new HushError('file.unreadable', 'Gone.'));
        await world.settled();
        assert.deepEqual(world.states(), ['a.png failed']);
        world.session.handle({ type: 'chat.retry', txnId: 't1' });
        assert.deepEqual(
            world.files.sent.map((s) => s.txnId),
            ['t0', 't1', 't1'],
        );
        world.files.sent[2]?.end.reject(new HushError('file.unreadable', 'Gone.'));
        await world.settled();
        world.session.handle({ type: 'chat.cancel', txnId: 't1' });
        assert.deepEqual(world.states(), []);
    });

    it('a file waiting for the server’s pause to end can be called back too', async () => {
        await world.open();
        world.session.sendFile(ROOM.roomId, FILE);
        world.files.sent[0]?.end.reject(new HushError('network.rateLimited', 'Slow.', { retryAfterMs: 10 }));
        await world.settled();
        world.session.handle({ type: 'chat.cancel', txnId: 't0' });
        assert.deepEqual(world.states(), []);
        for (const work of world.later) work();
        assert.equal(world.files.sent.length, 1);
    });

    it('a file that was not sent before the window closed waits for the person in the next one', async () => {
        await world.open();
        world.session.sendFile(ROOM.roomId, FILE);
        await world.open();
        assert.deepEqual(world.states(), ['a.png failed']);
        world.session.handle({ type: 'chat.retry', txnId: 't0' });
        assert.deepEqual(world.files.sent.at(-1)?.file, FILE);
    });

    it('what failed says why, goes out again under the same transaction ID, or is discarded', async () => {
        await world.open();
        world.chat.failures.push(
            new HushError('server.error', 'Broken.'),
            new HushError('server.error', 'Still broken.'),
        );
        world.session.send('one');
        await world.settled();
        assert.deepEqual([world.states(), world.session.shown.messages[0]?.problem], [['one failed'], 'Broken.']);
        world.session.handle({ type: 'chat.retry', txnId: 't0' });
        await world.settled();
        assert.equal(world.session.shown.messages[0]?.problem, 'Still broken.');
        assert.deepEqual(
            world.chat.sent.map((s) => s.txnId),
            ['t0', 't0'],
        );
        world.session.handle({ type: 'chat.cancel', txnId: 't0' });
        assert.deepEqual(world.states(), []);
    });

    it('what is on its way cannot be discarded', async () => {
        await world.open();
        world.session.send('one');
        world.session.handle({ type: 'chat.cancel', txnId: 't0' });
        assert.deepEqual(world.states(), ['one sending']);
        await world.settled();
    });

    it('waits as long as the server asks, and for the connection', async () => {
        await world.open();
        world.chat.failures.push(new HushError('network.rateLimited', 'Pause.', { retryAfterMs: 500 }));
        world.session.send('one');
        await world.settled();
        assert.deepEqual(world.states(), ['one sending']);
        world.chat.failures.push(new HushError('network.offline', 'No net.'));
        world.later.shift()?.();
        await world.settled();
        assert.deepEqual(world.states(), ['one failed']);
        world.session.follow(world.chat, { ...ROOM, online: false });
        world.session.follow(world.chat, ROOM);
        await world.settled();
        assert.deepEqual([world.states(), world.chat.sent.length], [['one sending'], 3]);
    });

    it('what was not sent when the window closed is there in the next one', async () => {
        await world.open();
        world.chat.failures.push(new HushError('network.offline', 'No net.'));
        world.session.send('one');
        await world.settled();
        await world.open();
        assert.deepEqual(world.states(), ['one failed']);
        world.session.handle({ type: 'chat.retry', txnId: 't0' });
        await world.settled();
        assert.deepEqual(
            world.chat.sent.map((s) => s.txnId),
            ['t0', 't0'],
        );
    });

    it('of what was not sent nothing stays after signing out', async () => {
        await world.open();
        world.chat.failures.push(new HushError('network.offline', 'No net.'));
        world.session.send('one');
        await world.settled();
        world.session.follow(undefined, undefined);
        world.session.forget();
        assert.deepEqual([world.memory.get('outbox'), world.memory.get('seen')], [[], []]);
    });

    it('a memory of any other shape counts as none', async () => {
        world.memory.set('outbox', [{ roomId: 5 }, null, 'x']);
        world.memory.set('seen', { a: 1 });
        await world.open();
        assert.deepEqual(world.states(), []);
    });

    it('what no event can hold is refused before it waits', async () => {
        await world.open();
        assert.throws(() => world.session.send('x'.repeat(70_000)), { code: 'chat.tooLong' });
        assert.deepEqual(world.states(), []);
    });
});
