/** Identity and recovery on a real homeserver. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { startSynapse, type Synapse } from '../stack/synapse.ts';
import type { MatrixClient } from 'matrix-js-sdk/lib/matrix.js';
import { startFaultProxy, type FaultProxy } from './support/faultProxy.ts';
import { clientOf, lastClientOf } from './support/matrixClients.ts';
import { newPerson, signedIn, until, untilOwn, type Person } from './support/matrixAccounts.ts';

describe('trust on a real homeserver', function () {
    this.timeout(30_000);
    let synapse: Synapse;
    const people: Person[] = [];
    const keep = (p: Person): Person => {
        people.push(p);
        return p;
    };
    const person = async (name: string): Promise<Person> => keep(await newPerson(synapse, name));
    const again = async (p: Person): Promise<Person> => keep(await signedIn(synapse, p.userId, p.password));
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
            await alice.reopen();
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
            ({ key: recoveryKey } = await alice.account.trust.setUpRecovery(undefined));
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
            await sdk.setAccountData(name, {});
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
        it('a device that runs all the while notices it with the next key that it would put there', async () => {
            const { account } = alice;
            const roomId = await account.createSessionRoom({ name: 'b', invite: [], workspaceLink: undefined });
            await account.chat.send(roomId, 'b.1', { kind: 'text', markdown: 'a new key', replyTo: null });
            await until(
                () => account.trust.own.backup === 'replaced',
                (check) => account.trust.onOwn(check),
                'the word of the other backup',
                30_000, // the SDK waits up to ten seconds before it uploads keys
            );
            assert.equal(account.trust.own.kind, 'trusted');
        });
        it('that backup is not deleted unasked when recovery is set up anew', async () => {
            const sdk = lastClientOf(alice.userId);
            const before = await backupOnServer(sdk);
            await assert.rejects(alice.account.trust.setUpRecovery(undefined), { code: 'trust.otherBackup' });
            assert.equal(await backupOnServer(sdk), before);
            const fourth = await again(alice);
            await untilOwn(fourth, 'untrusted');
            assert.equal((await fourth.account.trust.recover(recoveryKey)).backup, 'replaced', 'the key works still');
        });
        it('a passphrase works in place of the key', async () => {
            const { key, unfinished } = await alice.account.trust.setUpRecovery('correct horse battery staple', true);
            assert.equal(unfinished, undefined);
            assert.notEqual(key, recoveryKey);
            const fourth = await again(alice);
            await untilOwn(fourth, 'untrusted');
            assert.equal(await fourth.account.trust.recoveryKind(), 'passphrase');
            await assert.rejects(fourth.account.trust.recover('wrong horse'), { code: 'trust.wrongKey' });
            await fourth.account.trust.recover('correct horse battery staple');
            await untilOwn(fourth, 'trusted');
        });
    });

    describe('what may be lost only once something else is there', () => {
        let proxy: FaultProxy;
        let dora: Person;
        let key: string;
        let kept: { backup: string | undefined; storage: string | undefined };
        const onServer = async () => {
            const sdk = clientOf({ userId: dora.userId, deviceId: dora.account.deviceId });
            const content = await sdk.getAccountDataFromServer('m.secret_storage.default_key');
            return { backup: await backupOnServer(sdk), storage: content?.key };
        };
        before(async () => {
            proxy = await startFaultProxy(synapse.baseUrl);
            dora = keep(await newPerson(synapse, 'Dora', { fetch: proxy.fetch }));
            await untilOwn(dora, 'trusted');
        });
        after(() => proxy.stop());

        it('a recovery key is shown even when the backup could not be made after it', async () => {
            proxy.meddle(({ method, path }) =>
                method === 'POST' && path.includes('/room_keys/version') ? { kind: 'refuse', status: 500 } : undefined,
            );
            const made = await dora.account.trust.setUpRecovery(undefined);
            proxy.meddle(undefined);
            assert.match(made.unfinished ?? '', /status 500/u);
            const second = await again(dora);
            await untilOwn(second, 'untrusted');
            assert.equal((await second.account.trust.recover(made.key)).backup, 'none');
            await untilOwn(second, 'trusted');
        });
        it('a look at the backup that fails changes nothing', async () => {
            const before = await onServer();
            proxy.meddle(({ method, path }) =>
                method === 'GET' && path.includes('/room_keys/version') ? { kind: 'refuse', status: 500 } : undefined,
            );
            await assert.rejects(dora.account.trust.setUpRecovery(undefined), { code: 'server.error' });
            proxy.meddle(undefined);
            assert.deepEqual(await onServer(), before);
            const made = await dora.account.trust.setUpRecovery(undefined);
            assert.equal(made.unfinished, undefined);
            key = made.key;
            kept = await onServer();
            assert.ok(kept.backup !== undefined && kept.storage !== before.storage);
        });
        it('a wrong password or none gives up nothing, also where the server lets other things pass with it', async () => {
            proxy.meddle(({ path }) =>
                path.includes('/delete_devices') ? { kind: 'refuse', status: 200, body: {} } : undefined,
            );
            await assert.rejects(dora.account.trust.resetIdentity('wrong'), { code: 'login.wrongPassword' });
            await assert.rejects(dora.account.trust.resetIdentity(undefined), { code: 'trust.needsPassword' });
            proxy.meddle(undefined);
            assert.deepEqual(await onServer(), kept);
            await dora.reopen();
            await untilOwn(dora, 'trusted');
        });
        it('an identity that could not be uploaded gives up nothing', async () => {
            proxy.meddle(({ path, body }) =>
                path.includes('/keys/device_signing/upload') && body.includes('master_key')
                    ? { kind: 'refuse', status: 403, body: { errcode: 'M_FORBIDDEN', error: 'not now' } }
                    : undefined,
            );
            await assert.rejects(dora.account.trust.resetIdentity(dora.password), { code: 'server.refused' });
            proxy.meddle(undefined);
            assert.deepEqual(await onServer(), kept);
            const third = await again(dora);
            await untilOwn(third, 'untrusted');
            assert.equal((await third.account.trust.recover(key)).backup, 'restored');
        });
        it('a new identity puts the old recovery away, and begins a backup of its own', async () => {
            await dora.account.trust.resetIdentity(dora.password);
            await untilOwn(dora, 'trusted');
            const now = await onServer();
            assert.equal(now.storage, undefined);
            assert.ok(now.backup !== undefined && now.backup !== kept.backup);
            assert.equal(dora.account.trust.own.recovery, 'none');
            await assert.rejects(dora.account.trust.recover(key), { code: 'trust.noRecovery' });
            const { unfinished } = await dora.account.trust.setUpRecovery(undefined);
            assert.equal(unfinished, undefined);
        });
    });
});

async function backupOnServer(sdk: MatrixClient): Promise<string | undefined> {
    try {
        const path = '/room_keys/version';
        return (await sdk.http.authedRequest<{ version: string }>('GET' as never, path)).version;
    } catch (error) {
        if ((error as { errcode?: string }).errcode === 'M_NOT_FOUND') return undefined;
        throw error;
    }
}
