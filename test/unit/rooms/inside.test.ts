import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { isLastManager, whoIsInside } from '../../../src/extension/rooms/inside.ts';
import type { RoomPerson } from '../../../src/core/rooms/roomsPort.ts';
import type { RoomMember } from '../../../src/core/rooms/room.ts';
import { powersOf } from '../../../src/core/rooms/powerLevels.ts';

const [ALICE, BOB, CAROL] = ['@alice:hs', '@bob:hs', '@carol:hs'];
const never = new Promise<never>(() => undefined);
const member = (userId: string, membership: RoomMember['membership'] = 'join'): RoomMember => ({
    userId,
    name: userId,
    membership,
});
const person = (userId: string, membership: RoomPerson['membership'] = 'join'): RoomPerson => ({
    ...member(userId),
    membership,
    reason: undefined,
});
/** Alice and Carol may change roles. */
const powers = powersOf(
    { sender: ALICE, content: { room_version: '11' } },
    { users: { [ALICE]: 100, [CAROL]: 100 }, events: { 'm.room.power_levels': 100 } },
);

describe('who is in a room', () => {
    it('is asked of the server: the sync may have left most of them out', async () => {
        const people = Promise.resolve([person(ALICE), person(BOB), person(CAROL), person('@d:hs', 'ban')]);
        assert.deepEqual(await whoIsInside({ members: [member(ALICE), member(BOB, 'invite')] }, people, never), {
            userIds: [ALICE, BOB, CAROL],
            everybody: true,
        });
    });

    it('is what is known where the server refuses, or does not answer in time', async () => {
        const known = { members: [member(ALICE), member(BOB, 'invite')] };
        const some = { userIds: [ALICE], everybody: false };
        assert.deepEqual(await whoIsInside(known, Promise.reject(new Error('no')), never), some);
        assert.deepEqual(await whoIsInside(known, never, Promise.resolve()), some);
    });
});

describe('whether somebody is the last who may change roles', () => {
    const everybody = (...userIds: string[]): Parameters<typeof isLastManager>[2] => ({ userIds, everybody: true });

    it('follows from who stays', () => {
        assert.equal(isLastManager(powers, ALICE, everybody(ALICE, BOB)), 'yes');
        assert.equal(isLastManager(powers, ALICE, everybody(ALICE, BOB, CAROL)), 'no');
        assert.equal(isLastManager(powers, BOB, everybody(ALICE, BOB)), 'no', 'he manages nothing');
        assert.equal(isLastManager(powers, ALICE, everybody(ALICE)), 'no', 'nobody stays');
        assert.equal(isLastManager(undefined, ALICE, everybody(ALICE, BOB)), 'no');
    });

    it('is not claimed while some who stay may be unknown', () => {
        assert.equal(isLastManager(powers, ALICE, { userIds: [ALICE, BOB], everybody: false }), 'perhaps');
        assert.equal(isLastManager(powers, ALICE, { userIds: [ALICE, CAROL], everybody: false }), 'no');
    });
});
