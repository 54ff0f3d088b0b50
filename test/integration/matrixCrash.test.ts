import assert from 'node:assert/strict';
import { startSynapse, type Synapse } from '../stack/synapse.ts';
import { startChild, type Child } from './support/child.ts';
import { childAccount, type ChildAccount } from './support/childAccount.ts';
import { newPerson, untilRoom, type Person } from './support/matrixAccounts.ts';
import { lastClientOf } from './support/matrixClients.ts';

describe('kill -9', function () {
    this.timeout(120_000);
    let synapse: Synapse;
    let bob: Person;
    let child: Child | undefined;
    before(async function () {
        this.timeout(180_000);
        synapse = await startSynapse({ livekitServiceUrl: 'http://127.0.0.1:9/livekit' });
        bob = await newPerson(synapse, 'Bob');
    });
    after(async () => {
        await child?.kill();
        await bob?.account.stop();
        await synapse?.stop();
    });
    const alice = (name: string): Promise<ChildAccount> => childAccount(synapse, bob, name);

    it('loses no message and wedges no session, under traffic that brings a new key with every message', async () => {
        const { folder, roomId, userId } = await alice('alice1');
        const sdk = lastClientOf(bob.userId);
        const read = new Set<string>();
        const unreadable: string[] = [];
        let sent = 0;
        let kills = 0;
        const collect = (): void => {
            for (const line of child?.lines.splice(0) ?? []) {
                if (line.startsWith('read ')) read.add(line.slice(5));
                if (line.startsWith('unreadable ')) unreadable.push(line);
            }
        };
        child = startChild('matrixChild.ts', folder, 'read', roomId);
        await child.until((lines) => lines.includes('ready'), 'ready');
        // Messages to a device that Bob does not know yet are not for it.
        for (let known = false; !known;)
            known = ((await sdk.getCrypto()?.getUserDeviceInfo([userId]))?.get(userId)?.size ?? 0) > 0;
        while (kills < 8) {
            collect();
            // At most 6 on the way: the sync filter's timeline holds 10, and a gap would be the test's fault.
            while (sent - read.size < 6) {
                await sdk.getCrypto()?.forceDiscardSession(roomId);
                await sdk.sendEvent(
                    roomId,
                    'm.room.message' as never,
                    { msgtype: 'm.text', body: String(sent++) } as never,
                );
            }
            const wanted = read.size + 1 + (kills % 3);
            await child.until(() => {
                collect();
                return read.size >= wanted;
            }, `message ${wanted} of ${sent}, ${kills} kills`);
            await child.kill();
            collect();
            kills++;
            child = startChild('matrixChild.ts', folder, 'read', roomId);
        }
        await child
            .until(() => {
                collect();
                return read.size >= sent;
            }, `all ${sent} messages`)
            .catch((error: unknown) => {
                const missing = Array.from({ length: sent }, (_, n) => String(n)).filter((n) => !read.has(n));
                throw new Error(
                    `messages ${missing.join(', ')} of ${sent} were not read; unreadable: ${unreadable.join(', ') || 'none'}`,
                    { cause: error },
                );
            });
        assert.deepEqual(unreadable, []);
        console.log(`        ${sent} messages, ${kills} kills, 0 unreadable`);
        await child.kill();
    });

    it('takes a member out of the session within 20 s (delayed leave), and the device can come back', async () => {
        const { folder, roomId } = await alice('alice2');
        child = startChild('matrixChild.ts', folder, 'join', roomId);
        await child.until((lines) => lines.includes('joined'), 'joined');
        await untilRoom(bob.account, roomId, (r) => r.rtc.length === 1, 'the membership');
        await child.kill();
        const began = performance.now();
        await untilRoom(bob.account, roomId, (r) => r.rtc.length === 0, 'the end of the membership');
        console.log(`        gone after ${((performance.now() - began) / 1_000).toFixed(1)} s`);
        assert.ok(performance.now() - began < 20_000);
        child = startChild('matrixChild.ts', folder, 'join', roomId);
        await child.until((lines) => lines.includes('joined'), 'joined again');
        await untilRoom(bob.account, roomId, (r) => r.rtc.length === 1, 'the new membership');
        await child.kill();
    });
});
