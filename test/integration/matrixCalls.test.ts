/** `src/matrix/calls` on a real Synapse: calls through Megolm, what is refused, and glare between real clients. */
import { after, before, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { startSynapse, type Synapse } from '../stack/synapse.ts';
import { createFakePages, type FakePages } from './support/fakePages.ts';
import { newPerson, pair, until, type Person } from './support/matrixAccounts.ts';

describe('calls through the room', function () {
    this.timeout(60_000);
    let synapse: Synapse;
    const people: Person[] = [];
    let pages: FakePages;
    const person = async (name: string): Promise<Person> => {
        const made = await newPerson(synapse, name);
        people.push(made);
        pages.add(made);
        return made;
    };
    const watch = (viewer: Person, sharer: Person, roomId: string, shareId: string): void =>
        viewer.account.calls.watch({ roomId, userId: sharer.userId, deviceId: sharer.account.deviceId, shareId }, { call: `view:${shareId}`, generation: 1 });
    const serve = (sharer: Person, roomId: string, shareId: string): void => sharer.account.calls.serve({ roomId, shareId }, { call: `share:${shareId}`, generation: 1 });
    const live = (...shareIds: string[]): Promise<void> =>
        until(() => shareIds.every((id) => [...pages.live.values()].includes(`view:${id}`)), (check) => pages.onChange(check), `pictures of ${shareIds.join(', ')}`);
    before(async () => {
        pages = createFakePages();
        synapse = await startSynapse();
    });
    after(async () => {
        await Promise.all(people.map((p) => p.account.stop().catch(() => undefined)));
        await synapse?.stop();
    });

    it('a viewer asks, is called and answers', async () => {
        const [alice, bob] = await Promise.all([person('Alice'), person('Bob')]);
        const roomId = await pair(alice, bob);
        serve(alice, roomId, 'S1');
        const began = performance.now();
        watch(bob, alice, roomId, 'S1');
        await live('S1');
        console.log(`        asked to answered: ${Math.round(performance.now() - began)} ms`);
        assert.equal(pages.openOf(alice).length, 1);
        bob.account.calls.release('view:S1');
        await until(() => pages.openOf(alice).length === 0, (check) => pages.onChange(check), 'the hang-up');
    });
});
