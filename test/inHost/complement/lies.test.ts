/** Not of complement-crypto: a homeserver that lies in /keys/query. What was known stays, and what is new is not taken. */
import assert from 'node:assert/strict';
import { it } from 'mocha';
import type { Lie } from '../../integration/support/faultRules.ts';
import { encryptedRoom, knows, reads, say, trusted, type Someone } from './people.ts';
import { scenarios } from './scenarios.ts';

const LIES: Readonly<Record<Lie, string>> = {
    otherKey: 'with another key for a known device',
    wrongSignature: 'with a signature that does not fit',
    foreignUser: 'with somebody else’s user ID',
};

scenarios('a homeserver that lies in /keys/query', ({ person, again }) => {
    /** In their room every message has a key of its own, which is sent to each device anew. */
    const talking = async (): Promise<{ alice: Someone; bob: Someone; roomId: string }> => {
        const [alice, bob] = await Promise.all([person('Alice'), person('Bob')]);
        await Promise.all([alice, bob].map(trusted));
        const roomId = await encryptedRoom(alice, { rotation_period_msgs: 1 }, { invite: [bob.userId] });
        await bob.http('POST', `/join/${encodeURIComponent(roomId)}`, {});
        const { eventId } = await say(alice, roomId, 'hello');
        await reads(bob, roomId, eventId, 'hello');
        return { alice, bob, roomId };
    };
    /** Devices of `userId` that got something in a to-device message from then on. */
    const sentTo = async (from: Someone, userId: string, since: number): Promise<string[]> => {
        const sent = (await from.line.all()).slice(since).filter(({ path }) => path.includes('/sendToDevice/'));
        return sent.flatMap(({ body }) => {
            const { messages } = JSON.parse(body) as { messages: Record<string, Record<string, unknown>> };
            return Object.keys(messages[userId] ?? {});
        });
    };

    for (const [name, how] of Object.entries(LIES))
        it(`${how}: refused, and told; keys go on to the honest device`, async () => {
            const { alice, bob, roomId } = await talking();
            const { deviceId } = bob.account;
            const lie = { name: name as Lie, userId: bob.userId, deviceId };
            await alice.line.fail({ path: '/keys/query', fault: { kind: 'change', how: lie } });
            const before = (await alice.line.all()).length;
            await bob.http('PUT', `/devices/${deviceId}`, { display_name: 'renamed' }); // a change, so that Alice asks
            await alice.line.request(({ path }) => path.includes('/keys/query'), before);
            const next = await say(alice, roomId, 'still to the honest device');
            await reads(bob, roomId, next.eventId, 'still to the honest device');
            assert.deepEqual(await sentTo(alice, bob.userId, before), [deviceId], 'the key of this message');
            const { warnings = [] } = alice.account.trust.own;
            assert.deepEqual(warnings, [{ kind: 'device', userId: bob.userId, deviceId, how: name }]);
            assert.notEqual(await alice.account.deviceTrust(bob.userId, deviceId), 'unknown');
        });

    it('about a device that nobody knew: it is not taken, and gets nothing', async () => {
        const { alice, bob, roomId } = await talking();
        // Whatever the device is called, as it is not known yet: its signature is replaced by one that does not fit.
        const lie = { name: 'wrongSignature', userId: bob.userId, deviceId: '*' } as const;
        await alice.line.fail({ path: '/keys/query', fault: { kind: 'change', how: lie } });
        const before = (await alice.line.all()).length;
        const { deviceId } = (await again(bob)).account;
        await alice.line.request(({ path }) => path.includes('/keys/query'), before);
        const next = await say(alice, roomId, 'not to the new one');
        await reads(bob, roomId, next.eventId, 'not to the new one');
        assert.deepEqual(await sentTo(alice, bob.userId, before), [bob.account.deviceId]);
        await knows(alice, bob.userId, deviceId, false);
        const { warnings = [] } = alice.account.trust.own;
        assert.ok(warnings.some((warning) => warning.kind === 'device' && warning.deviceId === deviceId));
    });
});
