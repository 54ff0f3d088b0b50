/** Verification, recovery and backup with matrix-js-sdk by itself as the other device. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'mocha';
import type { Verification } from '../../src/extension/trustPort.ts';
import { startSynapse, type Synapse } from '../stack/synapse.ts';
import { newPerson, signedIn, until, untilRoom, type Person } from './support/matrixAccounts.ts';
import { sasOf, startSdkPeer, untilPhase, type SdkPeer } from './support/sdkPeer.ts';

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
    const peerOf = async (userId: string, password: string): Promise<SdkPeer> => {
        const peer = await startSdkPeer(synapse, userId, password);
        peers.push(peer);
        return peer;
    };
    const own = (p: Person, kind: string): Promise<void> =>
        until(
            () => p.account.trust.own.kind === kind,
            (check) => p.account.trust.onOwn(check),
            `own trust ${kind}; now ${p.account.trust.own.kind}`,
        );
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
        await own(hush, 'untrusted');
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
        await own(hush, 'trusted');
    });

    it('started by the other client: it is brought before the person, and makes that client trusted', async () => {
        const hush = keep(await newPerson(synapse, 'Alice'));
        await own(hush, 'trusted');
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

    for (const [what, end, reason] of [
        ['emoji that do not match, said there', 'mismatch', 'mismatch'],
        ['a cancellation there', 'cancel', 'byThem'],
    ] as const)
        it(`${what}: said for what it is, and nothing is verified`, async () => {
            const alice = keep(await newPerson(synapse, 'Alice'));
            await own(alice, 'trusted');
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
        await own(alice, 'trusted');
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
        await own(hush, 'untrusted');
        const { backup } = await hush.account.trust.recover(made.encodedPrivateKey ?? '');
        assert.equal(backup, 'restored');
        await own(hush, 'trusted');
        const key = await hush.account.trust.setUpRecovery(undefined);
        const { decodeRecoveryKey } = await import('matrix-js-sdk/lib/crypto-api/index.js');
        const third = await peerOf(userId, password);
        const id = await third.sdk.secretStorage.getDefaultKeyId();
        third.storageKeys.set(id ?? '', decodeRecoveryKey(key));
        await third.sdk.getCrypto()?.userHasCrossSigningKeys(userId, true);
        await third.sdk.getCrypto()?.bootstrapCrossSigning({});
        assert.equal(await third.sdk.getCrypto()?.isCrossSigningReady(), true);
    });
});
