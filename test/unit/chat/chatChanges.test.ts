/** Edits and reactions on their way: shown at once, lost never, and told of when they are refused. */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'mocha';
import { HushError } from '../../../src/core/base/errors.ts';
import type { ChatMessage } from '../../../src/core/chat/message.ts';
import { ChatWorld, message, ROOM } from './chatWorld.ts';

const OFFLINE = new HushError('network.offline', 'No net.');
const REFUSED = new HushError('room.forbidden', 'You may not.');
const { roomId } = ROOM;

describe('an edit in the chat of a window', () => {
    let world: ChatWorld;
    const edit = (markdown: string): void =>
        world.session.handle({ type: 'chat.send', roomId, markdown, replyTo: null, edits: '$1' });
    const first = (): ChatMessage => world.session.shown.messages[0] ?? assert.fail('no message');
    const look = (): string => `${first().body} ${first().change?.state ?? 'as it is'}`;
    beforeEach(async () => {
        world = new ChatWorld();
        world.chat.messages = [message('$1', '@me:hs', { body: 'helo' })];
        await world.open();
    });
    /** The server's copy comes in. */
    const arrive = async (body: string): Promise<void> => {
        world.chat.messages = [message('$1', '@me:hs', { body, edited: true })];
        world.chat.arrive();
        await world.settled();
    };

    it('shows at once, and is the message’s own words when it has come in', async () => {
        edit('hello');
        assert.deepEqual([look(), first().edited, first().state], ['hello sending', true, 'sent']);
        await world.settled();
        assert.equal(look(), 'hello sending', 'the server has it, and its copy is not there yet');
        await arrive('hello');
        assert.deepEqual([look(), world.memory.get('outbox @me:hs')], ['hello as it is', []]);
    });

    it('is finished also when it arrives before the server’s answer', async () => {
        const release = world.chat.hold();
        edit('hello');
        await arrive('hello');
        release();
        await world.settled();
        assert.deepEqual([look(), world.memory.get('outbox @me:hs')], ['hello as it is', []]);
    });

    it('without a connection waits, also in the next window, and goes out as the same', async () => {
        world.chat.failures.push(OFFLINE);
        edit('hello');
        await world.settled();
        assert.equal(look(), 'hello failed');
        assert.match(first().change?.problem ?? '', /It goes out by itself/u);
        await world.open(false);
        assert.equal(look(), 'hello failed');
        world.reach(true);
        await world.settled();
        assert.deepEqual(
            world.chat.sent.map(({ txnId }) => txnId),
            ['t0', 't0'],
        );
        await arrive('hello');
        assert.equal(look(), 'hello as it is');
    });

    it('shows on its message why it was refused, with Retry and Discard', async () => {
        world.chat.failures.push(REFUSED);
        edit('hello');
        await world.settled();
        assert.deepEqual([look(), first().change?.problem, world.problems], ['hello failed', 'You may not.', []]);
        world.session.handle({ type: 'chat.retry', txnId: first().change?.txnId ?? '' });
        assert.equal(look(), 'hello sending');
        await arrive('hello');
        world.chat.failures.push(REFUSED);
        edit('hello!');
        await world.settled();
        world.session.handle({ type: 'chat.cancel', txnId: first().change?.txnId ?? '' });
        assert.equal(look(), 'hello as it is');
    });

    it('takes the place of one that has not left, and follows one that has', async () => {
        world.chat.failures.push(OFFLINE);
        edit('one');
        await world.settled();
        edit('two');
        await world.settled();
        assert.deepEqual([look(), world.texts()], ['two sending', ['one', 'two']]);
        await arrive('two');
        const release = world.chat.hold();
        edit('three');
        edit('four');
        assert.equal(look(), 'four waiting');
        release();
        await world.settled();
        assert.deepEqual(world.texts().slice(2), ['three', 'four']);
        await arrive('four');
        assert.equal(look(), 'four as it is');
    });

    it('goes with its message when that is deleted', async () => {
        world.sure = true;
        world.chat.failures.push(OFFLINE);
        edit('secret');
        await world.settled();
        world.session.handle({ type: 'chat.delete', roomId, target: '$1', ask: true });
        await world.settled();
        world.reach(false);
        world.reach(true);
        await world.settled();
        assert.deepEqual(world.texts(), ['secret', 'delete']);
    });

    it('shows the change of an older message there', async () => {
        world.chat.further.set('$old', [message('$old', '@me:hs')]);
        world.session.handle({ type: 'chat.goTo', roomId, key: '$old' });
        await world.settled();
        await world.settled();
        world.chat.hold();
        world.session.handle({ type: 'chat.send', roomId, markdown: 'new', replyTo: null, edits: '$old' });
        assert.equal(look(), 'new sending');
    });
});

describe('a reaction in the chat of a window', () => {
    let world: ChatWorld;
    const react = (): void => world.session.handle({ type: 'chat.react', roomId, target: '$1', key: '👍' });
    const row = () => world.session.shown.messages[0]?.reactions;
    beforeEach(async () => {
        world = new ChatWorld();
        world.chat.messages = [message('$1')];
        await world.open();
    });

    it('shows at once, counted with those of others, until the server’s copy is there', async () => {
        world.chat.messages = [message('$1', '@you:hs', { reactions: [{ key: '👍', names: ['Bob'], own: null }] })];
        world.chat.arrive();
        await world.settled();
        react();
        react();
        assert.deepEqual(row(), [{ key: '👍', names: ['Bob', 'Me'], own: 't0', pending: true }]);
        await world.settled();
        assert.equal(world.chat.sent.length, 1);
        const there = { key: '👍', names: ['Bob', 'Me'], own: '$r' };
        world.chat.messages = [message('$1', '@you:hs', { reactions: [there] })];
        world.chat.arrive();
        await world.settled();
        assert.deepEqual([row(), world.memory.get('outbox @me:hs')], [[there], []]);
    });

    it('without a connection waits and goes out later, unless it is taken back', async () => {
        world.chat.failures.push(OFFLINE);
        react();
        await world.settled();
        await world.open(false);
        assert.deepEqual(row()?.[0]?.pending, true);
        world.session.handle({ type: 'chat.delete', roomId, target: row()?.[0]?.own ?? '', ask: false });
        await world.settled();
        assert.deepEqual(row(), []);
        world.reach(true);
        await world.settled();
        assert.deepEqual(world.texts(), ['reaction'], 'neither sent nor deleted on the server');
    });

    it('removes a refused reaction and tells the person', async () => {
        world.chat.failures.push(REFUSED);
        react();
        await world.settled();
        assert.deepEqual([row(), world.problems], [[], ['You may not.']]);
    });
});
