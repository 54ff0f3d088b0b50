/** Two people start sessions for one workspace and invite each other at the same moment, on a real Synapse. */
import { setTimeout as delay } from 'node:timers/promises';
import { after, before, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { after as laterOn } from '../../src/extension/shell/after.ts';
import { createSessionGlare } from '../../src/core/workspace/sessionGlare.ts';
import { startSynapse, type Synapse } from '../stack/synapse.ts';
import { newPerson, until, type Person } from './support/matrixAccounts.ts';

const LINK = { salt: 'c2FsdHNhbHQ', hash: 'A'.repeat(43) + '=' };

describe('session glare', function () {
    this.timeout(90_000);
    let synapse: Synapse;
    const people: Person[] = [];
    before(async () => {
        synapse = await startSynapse();
    });
    after(async () => {
        await Promise.all(people.map((p) => p.account.stop().catch(() => undefined)));
        await synapse?.stop();
    });

    /** A person whose window follows the rule; `room` is what the workspace is mapped to. */
    const window = async (name: string) => {
        const person = await newPerson(synapse, name);
        people.push(person);
        const it = { person, room: undefined as string | undefined };
        const glare = createSessionGlare({
            account: () => person.account,
            ownRoomId: () => it.room,
            sameWorkspace: (invitation) => Promise.resolve(invitation.workspaces[0]?.hash === LINK.hash),
            map: async (roomId) => {
                it.room = roomId;
            },
            after: laterOn,
            log: person.log,
        });
        person.account.onRooms(() => void glare.check());
        return it;
    };
    const start = async (
        it: Awaited<ReturnType<typeof window>>,
        invite: readonly string[],
        afterMs: number,
    ): Promise<string> => {
        await delay(afterMs);
        const roomId = await it.person.account.createSessionRoom({ name: 'hush', invite: [], workspaceLink: LINK });
        it.room = roomId;
        await delay(afterMs);
        for (const userId of invite) await it.person.account.invite(roomId, userId).catch(() => undefined); // taken over already
        return roomId;
    };
    const untilRooms = (
        all: readonly Awaited<ReturnType<typeof window>>[],
        holds: () => boolean,
        what: string,
    ): Promise<void> =>
        until(
            holds,
            (check) => {
                const subscriptions = all.map((it) => it.person.account.onRooms(check));
                return { dispose: () => subscriptions.forEach((s) => s.dispose()) };
            },
            what,
        );
    const settled = (
        all: readonly Awaited<ReturnType<typeof window>>[],
        keep: () => string | undefined,
    ): Promise<void> =>
        untilRooms(
            all,
            () =>
                all.every(
                    (it) =>
                        it.room === keep() &&
                        it.person.account.rooms().length === 1 &&
                        it.person.account.rooms()[0]?.membership === 'join',
                ),
            'one room for all',
        );

    it('ends with both in the smaller user ID’s room and the other room forgotten, over and over', async () => {
        const rounds = 10;
        const [alice, bob] = [await window('Alice'), await window('Bob')];
        let crossed = 0;
        for (let round = 1; round <= rounds; round++) {
            const [roomOfAlice] = await Promise.all([
                start(alice, [bob.person.userId], Math.random() * 40),
                start(bob, [alice.person.userId], Math.random() * 40),
            ]);
            await settled([alice, bob], () => roomOfAlice);
            crossed = bob.person.lines.filter((l) => l.includes('at the same moment')).length;
            for (const it of [alice, bob]) {
                it.room = undefined;
                await it.person.account.leaveRoom(roomOfAlice);
            }
            await untilRooms(
                [alice, bob],
                () => alice.person.account.rooms().length + bob.person.account.rooms().length === 0,
                'no rooms',
            );
        }
        console.log(`        ${rounds} rounds, ${crossed} merged by the rule`);
        assert.equal(crossed, rounds);
    });

    it('takes the loser’s other invitees along', async () => {
        const [alice, bob, carol] = [await window('Alice'), await window('Bob'), await newPerson(synapse, 'Carol')];
        people.push(carol);
        const [roomId] = await Promise.all([
            start(alice, [bob.person.userId], 0),
            start(bob, [carol.userId, alice.person.userId], 0),
        ]);
        await settled([alice, bob], () => roomId);
        await until(
            () =>
                carol.account.rooms().length === 1 &&
                carol.account.rooms().some((r) => r.roomId === roomId && r.membership === 'invite'),
            (check) => carol.account.onRooms(check),
            'the carried invitation, and no other',
        );
    });

    it('takes back the invitation to the room that is given up, for a winner who hears of all this late', async () => {
        const [alice, bob] = [await newPerson(synapse, 'Alice'), await window('Bob')];
        people.push(alice);
        const roomId = await alice.account.createSessionRoom({ name: 'hush', invite: [], workspaceLink: LINK });
        const given = await start(bob, [alice.userId], 0);
        await until(
            () => alice.account.rooms().some((r) => r.roomId === given),
            (check) => alice.account.onRooms(check),
            'the invitation',
        );
        await alice.account.invite(roomId, bob.person.userId);
        await settled([bob], () => roomId);
        await until(
            () => alice.account.rooms().every((r) => r.roomId === roomId),
            (check) => alice.account.onRooms(check),
            'the invitation to go',
        );
    });
});
