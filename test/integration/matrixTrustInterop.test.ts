/** Verification, recovery and backup with matrix-js-sdk by itself as the other device. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'mocha';
import type { Verification } from '../../src/core/trust/trustPort.ts';
import { eventually } from '../stack/eventually.ts';
import { startSynapse, type Synapse } from '../stack/synapse.ts';
import { newPerson, signedIn, until, untilOwn, untilRoom, type Person } from './support/matrixAccounts.ts';

import { sasOf, startSdkPeer, untilPhase, type SdkPeer } from './support/sdkPeer.ts';
import { verifyWith } from './support/verifyWith.ts';

const { uploadAuth } = await import('../../src/matrix/trust/uploadAuth.ts');
const { VerificationPhase } = await import('matrix-js-sdk/lib/crypto-api/index.js');

describe('trust with another Matrix client', function () {
    this.timeout(60_000);
    let synapse: Synapse;
    const people: Person[] = [];
    const peers: SdkPeer[] = [];
    const keep = (p: Person): Person => {
        people.push(p);
        return p;
    };
    const peerOf = async (userId: string, password: string, methods?: readonly string[]): Promise<SdkPeer> => {
        const peer = await startSdkPeer(synapse, userId, password, methods);
        peers.push(peer);
        return peer;
    };
    /** Follows the verifications of one person. */
    const follow = (p: Person) => {
        let last: Verification | undefined;
        p.account.trust.onVerification((v) => {
            last = v;
        });
        return {
            get last() {
                return last;
            },
            reached: (kind: string): Promise<Verification> =>
                until(
                    () => last?.state.kind === kind,
                    (check) => p.account.trust.onVerification(check),
                    `${kind}; now ${JSON.stringify(last?.state)}`,
                ).then(() => last as Verification),
        };
    };
    const namesOf = (v: Verification): string[] =>
        v.state.kind === 'comparing' ? v.state.emoji.map((e) => e.name) : [];

    before(async function () {
        this.timeout(180_000);
        synapse = await startSynapse({ livekitServiceUrl: 'http://127.0.0.1:9/livekit' });
    });
    afterEach(async () => {
        for (const peer of peers.splice(0)) peer.stop();
        await Promise.all(people.splice(0).map((p) => p.account.stop().catch(() => undefined)));
    });
    after(() => synapse?.stop());

    it('an account whose other client has an identity: Hush makes none, and is verified by it, started here', async () => {
        const { userId, password } = await synapse.createAccount('first');
        const peer = await peerOf(userId, password);
        await peer.sdk
            .getCrypto()
            ?.bootstrapCrossSigning({ authUploadDeviceSigningKeys: uploadAuth(userId, password) });
        const hush = keep(await signedIn(synapse, userId, password));
        await untilOwn(hush, 'untrusted');
        await until(
            () => hush.account.trust.own.otherDevices,
            (check) => hush.account.trust.onOwn(check),
            'the other device',
        );
        const asked = peer.request();
        const following = follow(hush);
        const { id } = await hush.account.trust.verifyOwnDevices();
        const request = await asked;
        assert.equal(request.otherDeviceId, hush.account.deviceId);
        await request.accept();
        const sas = await sasOf(request, false);
        const ours = await following.reached('comparing');
        assert.deepEqual(
            namesOf(ours),
            sas.sas.emoji?.map(([, name]) => name),
        );
        await Promise.all([sas.confirm(), hush.account.trust.verify(id, 'confirm')]);
        await following.reached('done');
        await untilPhase(request, VerificationPhase.Done);
        await untilOwn(hush, 'trusted');
    });

    it('started by the other client: it is brought before the person, and makes that client trusted', async () => {
        const hush = keep(await newPerson(synapse, 'Alice'));
        await untilOwn(hush, 'trusted');
        const following = follow(hush);
        const peer = await peerOf(hush.userId, hush.password);
        const request = await peer.sdk.getCrypto()!.requestOwnUserVerification();
        const { id, self, startedHere } = await following.reached('asked');
        assert.deepEqual([self, startedHere], [true, false]);
        await hush.account.trust.verify(id, 'accept');
        const sas = await sasOf(request, true);
        await following.reached('comparing');
        await Promise.all([sas.confirm(), hush.account.trust.verify(id, 'confirm')]);
        await untilPhase(request, VerificationPhase.Done);
        const status = await peer.sdk.getCrypto()?.getDeviceVerificationStatus(hush.userId, hush.account.deviceId);
        assert.equal(status?.crossSigningVerified, true);
    });

    it('asked while Hush was away by a device that it does not know yet, it learns of the device first', async () => {
        const hush = keep(await newPerson(synapse, 'Alice'));
        await untilOwn(hush, 'trusted');
        await hush.account.stop();
        const peer = await peerOf(hush.userId, hush.password);
        await peer.sdk.getCrypto()!.getUserDeviceInfo([hush.userId], true);
        const request = await peer.sdk.getCrypto()!.requestOwnUserVerification();
        const account = await hush.reopen();
        const { id } = await follow({ ...hush, account }).reached('asked');
        await account.trust.verify(id, 'cancel');
        await untilPhase(request, VerificationPhase.Cancelled);
    });

    for (const [what, end, reason] of [
        ['emoji that do not match, said there', 'mismatch', 'mismatch'],
        ['a cancellation there', 'cancel', 'byThem'],
    ] as const)
        it(`${what}: said for what it is, and nothing is verified`, async () => {
            const alice = keep(await newPerson(synapse, 'Alice'));
            await untilOwn(alice, 'trusted');
            const { userId, password } = await synapse.createAccount(`bob-${end}`);
            const bob = await peerOf(userId, password);
            await bob.sdk
                .getCrypto()
                ?.bootstrapCrossSigning({ authUploadDeviceSigningKeys: uploadAuth(userId, password) });
            const roomId = await alice.account.createSessionRoom({
                name: 'r',
                invite: [userId],
                workspaceLink: undefined,
            });
            await bob.sdk.joinRoom(roomId);
            await untilRoom(
                alice.account,
                roomId,
                (r) => r.members.some((m) => m.userId === userId && m.membership === 'join'),
                'Bob',
            );
            const asked = bob.request();
            const following = follow(alice);
            const { id } = await alice.account.trust.verifyPerson(userId, roomId);
            const request = await asked;
            await request.accept();
            const sas = await sasOf(request, false);
            await following.reached('comparing');
            if (end === 'mismatch') sas.mismatch();
            else sas.cancel();
            const { state } = await following.reached('cancelled');
            assert.deepEqual(state, { kind: 'cancelled', reason });
            assert.equal((await alice.account.trust.person(userId)).verified, false);
            await alice.account.trust.verify(id, 'confirm'); // too late: changes nothing
            assert.equal((await alice.account.trust.person(userId)).verified, false);
        });

    it('a person who declines, and one who has no identity', async () => {
        const alice = keep(await newPerson(synapse, 'Alice'));
        await untilOwn(alice, 'trusted');
        const { userId, password } = await synapse.createAccount('nobody');
        const bob = await peerOf(userId, password);
        const roomId = await alice.account.createSessionRoom({ name: 'r', invite: [userId], workspaceLink: undefined });
        await bob.sdk.joinRoom(roomId);
        await untilRoom(alice.account, roomId, (r) => r.members.every((m) => m.membership === 'join'), 'Bob');
        await assert.rejects(alice.account.trust.verifyPerson(userId, roomId), { code: 'trust.noIdentity' });
        await bob.sdk.getCrypto()?.bootstrapCrossSigning({ authUploadDeviceSigningKeys: uploadAuth(userId, password) });
        let known = false;
        await until(
            () => known,
            (check) => {
                const timer = setInterval(
                    () => void alice.account.trust.person(userId).then((p) => ((known = p.hasIdentity), check())),
                    100,
                );
                return { dispose: () => clearInterval(timer) };
            },
            'the identity',
        );
        const asked = bob.request();
        const following = follow(alice);
        await alice.account.trust.verifyPerson(userId, roomId);
        await (await asked).cancel();
        const { state } = await following.reached('cancelled');
        assert.deepEqual(state, { kind: 'cancelled', reason: 'declined' });
    });

    it('a client without emoji: said so, and nothing waits', async () => {
        const alice = keep(await newPerson(synapse, 'Alice'));
        await untilOwn(alice, 'trusted');
        const peer = await peerOf(alice.userId, alice.password, ['m.qr_code.scan.v1', 'm.reciprocate.v1']);
        const known = (): Promise<string> => alice.account.deviceTrust(peer.userId, peer.deviceId);
        await eventually(async () => (await known()) !== 'unknown', 'the other device to be known');
        const asked = peer.request();
        const following = follow(alice);
        await alice.account.trust.verifyOwnDevices();
        const request = await asked;
        await request.accept();
        const { state } = await following.reached('cancelled');
        assert.deepEqual(state, { kind: 'cancelled', reason: 'unknownMethod' });
        await untilPhase(request, VerificationPhase.Cancelled);
    });

    it('a request that another device of ours takes is over here, and says where it goes on', async () => {
        const alice = keep(await newPerson(synapse, 'Alice'));
        await untilOwn(alice, 'trusted');
        const second = keep(await signedIn(synapse, alice.userId, alice.password));
        await untilOwn(second, 'untrusted');
        await verifyWith(second, () => second.account.trust.verifyOwnDevices(), alice);
        const peer = await peerOf(alice.userId, alice.password);
        const known = (p: Person): Promise<string> => p.account.deviceTrust(peer.userId, peer.deviceId);
        for (const p of [alice, second])
            await eventually(async () => (await known(p)) !== 'unknown', 'the other device to be known');
        await peer.sdk.getCrypto()!.getUserDeviceInfo([alice.userId], true);
        const [here, there] = [follow(alice), follow(second)];
        await peer.sdk.getCrypto()!.requestOwnUserVerification();
        const { id } = await there.reached('asked');
        await here.reached('asked');
        await second.account.trust.verify(id, 'accept');
        const { state } = await here.reached('cancelled');
        assert.deepEqual(state, { kind: 'cancelled', reason: 'elsewhere' });
    });

    it('nobody answers for ten minutes: it is over at both ends, and is said to be too late', async () => {
        const alice = keep(await newPerson(synapse, 'Alice'));
        await untilOwn(alice, 'trusted');
        const peer = await peerOf(alice.userId, alice.password);
        // It is asked of the devices that Alice's knows of.
        const known = (): Promise<string> => alice.account.deviceTrust(peer.userId, peer.deviceId);
        await eventually(async () => (await known()) !== 'unknown', 'the other device to be known');
        const asked = peer.request();
        const following = follow(alice);
        const { setTimeout: real } = globalThis;
        const minutes: (() => void)[] = [];
        const patient = (work: () => void, ms?: number, ...rest: []): NodeJS.Timeout => {
            if ((ms ?? 0) < 500_000) return real(work, ms, ...rest);
            minutes.push(work);
            return real(() => undefined, 0);
        };
        globalThis.setTimeout = patient as typeof real;
        try {
            await alice.account.trust.verifyOwnDevices();
        } finally {
            globalThis.setTimeout = real;
        }
        const request = await asked;
        assert.equal(minutes.length, 1);
        minutes[0]?.();
        assert.deepEqual((await following.reached('cancelled')).state, { kind: 'cancelled', reason: 'timeout' });
        await untilPhase(request, VerificationPhase.Cancelled);
    });

    it('a message whose key the other client keeps from devices that are not verified says so', async () => {
        const alice = keep(await newPerson(synapse, 'Alice'));
        await untilOwn(alice, 'trusted');
        const { userId, password } = await synapse.createAccount('strict');
        const bob = await peerOf(userId, password);
        const roomId = await alice.account.createSessionRoom({ name: 'r', invite: [userId], workspaceLink: undefined });
        await bob.sdk.joinRoom(roomId);
        await untilRoom(alice.account, roomId, (r) => r.members.every((m) => m.membership === 'join'), 'Bob');
        const crypto = bob.sdk.getCrypto();
        assert.ok(crypto);
        await eventually(() => crypto.isEncryptionEnabledInRoom(roomId), 'the room at the other client');
        crypto.globalBlacklistUnverifiedDevices = true;
        await bob.sdk.sendTextMessage(roomId, 'for verified devices only');
        const shown = await eventually(async () => {
            const { messages } = await alice.account.chat.timeline(roomId);
            return messages.find((m) => m.kind === 'unreadable' && /verified devices only/u.test(m.body));
        }, 'the reason');
        assert.match(shown.body, /gives keys to verified devices only, and this one is not verified/u);
    });

    it('recovery that the other client set up is used here, and ours there', async () => {
        const { userId, password } = await synapse.createAccount('recovered');
        const peer = await peerOf(userId, password);
        const crypto = peer.sdk.getCrypto();
        assert.ok(crypto);
        await crypto.bootstrapCrossSigning({ authUploadDeviceSigningKeys: uploadAuth(userId, password) });
        const made = await crypto.createRecoveryKeyFromPassphrase();
        await crypto.bootstrapSecretStorage({
            createSecretStorageKey: () => Promise.resolve(made),
            setupNewKeyBackup: true,
        });
        const hush = keep(await signedIn(synapse, userId, password));
        await untilOwn(hush, 'untrusted');
        const { backup } = await hush.account.trust.recover(made.encodedPrivateKey ?? '');
        assert.equal(backup, 'restored');
        await untilOwn(hush, 'trusted');
        const { key } = await hush.account.trust.setUpRecovery(undefined);
        const { decodeRecoveryKey } = await import('matrix-js-sdk/lib/crypto-api/index.js');
        const third = await peerOf(userId, password);
        const id = await third.sdk.secretStorage.getDefaultKeyId();
        third.storageKeys.set(id ?? '', decodeRecoveryKey(key));
        await third.sdk.getCrypto()?.userHasCrossSigningKeys(userId, true);
        await third.sdk.getCrypto()?.bootstrapCrossSigning({});
        assert.equal(await third.sdk.getCrypto()?.isCrossSigningReady(), true);
    });
});
