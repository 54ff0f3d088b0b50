/** Which room the chat is of, and whether one may write in it. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { assertWritable } from '../../../src/core/chat/chatRoom.ts';
import { chatRoomOf } from '../../../src/extension/chat/chosenRoom.ts';
import { initialState } from '../../../src/core/session/state.ts';
import type { RoomSnapshot } from '../../../src/core/rooms/room.ts';
import type { Model } from '../../../src/core/app/model.ts';
import { powersOf } from '../../../src/core/rooms/powerLevels.ts';
import { roomSnapshot } from '../roomSnapshot.ts';
import { ChatWorld, ROOM } from './chatWorld.ts';

const room = (roomId: string, more: Partial<RoomSnapshot> = {}): RoomSnapshot =>
    roomSnapshot({
        roomId,
        name: roomId,
        members: [{ userId: '@me:hs', name: 'Me', membership: 'join' }],
        ...more,
    });
const model = (rooms: readonly RoomSnapshot[], workspaceRoomId?: string): Model => ({
    account: { kind: 'ready', userId: '@me:hs', deviceId: 'D', online: true },
    rooms,
    session: initialState,
    workspaceRoomId,
});
const powers = powersOf(
    { sender: '@boss:hs', content: { room_version: '11' } },
    { users: { '@boss:hs': 100 }, events_default: 50 },
);

describe('the room of the chat', () => {
    const rooms = [room('!a'), room('!b'), room('!left', { membership: 'invite' })];
    const of = (picked?: string, workspace?: string): string | undefined =>
        chatRoomOf(model(rooms, workspace), picked)?.roomId;

    it('is the one that was picked while one is in it, else the workspace’s, else the only one', () => {
        assert.deepEqual(
            [of('!b', '!a'), of('!left', '!a'), of('!gone', '!a'), of('!gone'), of()],
            ['!b', '!a', '!a', undefined, undefined],
        );
        assert.equal(chatRoomOf(model([room('!a')]), undefined)?.roomId, '!a');
        assert.equal(chatRoomOf({ ...model(rooms, '!a'), account: { kind: 'signedOut' } }, '!a'), undefined);
    });

    it('says why nothing can be written in it, and commands refuse with that', () => {
        const writes = (of: RoomSnapshot): void => void assertWritable(chatRoomOf(model([of], of.roomId), undefined));
        writes(room('!a'));
        assert.throws(() => writes(room('!a', { mayWrite: false, powers })), {
            code: 'room.forbidden',
            message: 'You cannot write here. This room asks for level 50; you have 0.',
        });
        assert.throws(() => writes(room('!a', { encrypted: false })), { code: 'room.forbidden' });
        assert.throws(() => assertWritable(undefined), { code: 'chat.noRoom' });
        assert.deepEqual(
            [{}, { mayReact: false }, { encrypted: false }].map(
                (more) => chatRoomOf(model([room('!a', more)], '!a'), undefined)?.mayReact,
            ),
            [true, false, false],
        );
    });

    it('takes neither words nor files where one may not write', async () => {
        const world = new ChatWorld();
        await world.open();
        world.session.follow(world.account, true, { ...ROOM, barred: 'You cannot write here. Because.' });
        assert.equal(world.session.shown.room?.barred, 'You cannot write here. Because.');
        assert.throws(() => world.session.send('x'), { message: 'You cannot write here. Because.' });
        assert.throws(() => world.session.target, { code: 'room.forbidden' });
        assert.deepEqual([world.states(), world.chat.sent], [[], []]);
    });
});
