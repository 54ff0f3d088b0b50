/** A computer whose clock is wrong by a day, in a process of its own, with a teammate whose clock is right. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { startSynapse, type Synapse } from '../stack/synapse.ts';
import { startChild, type Child } from './support/child.ts';
import { lastClientOf } from './support/matrixClients.ts';
import { newPerson, untilRoom, type Person } from './support/matrixAccounts.ts';
import { untilRead } from './support/roomMessages.ts';

const DAY = 86_400_000;

describe('a clock that is wrong by a day', function () {
    this.timeout(90_000);
    let synapse: Synapse;
    let bob: Person;
    const children: Child[] = [];

    before(async function () {
        this.timeout(180_000);
        // Tokens that live for seconds, so that they are renewed by the wrong clock all the time.
        synapse = await startSynapse({ refreshableAccessTokenLifetime: '4s' });
        bob = await newPerson(synapse, 'Bob');
    });
    after(async () => {
        await Promise.all(children.map((child) => child.kill()));
        await bob?.account.stop();
        await synapse?.stop();
    });

    for (const [name, offMs] of [
        ['ahead', DAY],
        ['behind', -DAY],
    ] as const)
        describe(name, () => {
            let child: Child;
            let userId: string;
            let roomId: string;
            const said = (line: string): Promise<void> =>
                child.until((lines) => lines.some((each) => each.startsWith(line)), line);

            it('signing in works, and the clock is named', async () => {
                const account = await synapse.createAccount(`wanda${name}`, { displayName: 'Wanda' });
                ({ userId } = account);
                child = startChild('clockChild.ts', String(offMs), synapse.baseUrl, userId, account.password);
                children.push(child);
                await said('ready');
                await said('warning clock');
                await said('own trusted');
                assert.ok(!child.lines.includes(`today ${new Date().toISOString().slice(0, 10)}`));
            });
            it('messages are read at both ends, through several renewals of the token', async () => {
                const session = { name, invite: [userId], workspaceLink: undefined };
                roomId = await bob.account.createSessionRoom(session);
                const both = (r: { members: readonly { membership: string }[] }): boolean =>
                    r.members.filter((m) => m.membership === 'join').length === 2;
                await untilRoom(bob.account, roomId, both, 'Wanda');
                const renewals = (): number => child.lines.filter((line) => line === 'renewed').length;
                for (let n = 0; n === 0 || renewals() < 2; n++) {
                    assert.ok(n < 500, 'the token was never renewed');
                    const text = { kind: 'text', markdown: `to-${n}`, replyTo: null } as const;
                    await bob.account.chat.send(roomId, `${name}${n}`, text);
                    await said(`text to-${n}`);
                    child.tell(`say ${roomId} from-${n}`);
                    await untilRead(bob, roomId, `from-${n}`);
                }
                assert.deepEqual(
                    child.lines.filter((line) => /^(?:expired|failed|unreadable)/u.test(line)),
                    [],
                );
            });
            it('a call rings by its age, not by the clock', async () => {
                const { deviceId } = bob.account;
                await lastClientOf(bob.userId).sendEvent(roomId, 'm.call.invite' as never, invite(deviceId) as never);
                await said(`ring ${bob.userId}`);
            });
            it('verifying is refused at once, with the clock named', async () => {
                child.tell(`verify ${bob.userId} ${roomId}`);
                await said('verify: clock.wrong');
                assert.match(child.lines.find((line) => line.startsWith('verify:')) ?? '', /clock of this computer/u);
            });
            if (offMs > 0)
                it('a session, which it takes for over, cannot be joined, with the clock named', async () => {
                    child.tell(`join ${roomId}`);
                    await said('join: clock.wrong');
                });
            else
                it('a session can be joined and is seen at both ends', async () => {
                    child.tell(`join ${roomId}`);
                    await untilRoom(bob.account, roomId, (r) => r.rtc.length === 1, 'the membership');
                    await bob.account.rtc.join(roomId, []);
                    await said(`session of ${bob.userId}`);
                    await bob.account.rtc.leave(roomId);
                });
        });
});

function invite(deviceId: string): Record<string, unknown> {
    return {
        version: '1',
        call_id: `${Date.now()}`,
        party_id: deviceId,
        lifetime: 60_000,
        offer: { type: 'offer', sdp: 'v=0\r\n' },
    };
}
