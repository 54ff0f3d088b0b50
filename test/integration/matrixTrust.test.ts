/** Identity, recovery, verification and who gets a share, on a real homeserver. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import type { KeyEvent, MediaKey } from '../../src/extension/session/ports.ts';
import type { ShareAudience, SharePolicy } from '../../src/extension/session/trust.ts';
import type { Verification } from '../../src/extension/trustPort.ts';
import type { WithheldReason } from '../../src/webview/protocol/messages.ts';
import { startSynapse, type Synapse } from '../stack/synapse.ts';
import { lastClientOf } from './support/matrixClients.ts';
import { newPerson, pair, signedIn, until, untilRoom, type Person } from './support/matrixAccounts.ts';

const share = { id: '01SHARE', startedTs: 1_795_000_000_000 };

describe('trust on a real homeserver', function () {
    this.timeout(30_000);
    let synapse: Synapse;
    const people: Person[] = [];
    const keep = (p: Person): Person => {
        people.push(p);
        return p;
    };
    let policy: SharePolicy = 'crossSigned';
    const options = { sharePolicy: () => policy };
    const person = async (name: string): Promise<Person> => keep(await newPerson(synapse, name, options));
    const again = async (p: Person): Promise<Person> => keep(await signedIn(synapse, p.userId, p.password, options));
    const untilOwn = (p: Person, kind: string): Promise<void> =>
        until(
            () => p.account.trust.own.kind === kind,
            (check) => p.account.trust.onOwn(check),
            `own trust ${kind}; now ${p.account.trust.own.kind}`,
        );
    const untilAudience = async (
        p: Person,
        roomId: string,
        holds: (audience: ShareAudience) => boolean,
        what: string,
        sharer?: { userId: string; deviceId: string },
    ): Promise<ShareAudience> => {
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
    };
    const keysAt = (p: Person): MediaKey[] => {
        const list: MediaKey[] = [];
        p.account.rtc.onKey((event: KeyEvent) => {
            if (event.kind === 'key') list.push(event.key);
        });
        return list;
    };
    const device = (p: Person) => ({ userId: p.userId, deviceId: p.account.deviceId });
    const ids = (list: readonly { deviceId: string }[]): string[] => list.map((d) => d.deviceId).toSorted();

    before(async function () {
        this.timeout(180_000);
        synapse = await startSynapse({ livekitServiceUrl: 'http://127.0.0.1:9/livekit' });
    });
    after(async () => {
        await Promise.all(people.map((p) => p.account.stop().catch(() => undefined)));
        await synapse?.stop();
    });

    describe('the first device of an account, and a later one', () => {
        let alice: Person;
        let second: Person;
        let recoveryKey: string;

        it('the first is trusted with nothing to set up, also after a restart', async () => {
            alice = await person('Alice');
            await untilOwn(alice, 'trusted');
            await alice.reopen(options);
            await untilOwn(alice, 'trusted');
        });
        it('a later one is not, and says which ways there are', async () => {
            second = await again(alice);
            await untilOwn(second, 'untrusted');
            assert.equal(second.account.trust.own.otherDevices, true);
            assert.equal(second.account.trust.own.recovery, 'none');
            await assert.rejects(second.account.trust.recover('x'), { code: 'trust.noRecovery' });
            await assert.rejects(second.account.trust.setUpRecovery(undefined), { code: 'trust.notTrusted' });
        });
        it('recovery is set up: a key, storage and a backup', async () => {
            recoveryKey = await alice.account.trust.setUpRecovery(undefined);
            assert.match(recoveryKey, /^(?:[1-9A-HJ-NP-Za-km-z]{4} ){11}[1-9A-HJ-NP-Za-km-z]{4}$/u);
            await until(
                () => alice.account.trust.own.backup === 'on' && alice.account.trust.own.recovery === 'ready',
                (check) => alice.account.trust.onOwn(check),
                'the backup',
            );
        });
        it('a key that is mistyped, and one of another account, are refused with nothing changed', async () => {
            await untilOwn(second, 'untrusted');
            assert.equal(await second.account.trust.recoveryKind(), 'key');
            await assert.rejects(second.account.trust.recover(`${recoveryKey.slice(0, -1)}!`), {
                code: 'trust.malformedKey',
            });
            const { encodeRecoveryKey } = await import('matrix-js-sdk/lib/crypto-api/index.js');
            await assert.rejects(second.account.trust.recover(encodeRecoveryKey(new Uint8Array(32)) ?? ''), {
                code: 'trust.wrongKey',
            });
            assert.equal(second.account.trust.own.kind, 'untrusted');
        });
        it('the right key makes the later device trusted', async () => {
            const recovered = await second.account.trust.recover(recoveryKey);
            assert.equal(recovered.backup, 'restored');
            await untilOwn(second, 'trusted');
            assert.equal(second.account.trust.own.backup, 'on');
        });
        it('damaged secret storage is said, and makes no new identity', async () => {
            const third = await again(alice);
            await untilOwn(third, 'untrusted');
            const sdk = lastClientOf(third.userId);
            const name = 'm.cross_signing.self_signing';
            const before = structuredClone(sdk.getAccountData(name)?.getContent()) as unknown as {
                encrypted: Record<string, { ciphertext: string }>;
            };
            const damaged = structuredClone(before);
            for (const entry of Object.values(damaged.encrypted)) entry.ciphertext = 'AAAA';
            await sdk.setAccountData(name, damaged as never);
            await assert.rejects(third.account.trust.recover(recoveryKey), { code: 'trust.storageDamaged' });
            await sdk.setAccountData(name, {} as never);
            await assert.rejects(third.account.trust.recover(recoveryKey), { code: 'trust.storageDamaged' });
            assert.equal(third.account.trust.own.kind, 'untrusted');
            await sdk.setAccountData(name, before as never);
            assert.equal(alice.account.trust.own.kind, 'trusted');
        });
        it('a backup that another client replaced is noticed when recovering', async () => {
            const third = await again(alice);
            await untilOwn(third, 'untrusted');
            const sdk = lastClientOf(second.userId);
            assert.equal(sdk.getDeviceId(), third.account.deviceId);
            // Another client makes a new backup without putting its key into secret storage.
            const { BackupDecryptionKey } = await import('@matrix-org/matrix-sdk-crypto-wasm');
            const version = {
                algorithm: 'm.megolm_backup.v1.curve25519-aes-sha2',
                auth_data: { public_key: BackupDecryptionKey.createRandomKey().megolmV1PublicKey.publicKeyBase64 },
            };
            const { Method } = await import('matrix-js-sdk/lib/matrix.js');
            await sdk.http.authedRequest(Method.Post, '/room_keys/version', undefined, version);
            const recovered = await third.account.trust.recover(recoveryKey);
            assert.deepEqual(recovered, { roomKeys: 0, backup: 'replaced' });
            await untilOwn(third, 'trusted');
            assert.equal(third.account.trust.own.backup, 'replaced');
        });
        it('a passphrase works in place of the key', async () => {
            const key = await alice.account.trust.setUpRecovery('correct horse battery staple');
            assert.notEqual(key, recoveryKey);
            const fourth = await again(alice);
            await untilOwn(fourth, 'untrusted');
            assert.equal(await fourth.account.trust.recoveryKind(), 'passphrase');
            await assert.rejects(fourth.account.trust.recover('wrong horse'), { code: 'trust.wrongKey' });
            await fourth.account.trust.recover('correct horse battery staple');
            await untilOwn(fourth, 'trusted');
        });
    });

    describe('who gets a share', () => {
        let alice: Person;
        let bob: Person;
        let bob2: Person;
        let roomId: string;
        before(async () => {
            policy = 'crossSigned';
            [alice, bob] = await Promise.all([person('Alice'), person('Bob')]);
            await Promise.all([alice, bob].map((p) => untilOwn(p, 'trusted')));
            roomId = await pair(alice, bob);
        });

        it('a cross-signed device does, and the list says so from what was delivered', async () => {
            const bobKeys = keysAt(bob);
            await bob.account.rtc.join(roomId, []);
            await alice.account.rtc.join(roomId, [share]);
            await untilRoom(alice.account, roomId, (r) => r.rtc.length === 2, 'both memberships');
            await alice.account.rtc.startKeys(roomId);
            const audience = await untilAudience(alice, roomId, (a) => a.holders.length === 1, 'one holder');
            assert.equal(audience.generation, 0);
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
            const told = await untilAudience(
                bob,
                roomId,
                (a) => a.holders.length === 1,
                'what Alice tells',
                device(alice),
            );
            assert.deepEqual(ids(told.holders), [bob.account.deviceId]);
            assert.equal(told.policy, 'crossSigned');
            assert.equal(told.toldBy?.deviceId, alice.account.deviceId);
        });
        it('a device that its owner has not verified does not, and is told why', async () => {
            bob2 = await again(bob);
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
            const before = (await untilAudience(alice, roomId, (a) => a.holders.length === 2, 'two')).generation ?? 0;
            await bob2.account.stop();
            await lastClientOfDevice(bob2).logout();
            const audience = await untilAudience(
                alice,
                roomId,
                (a) => a.generation === before + 1 && a.holders.length === 1,
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
        it('the wrong password resets nothing', async () => {
            await assert.rejects(bob.account.trust.resetIdentity('wrong'), { code: 'login.wrongPassword' });
            await assert.rejects(bob.account.trust.resetIdentity(undefined), { code: 'trust.needsPassword' });
            await bob.reopen(options);
            await untilOwn(bob, 'trusted');
        });
    });
});

function lastClientOfDevice(p: Person) {
    const sdk = lastClientOf(p.userId);
    if (sdk.getDeviceId() !== p.account.deviceId) throw new Error('another device signed in since');
    return sdk;
}

/** Both sides compare the emoji and confirm; ends when both are done. */
async function verifyWith(from: Person, begin: () => Promise<Verification>, other: Person): Promise<void> {
    const seen = new Map<Person, Verification>();
    const listening = [from, other].map((p) => p.account.trust.onVerification((v) => void seen.set(p, v)));
    const ours = await begin();
    seen.set(from, seen.get(from) ?? ours);
    const reached = (p: Person, kind: string): Promise<void> =>
        until(
            () => seen.get(p)?.state.kind === kind,
            (check) => p.account.trust.onVerification(check),
            `${kind}; now ${JSON.stringify(seen.get(p)?.state)}`,
        );
    await reached(other, 'asked');
    const theirs = seen.get(other)?.id ?? '';
    await other.account.trust.verify(theirs, 'accept');
    await Promise.all([reached(from, 'comparing'), reached(other, 'comparing')]);
    const [a, b] = [seen.get(from)?.state, seen.get(other)?.state];
    assert.ok(a?.kind === 'comparing' && a.emoji.length === 7);
    assert.deepEqual(a, b);
    await from.account.trust.verify(ours.id, 'confirm');
    await other.account.trust.verify(theirs, 'confirm');
    await Promise.all([reached(from, 'done'), reached(other, 'done')]);
    for (const subscription of listening) subscription.dispose();
}
