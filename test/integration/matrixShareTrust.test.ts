/** Who gets the key of a share, who does not and why, on a real homeserver. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import type { KeyEvent, MediaKey } from '../../src/core/session/rtcPort.ts';
import type { ShareAudience, SharePolicy } from '../../src/core/trust/shareTrust.ts';
import type { WithheldReason } from '../../src/core/trust/trustLevels.ts';
import { startSynapse, type Synapse } from '../stack/synapse.ts';
import { isMediaKey } from './support/keyKinds.ts';
import { lastClientOf } from './support/matrixClients.ts';
import { newPerson, pair, signedIn, until, untilOwn, untilRoom, type Person } from './support/matrixAccounts.ts';
import { verifyWith } from './support/verifyWith.ts';

const share = { id: '01SHARE', startedTs: 1_795_000_000_000 };

describe('who gets a share, on a real homeserver', function () {
    this.timeout(30_000);
    let synapse: Synapse;
    let alice: Person;
    let bob: Person;
    let alice2: Person;
    let bob2: Person;
    let roomId: string;
    let policy: SharePolicy = 'crossSigned';
    const options = { sharePolicy: () => policy };
    const person = (name: string): Promise<Person> => newPerson(synapse, name, options);

    before(async function () {
        this.timeout(180_000);
        synapse = await startSynapse({ livekitServiceUrl: 'http://127.0.0.1:9/livekit' });
        [alice, bob] = await Promise.all([person('Alice'), person('Bob')]);
        await Promise.all([alice, bob].map((p) => untilOwn(p, 'trusted')));
        roomId = await pair(alice, bob);
    });
    after(async () => {
        await Promise.all([alice, bob, alice2, bob2].map((p) => p?.account.stop().catch(() => undefined)));
        await synapse?.stop();
    });

    it('a cross-signed device does, and the list says so from what was delivered', async () => {
        const bobKeys = keysAt(bob);
        await bob.account.rtc.join(roomId, []);
        await alice.account.rtc.join(roomId, [share]);
        await untilRoom(alice.account, roomId, (r) => r.rtc.length === 2, 'both memberships');
        await alice.account.rtc.startKeys(roomId);
        const audience = await untilAudience(alice, roomId, (a) => a.holders.length === 1, 'one holder');
        assert.equal(audience.keyIndex, 0);
        assert.deepEqual(ids(audience.holders), [bob.account.deviceId]);
        assert.equal(audience.holders[0]?.trust, 'crossSigned');
        assert.equal(audience.holders[0]?.deviceName, 'Hush test');
        assert.equal(audience.holders[0]?.name, 'Bob');
        assert.ok((audience.rotatedTs ?? Infinity) <= (audience.holders[0]?.since ?? 0));
        await until(
            () => bobKeys.length === 1,
            (check) => bob.account.rtc.onKey(check),
            'the key',
        );
    });
    it('those who can see it are told who else can', async () => {
        const told = await untilAudience(bob, roomId, (a) => a.holders.length === 1, 'what Alice tells', device(alice));
        assert.deepEqual(ids(told.holders), [bob.account.deviceId]);
        assert.equal(told.policy, 'crossSigned');
        assert.equal(told.toldBy?.deviceId, alice.account.deviceId);
    });
    it('a device that its owner has not verified does not, and is told why', async () => {
        bob2 = await signedIn(synapse, bob.userId, bob.password, options);
        await untilOwn(bob2, 'untrusted');
        const reasons: (WithheldReason | null)[] = [];
        bob2.account.rtc.onWithheld(({ reason }) => reasons.push(reason));
        const keys = keysAt(bob2);
        await bob2.account.rtc.join(roomId, []);
        const audience = await untilAudience(alice, roomId, (a) => a.withheld.length === 1, 'one kept out');
        assert.deepEqual(ids(audience.withheld), [bob2.account.deviceId]);
        assert.equal(audience.withheld[0]?.reason, 'notCrossSigned');
        assert.deepEqual(ids(audience.holders), [bob.account.deviceId]);
        await until(
            () => reasons.length === 1,
            (check) => bob2.account.rtc.onWithheld(check),
            'the reason',
        );
        assert.deepEqual(reasons, ['notCrossSigned']);
        assert.deepEqual(keys, []);
    });
    it('it does as soon as its owner has verified it, by emoji, with another device', async () => {
        const keys = keysAt(bob2);
        const reasons: (WithheldReason | null)[] = [];
        bob2.account.rtc.onWithheld(({ reason }) => reasons.push(reason));
        await verifyWith(bob2, () => bob2.account.trust.verifyOwnDevices(), bob);
        await untilOwn(bob2, 'trusted');
        const audience = await untilAudience(alice, roomId, (a) => a.holders.length === 2, 'two holders');
        assert.deepEqual(audience.withheld, []);
        await until(
            () => keys.length > 0 && reasons.at(-1) === null,
            (check) => {
                const [a, b] = [bob2.account.rtc.onKey(check), bob2.account.rtc.onWithheld(check)];
                return { dispose: () => (a.dispose(), b.dispose()) };
            },
            'the key',
        );
        assert.deepEqual(reasons, ['notCrossSigned', null], 'what held is told to who listens later');
    });
    it('a device that is deleted loses it: the key changes', async () => {
        const before = (await untilAudience(alice, roomId, (a) => a.holders.length === 2, 'two')).keyIndex ?? 0;
        await bob2.account.stop();
        await lastClientOfDevice(bob2).logout();
        const audience = await untilAudience(
            alice,
            roomId,
            (a) => a.keyIndex === before + 1 && a.holders.length === 1,
            'the rotation',
        );
        assert.deepEqual(ids(audience.holders), [bob.account.deviceId]);
        assert.match(audience.rotations[0]?.why ?? '', /left|not trusted/u);
    });
    it('with "verified", a person who is not verified loses it, and gets it again when verified', async () => {
        policy = 'verified';
        alice.account.trust.policyChanged();
        const refused = await untilAudience(alice, roomId, (a) => a.holders.length === 0, 'nobody');
        assert.ok(refused.withheld.some((w) => w.deviceId === bob.account.deviceId && w.reason === 'notVerified'));
        await verifyWith(alice, () => alice.account.trust.verifyPerson(bob.userId, roomId), bob);
        const audience = await untilAudience(alice, roomId, (a) => a.holders.length === 1, 'Bob');
        assert.equal(audience.holders[0]?.trust, 'verified');
        assert.equal((await alice.account.trust.person(bob.userId)).verified, true);
    });
    it('a changed identity stops the share to that person until it is acknowledged', async () => {
        policy = 'crossSigned';
        alice.account.trust.policyChanged();
        await bob.account.trust.resetIdentity(bob.password);
        await untilOwn(bob, 'trusted');
        const refused = await untilAudience(
            alice,
            roomId,
            (a) => a.withheld.some((w) => w.reason === 'identityChanged'),
            'the changed identity',
        );
        assert.deepEqual(refused.holders, []);
        assert.equal((await alice.account.trust.person(bob.userId)).changed, true);
        await alice.account.trust.acknowledge(bob.userId);
        const audience = await untilAudience(alice, roomId, (a) => a.holders.length === 1, 'Bob again');
        assert.equal(audience.holders[0]?.trust, 'crossSigned');
        await alice.account.rtc.leave(roomId);
        let left = 0;
        alice.account.rtc.onAudience(() => left++).dispose();
        assert.equal(left, 0, 'a share that is over has no audience');
    });
    it('another identity of one’s own gets nothing until this device was verified with it: a server could have made it', async () => {
        await untilOwn(alice, 'trusted');
        alice2 = await signedIn(synapse, alice.userId, alice.password, options);
        await alice2.account.trust.resetIdentity(alice.password);
        await Promise.all([untilOwn(alice2, 'trusted'), untilOwn(alice, 'untrusted')]);
        const keys = keysAt(alice2);
        await alice2.account.rtc.join(roomId, []);
        await alice.account.rtc.join(roomId, [share]);
        await untilRoom(alice.account, roomId, (r) => r.rtc.length === 3, 'the memberships');
        await alice.account.rtc.startKeys(roomId);
        const refused = await untilAudience(alice, roomId, (a) => a.withheld.length === 1, 'one kept out');
        assert.deepEqual(
            refused.withheld.map(({ deviceId, reason }) => [deviceId, reason]),
            [[alice2.account.deviceId, 'sharerUnverified']],
        );
        assert.deepEqual(keys, []);
        await verifyWith(alice, () => alice.account.trust.verifyOwnDevices(), alice2);
        await untilOwn(alice, 'trusted');
        const mine = ({ deviceId }: { deviceId: string }): boolean => deviceId === alice2.account.deviceId;
        const audience = await untilAudience(alice, roomId, (a) => a.holders.some(mine), 'the own device');
        assert.equal(audience.holders.find(mine)?.trust, 'verified');
        assert.deepEqual(audience.withheld, []);
        await alice.account.rtc.leave(roomId);
    });
    it('the wrong password resets nothing', async () => {
        await assert.rejects(bob.account.trust.resetIdentity('wrong'), { code: 'login.wrongPassword' });
        await assert.rejects(bob.account.trust.resetIdentity(undefined), { code: 'trust.needsPassword' });
        await bob.reopen(options);
        await untilOwn(bob, 'trusted');
    });
});

async function untilAudience(
    p: Person,
    roomId: string,
    holds: (audience: ShareAudience) => boolean,
    what: string,
    sharer?: { userId: string; deviceId: string },
): Promise<ShareAudience> {
    const { userId, deviceId } = sharer ?? device(p);
    const read = (): ShareAudience | undefined => {
        let found: ShareAudience | undefined;
        p.account.rtc
            .onAudience((e) => {
                if (e.roomId === roomId && e.userId === userId && e.deviceId === deviceId) found = e.audience;
            })
            .dispose(); // what holds is told at once
        return found;
    };
    await until(
        () => {
            const audience = read();
            return audience !== undefined && holds(audience);
        },
        (check) => p.account.rtc.onAudience(check),
        `${what}; now ${JSON.stringify(read())}`,
    ).catch((error: unknown) => {
        throw new Error(`${String(error)}; then ${JSON.stringify(read())}`);
    });
    return read() as ShareAudience;
}

function device(p: Person): { userId: string; deviceId: string } {
    return { userId: p.userId, deviceId: p.account.deviceId };
}

function ids(list: readonly { deviceId: string }[]): string[] {
    return list.map((d) => d.deviceId).toSorted();
}

/** The keys that come to this device from now on. */
function keysAt(p: Person): MediaKey[] {
    const list: MediaKey[] = [];
    p.account.rtc.onKey((event: KeyEvent) => {
        if (event.kind === 'key' && isMediaKey(event.key)) list.push(event.key);
    });
    return list;
}

function lastClientOfDevice(p: Person) {
    const sdk = lastClientOf(p.userId);
    if (sdk.getDeviceId() !== p.account.deviceId) throw new Error('another device signed in since');
    return sdk;
}
