import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'mocha';
import { HushError } from '../../../src/core/base/errors.ts';
import { ChatWorld, FILE, message, PLACE, ROOM } from './chatWorld.ts';

const OFFLINE = new HushError('network.offline', 'No net.');

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
        assert.deepEqual(world.memory.get('outbox @me:hs'), []);
    });

    it('a file shows at once with its size, and once when it has arrived', async () => {
        await world.open();
        world.session.sendFile(PLACE, FILE);
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
        assert.deepEqual(world.memory.get('outbox @me:hs'), []);
    });

    it('a file that is called back is gone; one that failed stays, for another try or until it is discarded', async () => {
        await world.open();
        world.session.sendFile(PLACE, FILE);
        world.session.handle({ type: 'chat.cancel', txnId: 't0' });
        await world.settled();
        assert.deepEqual(world.states(), []);
        world.session.sendFile(PLACE, FILE);
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
        world.session.sendFile(PLACE, FILE);
        world.files.sent[0]?.end.reject(new HushError('network.rateLimited', 'Slow.', { retryAfterMs: 10 }));
        await world.settled();
        world.session.handle({ type: 'chat.cancel', txnId: 't0' });
        assert.deepEqual(world.states(), []);
        for (const work of world.later) work();
        assert.equal(world.files.sent.length, 1);
    });

    it('a file that was on its way when the window closed goes out in the next one', async () => {
        await world.open();
        world.session.sendFile(PLACE, FILE);
        await world.open();
        assert.deepEqual(world.states(), ['a.png sending']);
        assert.deepEqual(
            world.files.sent.map(({ txnId, file }) => [txnId, file]),
            [
                ['t0', FILE],
                ['t0', FILE],
            ],
        );
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
        assert.deepEqual(world.states(), ['one waiting']);
        world.chat.failures.push(OFFLINE);
        world.later.shift()?.();
        await world.settled();
        assert.deepEqual(world.states(), ['one failed']);
        world.reach(false);
        world.reach(true);
        await world.settled();
        assert.deepEqual([world.states(), world.chat.sent.length], [['one sending'], 3]);
    });

    it('does not offer to rewrite a message that is tried again, because it may arrive', async () => {
        await world.open();
        world.chat.failures.push(OFFLINE);
        world.session.send('one');
        await world.settled();
        assert.deepEqual(world.states(), ['one failed']);
        const release = world.chat.hold();
        world.later.shift()?.();
        assert.deepEqual([world.states(), world.session.shown.messages[0]?.problem], [['one sending'], null]);
        release();
        await world.settled();
        assert.equal(world.chat.sent.length, 2);
    });

    it('a reaction on its way is not taken back in silence', async () => {
        world.chat.messages.push(message('$1'));
        await world.open();
        const release = world.chat.hold();
        world.session.handle({ type: 'chat.react', roomId: ROOM.roomId, target: '$1', key: '👍' });
        const own = world.session.shown.messages[0]?.reactions[0]?.own ?? '';
        world.session.handle({ type: 'chat.delete', roomId: ROOM.roomId, target: own, ask: false });
        assert.match(world.problems.join(), /on its way/u);
        release();
        await world.settled();
    });

    it('does not sit out a pause of a day as if it were sending', async () => {
        await world.open();
        const dayLong = { retryAfterMs: 86_400_000 };
        world.chat.failures.push(new HushError('network.rateLimited', 'Try again tomorrow.', dayLong));
        world.session.send('one');
        await world.settled();
        assert.deepEqual([world.states(), world.later.length], [['one failed'], 0]);
    });

    it('what waited for a connection when the window closed goes out by itself in the next one', async () => {
        await world.open();
        world.chat.failures.push(OFFLINE);
        world.session.send('one');
        await world.settled();
        await world.open(false);
        assert.deepEqual([world.states(), world.chat.sent.length], [['one failed'], 1]);
        assert.match(
            world.session.shown.messages[0]?.problem ?? '',
            /^Not sent yet: there is no connection\. It goes out/u,
        );
        world.reach(true);
        await world.settled();
        assert.deepEqual(
            world.chat.sent.map((s) => s.txnId),
            ['t0', 't0'],
        );
        world.chat.arrive(message('$1', '@me:hs', { txnId: 't0', body: 'one' }));
        await world.settled();
        assert.deepEqual(world.states(), ['one sent']);
    });

    it('what was on its way when the window closed goes out again, unless it has arrived', async () => {
        await world.open();
        world.chat.hold();
        world.session.send('one');
        world.session.send('two');
        await world.open(false);
        assert.deepEqual(world.states(), ['one waiting', 'two waiting']);
        world.chat.messages.push(message('$1', '@me:hs', { txnId: 't0', body: 'one' }));
        world.chat.hold();
        world.reach(true);
        await world.settled();
        assert.deepEqual(world.states(), ['one sent', 'two sending']);
        assert.deepEqual(
            world.chat.sent.map((s) => s.txnId),
            ['t0', 't1'],
        );
    });

    it('keeps a refused message for the person, also in the next window', async () => {
        await world.open();
        world.chat.failures.push(new HushError('room.notFound', 'You are not in this room any more.'));
        world.session.send('one');
        await world.settled();
        await world.open();
        assert.deepEqual([world.states(), world.chat.sent.length], [['one failed'], 1]);
        world.session.handle({ type: 'chat.retry', txnId: 't0' });
        await world.settled();
        assert.equal(world.chat.sent.length, 2);
    });

    it('what the server had is not sent again by the next window', async () => {
        await world.open();
        world.session.send('one');
        await world.settled();
        await world.open();
        assert.deepEqual([world.states(), world.chat.sent.length], [[], 1]);
    });

    it('is tried again after a while, where only this request had no connection', async () => {
        await world.open();
        world.chat.failures.push(OFFLINE, OFFLINE);
        world.session.send('one');
        await world.settled();
        world.later.shift()?.();
        await world.settled();
        assert.deepEqual([world.states(), world.chat.sent.length, world.later.length], [['one failed'], 2, 1]);
        world.later.shift()?.();
        await world.settled();
        assert.deepEqual([world.states(), world.chat.sent.length, world.later.length], [['one sending'], 3, 0]);
    });

    it('goes out in the order it was written: none overtakes one that pauses or has no connection', async () => {
        await world.open();
        world.chat.failures.push(new HushError('network.rateLimited', 'Pause.', { retryAfterMs: 500 }), OFFLINE);
        for (const text of ['one', 'two', 'three']) world.session.send(text);
        await world.settled();
        assert.deepEqual(world.states(), ['one waiting', 'two waiting', 'three waiting']);
        world.later.shift()?.();
        await world.settled();
        assert.deepEqual(world.states(), ['one failed', 'two failed', 'three failed']);
        assert.equal(world.chat.sent.length, 2);
        world.reach(false);
        world.reach(true);
        await world.settled();
        assert.deepEqual(world.texts(), ['one', 'one', 'one', 'two', 'three']);
    });

    it('one that the server refuses holds up no other', async () => {
        await world.open();
        world.chat.failures.push(new HushError('event.tooLarge', 'Too long.'));
        for (const text of ['one', 'two']) world.session.send(text);
        await world.settled();
        assert.deepEqual(world.states(), ['one failed', 'two sending']);
    });

    it('cancels a waiting message at once, and a message that is being sent only when it fails', async () => {
        await world.open();
        const release = world.chat.hold();
        for (const text of ['one', 'two', 'three']) world.session.send(text);
        world.session.handle({ type: 'chat.cancel', txnId: 't1' });
        world.session.handle({ type: 'chat.cancel', txnId: 't0' });
        assert.deepEqual(world.states(), ['one sending', 'three waiting']);
        world.chat.failures.push(OFFLINE);
        release();
        await world.settled();
        assert.deepEqual([world.states(), world.texts()], [['three sending'], ['one', 'three']]);
    });

    it('cancels a message that pauses for the server', async () => {
        await world.open();
        world.chat.failures.push(new HushError('network.rateLimited', 'Pause.', { retryAfterMs: 500 }));
        world.session.send('one');
        await world.settled();
        world.session.handle({ type: 'chat.cancel', txnId: 't0' });
        assert.deepEqual(world.states(), []);
        world.session.send('two');
        world.later.shift()?.();
        await world.settled();
        assert.deepEqual(world.texts(), ['one', 'two']);
    });

    it('an unsent reply keeps what it answers, also where that is not to be seen', async () => {
        await world.open();
        world.chat.failures.push(OFFLINE);
        world.session.handle({ type: 'chat.send', roomId: ROOM.roomId, markdown: 'yes', replyTo: '$old', edits: null });
        await world.settled();
        assert.deepEqual(world.session.shown.messages[0]?.reply, {
            key: '$old',
            name: '',
            excerpt: 'an earlier message',
        });
    });

    it('keeps nothing unsent after signing out', async () => {
        await world.open();
        world.chat.failures.push(OFFLINE);
        world.session.send('one');
        await world.settled();
        world.session.follow(undefined, false, undefined);
        world.session.forget('@me:hs');
        assert.deepEqual([world.memory.get('outbox @me:hs'), world.memory.get('seen @me:hs')], [undefined, undefined]);
    });

    it('a memory of any other shape counts as none', async () => {
        world.memory.set('outbox @me:hs', [{ roomId: 5 }, null, 'x']);
        world.memory.set('seen @me:hs', { a: 1 });
        await world.open();
        assert.deepEqual(world.states(), []);
    });

    it('refuses a message that is too large for an event before it waits', async () => {
        await world.open();
        assert.throws(() => world.session.send('x'.repeat(70_000)), { code: 'chat.tooLong' });
        assert.deepEqual(world.states(), []);
    });
});
