/** To-device messages: sent again, in batches, taken in order, not lost (tests/to_device_test.go). */
import assert from 'node:assert/strict';
import { it } from 'mocha';
import { pair, untilRoom } from '../../integration/support/matrixAccounts.ts';
import { encryptedRoom, reads, say } from './people.ts';
import { scenarios } from './scenarios.ts';

scenarios('to-device messages', ({ person, again }, world) => {
    it('TestClientRetriesSendToDevice: a room key that was refused is sent again', async () => {
        const [alice, bob] = await Promise.all([person('Alice'), person('Bob')]);
        const roomId = await pair(alice, bob);
        await alice.line.fail({ path: '/sendToDevice/', times: 1, fault: { kind: 'refuse', status: 504 } });
        const { eventId } = await say(alice, roomId, 'sent twice');
        await reads(bob, roomId, eventId, 'sent twice');
        assert.ok((await alice.line.all()).filter(({ path }) => path.includes('/sendToDevice/')).length > 1);
    });

    it('TestToDeviceMessagesAreBatched: a hundred devices are sent the room key in one request', async () => {
        const alice = await person('Alice');
        const many = await world.createAccount(`many${process.pid}x${Date.now()}`);
        const devices = await world.addDevices(many, 100);
        const roomId = await encryptedRoom(alice, {}, { invite: [many.userId] });
        await untilRoom(alice.account, roomId, (r) => r.members.length === 2, 'the invited');
        const before = (await alice.line.all()).length;
        await say(alice, roomId, 'to all of them');
        const sent = (await alice.line.all())
            .slice(before)
            .filter(({ path }) => path.includes('/sendToDevice/m.room.encrypted'))
            .map(({ body }) => (JSON.parse(body) as { messages: Record<string, object> }).messages[many.userId] ?? {});
        assert.equal(sent.length, 1);
        assert.deepEqual(Object.keys(sent[0] ?? {}).toSorted(), devices.toSorted());
    });

    it('TestToDeviceMessagesArentLostWhenKeysQueryFails', async () => {
        const [alice, bob] = await Promise.all([person('Alice'), person('Bob')]);
        const roomId = await pair(alice, bob);
        const alice2 = await again(alice);
        await untilRoom(alice2.account, roomId, (r) => r.members.length === 2, 'the room');
        await bob.line.fail({ path: '/keys/query', times: 3, fault: { kind: 'refuse', status: 504 } });
        const { eventId } = await say(alice2, roomId, 'from a device that you cannot look up');
        await reads(bob, roomId, eventId, 'from a device that you cannot look up');
    });

    it('TestToDeviceMessagesAreProcessedInOrder', async () => {
        const [alice, bob, charlie] = await Promise.all(['Alice', 'Bob', 'Charlie'].map((name) => person(name)));
        assert.ok(alice && bob && charlie);
        const others = [bob, charlie];
        const invite = others.map(({ userId }) => userId);
        const roomId = await encryptedRoom(alice, { rotation_period_msgs: 1 }, { invite });
        for (const p of others) {
            await untilRoom(p.account, roomId, () => true, 'the invitation');
            await p.account.join(roomId);
        }
        for (const p of [alice, ...others])
            await untilRoom(
                p.account,
                roomId,
                (r) => r.members.filter((m) => m.membership === 'join').length === 3,
                'all three',
            );
        const release = await alice.line.hold('/sync');
        // More than the hundred that a sync brings at once: one for each message, since the key changes with each.
        const said = await Promise.all(
            others.map(async (p, i) => {
                const list: { eventId: string; body: string }[] = [];
                for (let n = 0; n < 52; n++) {
                    const body = `message ${n} of ${i}`;
                    list.push({ body, eventId: (await say(p, roomId, body)).eventId });
                }
                return list;
            }),
        );
        await release();
        for (const { eventId, body } of said.flat()) await reads(alice, roomId, eventId, body);
    });
});
