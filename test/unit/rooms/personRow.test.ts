import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { powersOf } from '../../../src/core/rooms/powerLevels.ts';
import { deedObstacle, personFlags, whyNotPerson } from '../../../src/extension/rooms/personRow.ts';
import type { RoomSnapshot } from '../../../src/core/rooms/room.ts';

const [ALICE, BOB, CAROL] = ['@alice:hs', '@bob:hs', '@carol:hs'];
const powers = powersOf(
    { sender: ALICE, content: { room_version: '11' } },
    {
        users: { [ALICE]: 100, [BOB]: 50 },
        events: { 'm.room.power_levels': 100 },
    },
);
const room = { powers, members: [] } as Partial<RoomSnapshot> as RoomSnapshot;

describe('the menu of a person’s row', () => {
    it('has what the person at this window may do, and nothing else', () => {
        assert.equal(personFlags(room, ALICE, BOB), '+role+remove+ban+other');
        assert.equal(personFlags(room, BOB, CAROL), '+remove+ban+other');
        assert.equal(personFlags(room, BOB, ALICE), '+other');
        assert.equal(personFlags(room, CAROL, BOB), '+other');
    });

    it('lets one lower oneself, and never remove, ban or ignore oneself', () => {
        assert.equal(personFlags(room, ALICE, ALICE), '+role');
        assert.equal(personFlags(room, CAROL, CAROL), '');
        assert.equal(personFlags(room, undefined, BOB), '');
    });

    it('says why what is missing in it is missing, once for each reason', () => {
        const above = 'They have as much power as you or more (Admin, level 100).';
        assert.deepEqual(whyNotPerson(room, BOB, ALICE), [
            'You cannot change their role. This room asks for level 100; you have 50.',
            `You cannot remove them or ban them. ${above}`,
        ]);
        assert.deepEqual(whyNotPerson(room, CAROL, BOB), [
            'You cannot change their role. This room asks for level 100; you have 0.',
            'You cannot remove them or ban them. This room asks for level 50; you have 0.',
        ]);
        assert.deepEqual(whyNotPerson(room, ALICE, BOB), []);
        const strict = { ...room, powers: { ...powers, kick: 100, ban: 100 } };
        assert.deepEqual(whyNotPerson(strict, BOB, CAROL), [
            'You cannot change their role, remove them or ban them. This room asks for level 100; you have 50.',
        ]);
    });

    it('says of oneself why there is no other role to have', () => {
        assert.deepEqual(whyNotPerson(room, ALICE, ALICE), []);
        assert.deepEqual(whyNotPerson(room, CAROL, CAROL), [
            'You cannot change your role. This room asks for level 100; you have 0.',
        ]);
        const twelve = powersOf({ sender: ALICE, content: { room_version: '12' } }, {});
        assert.deepEqual(whyNotPerson({ ...room, powers: twelve }, ALICE, ALICE), [
            'You cannot change your role. You created this room: your power cannot be changed.',
        ]);
    });

    it('says of who asks to come in and of who is invited what cannot be answered', () => {
        const strict = { ...room, powers: { ...powers, invite: 100, kick: 100, ban: 100 } };
        const reason = 'This room asks for level 100; you have 50.';
        const knocks = [{ userId: CAROL, name: 'Carol', reason: undefined }];
        assert.deepEqual(whyNotPerson({ ...strict, knocks }, BOB, CAROL), [
            `You cannot let them in, deny it or ban them. ${reason}`,
        ]);
        const members = [{ userId: CAROL, name: 'Carol', membership: 'invite' as const }];
        assert.deepEqual(whyNotPerson({ ...strict, members }, BOB, CAROL), [
            `You cannot change their role, take back the invitation or ban them. ${reason}`,
        ]);
    });

    it('offers no role where none could be given', () => {
        assert.equal(deedObstacle(powers, CAROL, BOB, 'role')?.kind, 'level');
        const twelve = powersOf({ sender: ALICE, content: { room_version: '12' } }, {});
        assert.deepEqual(deedObstacle(twelve, ALICE, ALICE, 'role'), { kind: 'creator' });
        assert.equal(deedObstacle(twelve, ALICE, BOB, 'role'), undefined);
    });
});
