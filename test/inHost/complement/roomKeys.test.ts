/** When the key of a room changes, and when it must not (tests/room_keys_test.go). */
import assert from 'node:assert/strict';
import { it } from 'mocha';
import { pair, untilRoom } from '../../integration/support/matrixAccounts.ts';
import { encryptedRoom, failsToRead, knows, reads, say } from './people.ts';
import { scenarios } from './scenarios.ts';

scenarios('room keys', ({ person, again, talking }) => {
    it('TestRoomKeyIsCycledOnDeviceLogout', async () => {
        const { alice, bob, roomId } = await talking();
        const bob2 = await again(bob);
        const { deviceId } = bob2.account;
        await knows(alice, bob.userId, deviceId, true);
        const { session } = await say(alice, roomId, 'to three devices');
        await bob2.account.stop();
        await bob2.http('POST', '/logout', {});
        await knows(alice, bob.userId, deviceId, false);
        assert.notEqual((await say(alice, roomId, 'to two')).session, session);
    });

    it('TestRoomKeyIsCycledOnMemberLeaving', async () => {
        const { alice, bob, roomId, session } = await talking();
        await bob.account.leaveRoom(roomId);
        await untilRoom(alice.account, roomId, (r) => r.members.length === 1, 'Bob gone');
        assert.notEqual((await say(alice, roomId, 'alone')).session, session);
    });

    for (const [name, rule] of [
        ['TestRoomKeyIsCycledAfterEnoughMessages', { rotation_period_msgs: 3 }],
        ['TestRoomKeyIsCycledAfterEnoughTime', { rotation_period_ms: 3_600_000 }],
    ] as const)
        it(name, async () => {
            const alice = await person('Alice');
            const roomId = await encryptedRoom(alice, rule);
            const sessions: string[] = [];
            const { now } = Date;
            try {
                for (let n = 0; n < 4; n++) {
                    // The crypto library never rotates by time more often than once an hour: two pass before the last.
                    if (n === 3 && 'rotation_period_ms' in rule) Date.now = () => now() + 7_200_000;
                    sessions.push((await say(alice, roomId, `message ${n}`)).session);
                }
            } finally {
                Date.now = now;
            }
            assert.equal(new Set(sessions.slice(0, 3)).size, 1);
            assert.notEqual(sessions[3], sessions[0]);
        });

    it('TestRoomKeyIsNotCycled: on display name change, nor by another person’s message', async () => {
        const { alice, bob, roomId, session } = await talking();
        await bob.http('PUT', `/profile/${encodeURIComponent(bob.userId)}/displayname`, { displayname: 'Bobby' });
        await untilRoom(alice.account, roomId, (r) => r.members.some((m) => m.name === 'Bobby'), 'the new name');
        const { eventId } = await say(bob, roomId, 'hi');
        await reads(alice, roomId, eventId, 'hi');
        assert.equal((await say(alice, roomId, 'the same')).session, session);
    });

    it('TestRoomKeyIsNotCycled: on new device login, which alone is sent the key', async () => {
        const { alice, bob, roomId, session } = await talking();
        const bob2 = await again(bob);
        await knows(alice, bob.userId, bob2.account.deviceId, true);
        const before = (await alice.line.all()).length;
        const said = await say(alice, roomId, 'to a new device, too');
        assert.equal(said.session, session);
        await reads(bob2, roomId, said.eventId, 'to a new device, too');
        const sent = (await alice.line.all())
            .slice(before)
            .filter(({ path }) => path.includes('/sendToDevice/m.room.encrypted'))
            .flatMap(({ body }) => Object.keys(messagesIn(body)[bob.userId] ?? {}));
        assert.deepEqual([...new Set(sent)], [bob2.account.deviceId]);
    });

    it('TestRoomKeyIsNotCycledOnClientRestart', async () => {
        const { alice, bob, roomId, session } = await talking();
        await alice.reopen();
        const { eventId, session: next } = await say(alice, roomId, 'back');
        assert.equal(next, session);
        await reads(bob, roomId, eventId, 'back');
    });

    it('TestSpoofedEventSenderHandling: SpoofedMXIDSenderGivesRedShield, here a sentence in place of the text', async () => {
        const { alice, bob, roomId } = await talking();
        const charlie = await person('Charlie');
        await alice.account.invite(roomId, charlie.userId);
        await untilRoom(charlie.account, roomId, () => true, 'the invitation');
        await charlie.account.join(roomId);
        for (const p of [alice, bob])
            await untilRoom(
                p.account,
                roomId,
                (r) => r.members.filter((m) => m.membership === 'join').length === 3,
                'all three',
            );
        const how = { name: 'sender', from: alice.userId, to: charlie.userId } as const;
        await bob.line.fail({ path: '/sync', fault: { kind: 'change', how } });
        const { eventId } = await say(alice, roomId, 'as Alice');
        await reads(charlie, roomId, eventId, 'as Alice');
        assert.match(await failsToRead(bob, roomId, eventId), /not encrypted by the person it claims to come from/u);
    });

    it('TestSpoofedEventSenderHandling: SpoofedPlaintextSenderGivesUTD', async () => {
        const [alice, bob] = await Promise.all([person('Alice'), person('Bob')]);
        const roomId = await pair(alice, bob);
        const how = { name: 'sender', from: alice.userId, to: 'charlie' } as const;
        await bob.line.fail({ path: '/sync', fault: { kind: 'change', how } });
        const { eventId } = await say(alice, roomId, 'as Alice');
        assert.match(await failsToRead(bob, roomId, eventId), /cannot be read|is not shown/u);
    });
});

function messagesIn(body: string): Record<string, Record<string, unknown>> {
    return (JSON.parse(body) as { messages: Record<string, Record<string, unknown>> }).messages;
}
