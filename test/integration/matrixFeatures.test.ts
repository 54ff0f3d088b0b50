/** A homeserver that names no unstable features under /versions: nothing of them is asked, and Hush works without. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { startSynapse, type Synapse } from '../stack/synapse.ts';
import { isMediaKey } from './support/keyKinds.ts';
import { startFaultProxy, type FaultProxy, type Passing } from './support/faultProxy.ts';
import { newPerson, pair, until, untilRoom, type Person } from './support/matrixAccounts.ts';

interface Versions {
    unstable_features: Record<string, boolean>;
}
const unstable = ({ path }: Passing): boolean =>
    path.includes('/unstable/') || /[?&](?:org\.|io\.)[^&]*delay/u.test(path);

describe('a homeserver without unstable features', function () {
    this.timeout(60_000);
    let synapse: Synapse;
    let proxy: FaultProxy;
    const people: Person[] = [];

    before(async function () {
        this.timeout(180_000);
        synapse = await startSynapse({ livekitServiceUrl: 'http://127.0.0.1:9/livekit' });
        proxy = await startFaultProxy(synapse.baseUrl);
    });
    after(async () => {
        await Promise.all(people.map((p) => p.account.stop().catch(() => undefined)));
        await proxy?.stop();
        await synapse?.stop();
    });
    const person = async (name: string): Promise<Person> => {
        const p = await newPerson(synapse, name, { fetch: proxy.fetch, sharePolicy: () => 'everyone' });
        people.push(p);
        await until(
            () => p.account.trust.own.kind === 'trusted',
            (check) => p.account.trust.onOwn(check),
            'own trust',
        );
        return p;
    };
    /** A session with a share, left again, and what was asked for it. */
    const session = async (): Promise<readonly Passing[]> => {
        const from = proxy.seen.length;
        const [alice, bob] = await Promise.all([person('Alice'), person('Bob')]);
        const roomId = await pair(alice, bob);
        await alice.account.rtc.join(roomId, [{ id: '01SHARE', startedTs: 1 }]);
        await bob.account.rtc.join(roomId, []);
        await untilRoom(bob.account, roomId, (r) => r.rtc.length === 2, 'both memberships');
        await alice.account.rtc.startKeys(roomId);
        await until(
            () => bob.account.rtc.currentKeys(roomId).some(isMediaKey),
            (check) => bob.account.rtc.onKey(check),
            'the key',
        );
        await alice.account.rtc.leave(roomId);
        await untilRoom(bob.account, roomId, (r) => r.rtc.length === 1, 'the leave');
        await Promise.all(people.splice(0).map((p) => p.account.stop()));
        return proxy.seen.slice(from);
    };

    it('is asked for none of them, and a session works all the same', async () => {
        proxy.meddle(({ path }) =>
            path.endsWith('/versions')
                ? { kind: 'change', with: (answer: Versions) => ({ ...answer, unstable_features: {} }) }
                : undefined,
        );
        const asked = await session();
        assert.deepEqual(
            asked.filter(unstable).map(({ method, path }) => `${method} ${path}`),
            [],
        );
    });

    it('one that names them is asked: delayed leaves, and where its media server is', async () => {
        proxy.meddle(undefined);
        const asked = (await session()).filter(unstable);
        assert.ok(asked.some(({ path }) => path.includes('org.matrix.msc4143/rtc/transports')));
        assert.ok(asked.some(({ path }) => path.includes('org.matrix.msc4140')));
    });
});
