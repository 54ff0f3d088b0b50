/** Who may do what in a room, told beforehand and then done on a real homeserver; and ignoring people. */
import assert from 'node:assert/strict';
import { type RoomAction, levelOf } from '../../src/core/rooms/powerLevels.ts';
import type { RoomSnapshot } from '../../src/core/rooms/room.ts';
import { isLastManager, whoIsInside } from '../../src/extension/rooms/inside.ts';
import { eventually } from '../stack/eventually.ts';
import { startSynapse, type Synapse } from '../stack/synapse.ts';
import { newPerson, pair, signedIn, until, untilRoom, type Person } from './support/matrixAccounts.ts';
import { lastClientOf } from './support/matrixClients.ts';
import { foretold, roomOf, untilMembers } from './support/roomPeople.ts';

describe('the people of a room on a real homeserver', function () {
    this.timeout(120_000);
    let synapse: Synapse;
    let alice: Person;
    let bob: Person;
    let carol: Person;
    before(async function () {
        this.timeout(180_000);
        synapse = await startSynapse();
        [alice, bob, carol] = await Promise.all([
            newPerson(synapse, 'Alice'),
            newPerson(synapse, 'Bob'),
            newPerson(synapse, 'Carol'),
        ]);
    });
    after(async () => {
        await Promise.all([alice, bob, carol].map((p) => p?.account.stop().catch(() => undefined)));
        await synapse?.stop();
    });

    const untilLevel = (who: Person, roomId: string, of: Person, level: number): Promise<RoomSnapshot> =>
        untilRoom(
            who.account,
            roomId,
            (room) => room.powers !== undefined && levelOf(room.powers, of.userId) === level,
            `level ${level}`,
        );

    for (const version of Array.from({ length: 12 }, (_, i) => String(i + 1))) {
        it(`in room version ${version}, what Hush offers works, and what it does not is refused`, async function () {
            if (!(await alice.account.roomAdmin.versions()).stable.includes(version)) return this.skip();
            const creation = version === '12' ? { additional_creators: [carol.userId] } : {};
            const roomId = await roomOf(alice, [bob, carol], { version, creation });
            const wrong: string[] = [];
            const check = async (who: Person, action: RoomAction, work: () => Promise<unknown>): Promise<boolean> => {
                const { said, was } = await foretold(who, roomId, action, work);
                if (said !== was) wrong.push(`${who.userId} ${JSON.stringify(action)}: said ${said}, was ${was}`);
                return was;
            };
            const level = (who: Person, of: Person, to: number): Promise<boolean> =>
                check(who, { kind: 'level', target: of.userId, level: to }, () =>
                    who.account.roomAdmin.setLevel(roomId, of.userId, to),
                );
            const kick = (who: Person, of: Person): Promise<boolean> =>
                check(who, { kind: 'kick', target: of.userId }, () =>
                    who.account.roomAdmin.kick(roomId, of.userId, 'a test'),
                );
            const infinite = version === '12';
            assert.equal(
                levelOf((await untilMembers(bob, roomId, [alice, bob, carol])).powers!, alice.userId),
                infinite ? Infinity : 100,
            );

            assert.equal(await level(bob, bob, 50), false, 'a member makes himself no moderator');
            assert.equal(await kick(bob, alice), false);
            assert.equal(await level(alice, bob, 50), true);
            await untilLevel(bob, roomId, bob, 50);
            assert.equal(await kick(bob, alice), false, 'nobody removes who stands above');
            assert.equal(await level(bob, bob, 0), false, 'roles are for admins here');
            if (infinite) {
                assert.equal(await kick(bob, carol), false, 'nor another creator');
                assert.equal(await kick(alice, carol), false, 'nor do creators remove each other');
                assert.equal(await level(alice, carol, 50), false, 'a creator has no level');
                assert.equal(await level(alice, bob, 1_000), true, 'no level is too much for a creator to give');
                await untilLevel(bob, roomId, bob, 1_000);
                assert.equal(await kick(bob, alice), false);
            } else {
                assert.equal(await level(alice, bob, 101), false, 'nor more than one’s own');
                assert.equal(await level(alice, bob, 100), true);
                await untilLevel(alice, roomId, bob, 100);
                await untilLevel(bob, roomId, bob, 100);
                assert.equal(await level(alice, bob, 50), false, 'an equal is not lowered');
                assert.equal(await kick(bob, carol), true);
                await untilMembers(bob, roomId, [alice, bob]);
            }
            const ban = (who: Person, of: Person): Promise<boolean> =>
                check(who, { kind: 'ban', target: of.userId }, () =>
                    who.account.roomAdmin.ban(roomId, of.userId, 'for the test'),
                );
            const target = infinite ? bob : carol;
            assert.equal(await ban(target, alice).catch(() => false), false);
            assert.equal(await ban(alice, target), true);
            await until(
                () =>
                    alice.account
                        .rooms()
                        .some((r) => r.roomId === roomId && r.members.every((m) => m.userId !== target.userId)),
                (c) => alice.account.onRooms(c),
                'the ban',
            );
            assert.deepEqual(
                (await alice.account.roomAdmin.people(roomId))
                    .filter((p) => p.membership === 'ban')
                    .map((p) => [p.userId, p.reason]),
                [[target.userId, 'for the test']],
            );
            await assert.rejects(alice.account.invite(roomId, target.userId), {
                code: 'room.forbidden',
            });
            await alice.account.roomAdmin.unban(roomId, target.userId, 'was for the test');
            const left = await lastClientOf(alice.userId).getStateEvent(roomId, 'm.room.member', target.userId);
            assert.deepEqual([left['membership'], left['reason']], ['leave', 'was for the test']);
            await alice.account.invite(roomId, target.userId);
            await untilRoom(
                target.account,
                roomId,
                (room) => room.membership === 'invite',
                'the invitation after the ban',
            );
            await alice.account.roomAdmin.kick(roomId, target.userId, undefined);
            await until(
                () => !target.account.rooms().some((r) => r.roomId === roomId),
                (c) => target.account.onRooms(c),
                'the invitation taken back',
            );
            assert.deepEqual(wrong, []);
        });
    }

    it('who stays in a room that nobody looked at is known to the server, and to who leaves it', async () => {
        const sdk = lastClientOf(alice.userId);
        const invite = [carol.userId];
        const { room_id: roomId } = await sdk.createRoom({ name: 'Long ago', room_version: '11', invite });
        await untilRoom(carol.account, roomId, (room) => room.membership === 'invite', 'the invitation');
        await carol.account.join(roomId);
        await untilMembers(alice, roomId, [alice, carol]);
        await alice.account.roomAdmin.setLevel(roomId, carol.userId, 100);
        // More than a first sync brings: that Carol came is not in it.
        for (let i = 0; i < 30; i++)
            await alice.account.roomAdmin.change(roomId, { kind: 'name', name: `Long ago, ${i}` });
        const second = await signedIn(synapse, alice.userId, alice.password);
        try {
            const room = await untilRoom(second.account, roomId, ({ powers }) => powers !== undefined, 'the room');
            assert.ok(!room.members.some(({ userId }) => userId === carol.userId), 'the sync tells of everybody');
            const never = new Promise(() => undefined);
            const inside = await whoIsInside(room, second.account.roomAdmin.people(roomId), never);
            assert.deepEqual([...inside.userIds].toSorted(), [alice.userId, carol.userId].toSorted());
            assert.equal(isLastManager(room.powers, alice.userId, inside), 'no');
            const known = await whoIsInside(room, never as Promise<never>, Promise.resolve());
            assert.equal(isLastManager(room.powers, alice.userId, known), 'perhaps');
        } finally {
            await second.account.stop();
        }
    });

    it('people are found by name, oneself left out', async () => {
        await pair(alice, bob);
        // The server fills its directory behind our backs, and says nothing when it has.
        const found = await eventually(async () => {
            const people = await alice.account.people('Bob');
            return people.length > 0 && people;
        }, 'Bob in the directory');
        assert.deepEqual(found, [{ userId: bob.userId, name: 'Bob' }]);
        assert.deepEqual(await alice.account.people('Alice'), []);
    });

    it('a room that is left is forgotten, and its last reader takes nothing of it along', async () => {
        const roomId = await roomOf(alice, [bob], { version: '11' });
        await bob.account.leaveRoom(roomId);
        await untilMembers(alice, roomId, [alice]);
        assert.ok(!bob.account.rooms().some((r) => r.roomId === roomId));
        // Who has left may still read what was said until then; who has forgotten may not.
        const history = lastClientOf(bob.userId).createMessagesRequest(roomId, null, 1, 'b' as never);
        await assert.rejects(history, { httpStatus: 403 });
        await assert.rejects(bob.account.roomAdmin.people(roomId), { code: 'room.notFound' });
    });

    it('who is ignored is not heard: no invitation, no message, until one listens again', async () => {
        const roomId = await pair(carol, bob);
        const say = (person: Person, markdown: string): Promise<void> =>
            person.account.chat.send(roomId, `${markdown}${process.pid}`, { kind: 'text', markdown, replyTo: null });
        const bodies = async (): Promise<string[]> =>
            (await bob.account.chat.timeline(roomId)).messages.map((m) => m.body);
        const untilBody = async (holds: (all: readonly string[]) => boolean, what: string): Promise<void> => {
            let all = await bodies();
            await until(
                () => holds(all),
                (c) => bob.account.chat.onChange(() => void bodies().then((next) => ((all = next), c()))),
                what,
            );
        };
        await say(carol, 'before');
        await untilBody((all) => all.includes('before'), 'the first message');
        const pending = await carol.account.createSessionRoom({
            name: 'pending',
            invite: [bob.userId],
            workspaceLink: undefined,
        });
        await untilRoom(bob.account, pending, (room) => room.membership === 'invite', 'the invitation');

        await bob.account.roomAdmin.setIgnored(carol.userId, true);
        assert.deepEqual(await bob.account.roomAdmin.ignored(), [carol.userId]);
        await until(
            () => !bob.account.rooms().some((r) => r.roomId === pending),
            (c) => bob.account.onRooms(c),
            'no invitation of hers',
        );
        await untilBody((all) => !all.includes('before'), 'no message of hers');
        await say(carol, 'unheard');
        const second = await carol.account.createSessionRoom({
            name: 'unseen',
            invite: [bob.userId],
            workspaceLink: undefined,
        });
        await say(bob, 'a word of my own');
        await untilBody((all) => all.includes('a word of my own'), 'his own message');
        assert.ok(!(await bodies()).includes('unheard'));
        const heard = await alice.account.createSessionRoom({
            name: 'seen',
            invite: [bob.userId],
            workspaceLink: undefined,
        });
        await untilRoom(bob.account, heard, (room) => room.membership === 'invite', 'an invitation of somebody else');
        assert.ok(!bob.account.rooms().some((r) => r.roomId === second));

        await assert.rejects(bob.account.roomAdmin.setIgnored(bob.userId, true), { code: 'room.invalidUserId' });
        await bob.account.roomAdmin.setIgnored(carol.userId, false);
        await untilBody((all) => all.includes('before'), 'her message again');
        await untilRoom(bob.account, pending, (room) => room.membership === 'invite', 'her invitation again');
        await say(carol, 'heard again');
        await untilBody((all) => all.includes('heard again'), 'her new message');
    });
});
