/** Three real clients that share to each other through a real Synapse at the same moment. */
import { setTimeout as delay } from 'node:timers/promises';
import { after, before, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { startSynapse, type Synapse } from '../stack/synapse.ts';
import { createFakePages, type FakePages } from './support/fakePages.ts';
import { newPerson, pair, until, untilRoom, type Person } from './support/matrixAccounts.ts';

const ROUNDS = 15;

describe('calls of three', function () {
    this.timeout(120_000);
    let synapse: Synapse;
    let people: readonly Person[] = [];
    let pages: FakePages;
    let roomId = '';
    const changed = (holds: () => boolean, what: string): Promise<void> =>
        until(holds, (check) => pages.onChange(check), what);
    before(async () => {
        synapse = await startSynapse();
        pages = createFakePages();
        people = await Promise.all(['Alice', 'Bob', 'Carol'].map((name) => newPerson(synapse, name)));
        const [alice, bob, carol] = people;
        assert.ok(alice && bob && carol);
        for (const person of people) pages.add(person);
        roomId = await pair(alice, bob);
        await alice.account.invite(roomId, carol.userId);
        await untilRoom(carol.account, roomId, (r) => r.membership === 'invite', 'the invitation');
        await carol.account.join(roomId);
        for (const { account } of people) {
            const complete = (r: { members: readonly { membership: string }[] }): boolean =>
                r.members.filter((m) => m.membership === 'join').length === 3;
            await untilRoom(account, roomId, complete, 'all members');
        }
    });
    after(async () => {
        await Promise.all(people.map((p) => p.account.stop().catch(() => undefined)));
        await synapse?.stop();
    });

    it('end up in one call for each two, every screen at everybody, over and over', async () => {
        const pairs = people.flatMap((viewer) =>
            people.filter((p) => p !== viewer).map((sharer) => ({ viewer, sharer })),
        );
        const crossings = (): number =>
            people.flatMap((p) => p.lines).filter((l) => l.includes('we called each other')).length;
        let crossed = 0;
        const began = performance.now();
        for (let round = 1; round <= ROUNDS; round++) {
            const before = crossings();
            const shareOf = (p: Person): string => `${people.indexOf(p)}-${round}`;
            const wanted = pairs.map((it) => ({
                ...it,
                tab: `view:${shareOf(it.sharer)}:${people.indexOf(it.viewer)}`,
            }));
            for (const p of people) {
                const shareId = shareOf(p);
                p.account.calls.publish({ roomId, shareId }, { pageId: `share:${shareId}`, generation: 1 });
            }
            await Promise.all(
                wanted.map(async ({ viewer, sharer: { userId, account }, sharer, tab }) => {
                    await delay(Math.random() * 120); // so that every order of the events happens
                    const share = { roomId, userId, deviceId: account.deviceId, shareId: shareOf(sharer) };
                    viewer.account.calls.watch(share, { pageId: tab, generation: 1 });
                }),
            );
            const shown = (): string[] => [...pages.live.values()];
            await changed(() => wanted.every(({ tab }) => shown().includes(tab)), `six pictures in round ${round}`);
            const calls = new Set([...pages.live.keys()].map((c) => c.slice(0, c.lastIndexOf('/'))));
            assert.equal(calls.size, 3, `round ${round}: a call for each two`);
            if (crossings() > before) crossed++;
            for (const { viewer, tab } of wanted) viewer.account.calls.release(tab);
            for (const p of people) p.account.calls.release(`share:${shareOf(p)}`);
            await changed(() => people.every((p) => pages.openOf(p).length === 0), 'the end of the round');
        }
        const seconds = ((performance.now() - began) / 1_000).toFixed(0);
        console.log(`        ${ROUNDS} rounds of three in ${seconds} s: ${crossed} with calls that crossed`);
        assert.ok(crossed > 0, 'the race was a race');
    });
});
