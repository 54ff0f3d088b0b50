import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'mocha';
import { HushError } from '../../../src/core/base/errors.ts';
import { NO_ACTIVITY, type ReadMark } from '../../../src/core/rooms/presencePort.ts';
import { ChatWorld, message, ROOM } from './chatWorld.ts';

describe('the chat of a window', () => {
    let world: ChatWorld;
    beforeEach(() => {
        world = new ChatWorld();
    });

    it('a message further up is shown with what lies around it, and the way back goes on to the newest', async () => {
        world.chat.messages.push(message('$8'), message('$9'));
        world.chat.further.set('$2', [message('$1'), message('$2'), message('$3')]);
        await world.open();
        const keys = (): string[] => world.session.shown.messages.map(({ key }) => key);
        const ask = async (type: 'chat.later' | 'chat.newest'): Promise<void> => {
            world.session.handle({ type, roomId: ROOM.roomId });
            await world.settled();
            await world.settled();
        };
        world.session.handle({ type: 'chat.goTo', roomId: ROOM.roomId, key: '$2' });
        await world.settled();
        await world.settled();
        assert.deepEqual([keys(), world.session.shown.atEnd, world.found], [['$1', '$2', '$3'], false, ['$2']]);
        world.chat.arrive(message('$10'));
        await world.settled();
        assert.deepEqual([keys().at(-1), world.session.unread], ['$3', 1], 'news are counted, and do not jump in');
        await ask('chat.newest');
        assert.deepEqual([keys(), world.session.shown.atEnd], [['$8', '$9', '$10'], true]);
        world.session.handle({ type: 'chat.goTo', roomId: ROOM.roomId, key: '$2' });
        await world.settled();
        await world.settled();
        await ask('chat.later');
        assert.deepEqual([keys(), world.session.shown.atEnd], [['$1', '$2', '$3', '$8', '$9', '$10'], true]);
    });

    it('says so when it shows the most messages that it may, and continues from the first or the last', async () => {
        world.chat.messages.push(message('$8'), message('$9'));
        [world.chat.atStart, world.chat.full] = [false, true];
        await world.open();
        const { shown } = world.session;
        assert.deepEqual([shown.atStart, shown.full, shown.atEnd], [false, true, true]);
        world.chat.further.set('$8', [message('$7'), message('$8')]);
        world.session.handle({ type: 'chat.goTo', roomId: ROOM.roomId, key: '$8' });
        await world.settled();
        await world.settled();
        assert.deepEqual([world.session.shown.messages[0]?.key, world.found], ['$7', ['$8']]);
        const asked: unknown[] = [];
        world.chat.later = async (_room, around) => void asked.push(around);
        world.chat.earlier = async (_room?: string, around?: string | null) => void asked.push(around);
        for (const type of ['chat.earlier', 'chat.later'] as const) {
            world.session.handle({ type, roomId: ROOM.roomId });
            await world.settled();
            await world.settled();
        }
        assert.deepEqual(asked, ['$7', '$8'], 'it is about what lies around the first and the last');
    });

    it('says that a message is not available, and does not move', async () => {
        world.chat.messages.push(message('$9'));
        await world.open();
        world.session.handle({ type: 'chat.goTo', roomId: ROOM.roomId, key: '$gone' });
        await world.settled();
        await world.settled();
        assert.deepEqual([world.problems, world.found, world.session.shown.atEnd], [['It is not there.'], [], true]);
    });

    it('says that an event which is no message is not shown, and does not move', async () => {
        world.chat.messages.push(message('$9'));
        world.chat.further.set('$poll', [message('$1')]);
        world.chat.find = async () => undefined;
        await world.open();
        world.session.handle({ type: 'chat.goTo', roomId: ROOM.roomId, key: '$poll' });
        await world.settled();
        await world.settled();
        assert.match(world.problems.join(), /not a message that Hush can show/u);
        assert.deepEqual([world.found, world.session.shown.atEnd, world.states()], [[], true, ['$9 sent']]);
    });

    it('goes back to the newest messages when the person writes in an older part', async () => {
        world.chat.messages.push(message('$9'));
        world.chat.further.set('$2', [message('$2')]);
        await world.open();
        world.session.handle({ type: 'chat.goTo', roomId: ROOM.roomId, key: '$2' });
        await world.settled();
        await world.settled();
        world.session.send('here');
        await world.settled();
        assert.deepEqual(world.states(), ['$9 sent', 'here sending']);
    });

    it('others are told that the person writes, until the message is sent or the room is left', async () => {
        await world.open();
        world.session.handle({ type: 'chat.typing', roomId: ROOM.roomId, typing: true });
        world.session.handle({ type: 'chat.typing', roomId: ROOM.roomId, typing: false });
        world.session.handle({ type: 'chat.typing', roomId: ROOM.roomId, typing: true });
        world.session.follow(world.account, true, undefined);
        assert.deepEqual(world.presence.told, [`look ${ROOM.roomId}`, 'typing', 'not typing', 'typing', 'not typing']);
    });

    it('others are told what was read when it was before the person, and not what only arrived', async () => {
        world.chat.messages.push(message('$1'), message('$2'));
        await world.open();
        const see = (key: string): void => world.session.handle({ type: 'chat.seen', roomId: ROOM.roomId, key });
        assert.deepEqual(world.presence.told, [`look ${ROOM.roomId}`]);
        world.chat.arrive(message('$3'));
        await world.settled();
        world.watching = false;
        see('$3');
        assert.equal(world.presence.told.length, 1);
        world.session.focus();
        see('$3');
        assert.deepEqual(world.presence.told.slice(1), ['read $3']);
    });

    it('nobody is told anything when the settings say so', async () => {
        world.tells = { typing: false, receipts: false };
        world.chat.messages.push(message('$1'));
        await world.open();
        world.chat.arrive(message('$2'));
        await world.settled();
        world.session.handle({ type: 'chat.typing', roomId: ROOM.roomId, typing: true });
        world.session.handle({ type: 'chat.seen', roomId: ROOM.roomId, key: '$2' });
        assert.deepEqual(world.presence.told, [`look ${ROOM.roomId}`]);
    });

    it('shows who types, and under a message who has read so far', async () => {
        world.chat.messages.push(message('$1', '@bob:hs', { ts: 1 }), message('$2', '@me:hs', { ts: 2 }));
        await world.open();
        const mark = (userId: string, eventId: string, ts: number): ReadMark => ({ userId, name: userId, eventId, ts });
        world.presence.become({
            typing: ['Bob'],
            read: [mark('@carol:hs', '$2', 2), mark('@bob:hs', '$1', 1), mark('@dan:hs', '$unseen', 1)],
            ownRead: undefined,
        });
        await world.settled();
        assert.deepEqual(world.session.shown.typing, ['Bob']);
        assert.deepEqual(world.session.shown.seen, [
            { key: '$2', names: ['@carol:hs'] },
            { key: '$1', names: ['@dan:hs'] },
        ]);
    });

    it('counts as read what the person read on another device', async () => {
        world.chat.messages.push(message('$1', '@bob:hs', { ts: 1 }));
        await world.open();
        world.watching = false;
        world.chat.arrive(message('$2', '@bob:hs', { ts: 2 }));
        await world.settled();
        assert.equal(world.session.unread, 1);
        world.presence.become({ ...NO_ACTIVITY, ownRead: { userId: '@me:hs', name: 'Me', eventId: '$2', ts: 2 } });
        await world.settled();
        assert.equal(world.session.unread, 0);
    });

    it('counts what others wrote since the last message in view; notices and one’s own are no news', async () => {
        world.chat.messages = [message('$0')];
        await world.open();
        assert.equal(world.session.unread, 0, 'a room that is opened for the first time has no news');
        world.watching = false;
        world.chat.arrive(message('$1'), message('$2', '@you:hs', { kind: 'notice' }), message('$3'));
        await world.settled();
        assert.deepEqual([world.session.unread, world.session.shown.firstUnread], [2, '$1']);
        world.session.handle({ type: 'chat.seen', roomId: ROOM.roomId, key: '$3' });
        assert.equal(world.session.unread, 2, 'nobody looks at a window that is behind');
        world.session.focus();
        assert.equal(world.session.unread, 0);
        world.chat.arrive(message('$4'), message('$5', '@me:hs'));
        await world.settled();
        assert.equal(world.session.unread, 0);
    });

    it('keeps the read position when it is older than the loaded messages', async () => {
        world.chat.messages = [message('$0', '@you:hs', { ts: 100 })];
        await world.open();
        world.chat.messages = [message('$-1', '@you:hs', { ts: 90 }), message('$1', '@you:hs', { ts: 110 })];
        await world.open();
        assert.equal(world.session.unread, 1);
    });

    it('another room is another conversation, with what waits in each', async () => {
        await world.open();
        world.chat.failures.push(new HushError('network.offline', 'No net.'));
        world.session.send('one');
        await world.settled();
        world.session.follow(world.account, true, { ...ROOM, roomId: '!other:hs' });
        await world.settled();
        assert.deepEqual(world.states(), []);
        world.session.follow(world.account, true, ROOM);
        assert.deepEqual(world.states(), ['one failed']);
        world.session.follow(undefined, false, undefined);
        assert.equal(world.session.shown.room, null);
        assert.throws(() => world.session.send('x'), { code: 'chat.noRoom' });
    });

    it('asks for earlier messages one at a time, and tells when that fails', async () => {
        await world.open();
        world.session.handle({ type: 'chat.earlier', roomId: ROOM.roomId });
        world.session.handle({ type: 'chat.earlier', roomId: ROOM.roomId });
        assert.equal(world.session.shown.loading, true);
        await world.settled();
        await world.settled();
        assert.deepEqual([world.session.shown.loading, world.chat.messages.length], [false, 1]);
        world.chat.earlier = () => Promise.reject(new HushError('network.offline', 'No net.'));
        world.session.handle({ type: 'chat.earlier', roomId: ROOM.roomId });
        await world.settled();
        await world.settled();
        assert.deepEqual([world.problems, world.session.shown.loading], [['No net.'], false]);
    });

    it('deletes only when the person is sure', async () => {
        await world.open();
        world.session.handle({ type: 'chat.delete', roomId: ROOM.roomId, target: '$1', ask: true });
        await world.settled();
        assert.equal(world.chat.sent.length, 0);
        world.session.handle({ type: 'chat.delete', roomId: ROOM.roomId, target: '$r', ask: false });
        await world.settled();
        assert.deepEqual(
            world.chat.sent.map((s) => s.what),
            [{ kind: 'delete', target: '$r' }],
        );
    });
});
