/**
 * Scenarios that the Matrix project's own client suite (matrix-org/complement-crypto) runs against SDKs, by its names, run
 * against Hush's account on a real Synapse, with a proxy that fails between them.
 */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'mocha';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { logInWithPassword } from '../../src/matrix/login.ts';
import { startSynapse, type Synapse } from '../stack/synapse.ts';
import { startFaultProxy, type FaultProxy } from './support/faultProxy.ts';
import {
    newPerson,
    pair,
    signedIn,
    until,
    untilRoom,
    type OpenOptions,
    type Person,
} from './support/matrixAccounts.ts';
import { startChild } from './support/child.ts';
import { newStorageKey } from './support/matrixEngine.ts';
import { clientOf } from './support/matrixClients.ts';
import { read, say } from './support/roomMessages.ts';

const { ClientEvent } = await import('matrix-js-sdk/lib/matrix.js');
const { CryptoEvent } = await import('matrix-js-sdk/lib/crypto-api/index.js');

describe('end-to-end encryption (scenarios of complement-crypto)', function () {
    this.timeout(60_000);
    let synapse: Synapse;
    const people: Person[] = [];
    const proxies: FaultProxy[] = [];
    const keep = (p: Person): Person => {
        people.push(p);
        return p;
    };
    const person = async (name: string, options?: OpenOptions): Promise<Person> =>
        keep(await newPerson(synapse, name, options));
    const again = async (p: Person): Promise<Person> => keep(await signedIn(synapse, p.userId, p.password));
    const proxied = async (): Promise<FaultProxy> => {
        const proxy = await startFaultProxy(synapse.baseUrl);
        proxies.push(proxy);
        return proxy;
    };
    const sdkOf = (p: Person) => clientOf({ userId: p.userId, deviceId: p.account.deviceId });
    const trusted = (p: Person): Promise<void> =>
        until(
            () => p.account.trust.own.kind === 'trusted',
            (check) => p.account.trust.onOwn(check),
            'own trust',
        );
    /** Two people who have exchanged a message, so that sessions and keys are there. */
    const talking = async (): Promise<{ alice: Person; bob: Person; roomId: string; session: string }> => {
        const [alice, bob] = await Promise.all([person('Alice'), person('Bob')]);
        await Promise.all([alice, bob].map(trusted));
        const roomId = await pair(alice, bob);
        const { eventId, session } = await say(alice, roomId, 'hello');
        assert.equal(await read(bob, roomId, eventId, 'body'), 'hello');
        return { alice, bob, roomId, session };
    };
    const knows = (p: Person, userId: string, deviceId: string, there: boolean): Promise<void> => {
        let known: boolean | undefined;
        return until(
            () => known === there,
            (check) => {
                const look = (): void =>
                    void p.account.deviceTrust(userId, deviceId).then((trust) => {
                        known = trust !== 'unknown';
                        check();
                    });
                const sdk = sdkOf(p);
                sdk.on(CryptoEvent.DevicesUpdated, look);
                look();
                return { dispose: () => sdk.off(CryptoEvent.DevicesUpdated, look) };
            },
            `the device ${there ? 'to be known' : 'to be gone'}`,
        );
    };

    before(async function () {
        this.timeout(180_000);
        synapse = await startSynapse({ livekitServiceUrl: 'http://127.0.0.1:9/livekit' });
    });
    afterEach(async () => {
        await Promise.all(people.splice(0).map((p) => p.account.stop().catch(() => undefined)));
        await Promise.all(proxies.splice(0).map((p) => p.stop()));
    });
    after(() => synapse?.stop());

    it('TestRoomKeyIsCycledOnDeviceLogout', async () => {
        const { alice, bob, roomId } = await talking();
        const bob2 = await again(bob);
        await knows(alice, bob.userId, bob2.account.deviceId, true);
        const { session } = await say(alice, roomId, 'to three devices');
        const { deviceId } = bob2.account;
        const sdk = sdkOf(bob2);
        await bob2.account.stop();
        await sdk.logout();
        await knows(alice, bob.userId, deviceId, false);
        assert.notEqual((await say(alice, roomId, 'to two')).session, session);
    });

    it('TestRoomKeyIsCycledOnMemberLeaving', async () => {
        const { alice, bob, roomId, session } = await talking();
        await bob.account.leaveRoom(roomId);
        await untilRoom(alice.account, roomId, (r) => r.members.length === 1, 'Bob gone');
        assert.notEqual((await say(alice, roomId, 'alone')).session, session);
    });

    for (const [name, rule] of [
        ['TestRoomKeyIsCycledAfterEnoughMessages', { rotation_period_msgs: 3 }],
        ['TestRoomKeyIsCycledAfterEnoughTime', { rotation_period_ms: 3_600_000 }],
    ] as const)
        it(name, async () => {
            const alice = await person('Alice');
            const sdk = sdkOf(alice);
            const content = { algorithm: 'm.megolm.v1.aes-sha2', ...rule };
            const { room_id: roomId } = await sdk.createRoom({
                initial_state: [{ type: 'm.room.encryption', state_key: '', content }],
            });
            await untilRoom(alice.account, roomId, (r) => r.encrypted, 'the room');
            const sessions: string[] = [];
            const { now } = Date;
            try {
                for (let n = 0; n < 4; n++) {
                    // The crypto library never rotates by time more often than once an hour: two pass before the last.
                    if (n === 3 && 'rotation_period_ms' in rule) Date.now = () => now() + 7_200_000;
                    sessions.push((await say(alice, roomId, `message ${n}`)).session);
                }
            } finally {
                Date.now = now;
            }
            assert.equal(new Set(sessions.slice(0, 3)).size, 1);
            assert.notEqual(sessions[3], sessions[0]);
        });

    it('TestRoomKeyIsNotCycled: not by names, nor by another person’s message', async () => {
        const { alice, bob, roomId, session } = await talking();
        await sdkOf(bob).setDisplayName('Bobby');
        await untilRoom(alice.account, roomId, (r) => r.members.some((m) => m.name === 'Bobby'), 'the new name');
        const { eventId } = await say(bob, roomId, 'hi');
        assert.equal(await read(alice, roomId, eventId, 'body'), 'hi');
        assert.equal((await say(alice, roomId, 'the same')).session, session);
    });

    it('TestRoomKeyIsNotCycledOnClientRestart', async () => {
        const { alice, bob, roomId, session } = await talking();
        await alice.reopen();
        const { eventId, session: next } = await say(alice, roomId, 'back');
        assert.equal(next, session);
        assert.equal(await read(bob, roomId, eventId, 'body'), 'back');
    });

    it('TestFallbackKeyIsUsedIfOneTimeKeysRunOut', async () => {
        const [bob, alice] = await Promise.all([person('Bob'), person('Alice')]);
        const roomId = await pair(alice, bob);
        const { deviceId } = bob.account;
        const claim = { one_time_keys: { [bob.userId]: { [deviceId]: 'signed_curve25519' } } };
        await bob.account.stop(); // so that it does not upload new ones
        const sdk = sdkOf(alice);
        let fallback: string | undefined;
        for (let n = 0; n < 120 && fallback === undefined; n++) {
            const { one_time_keys: keys } = await sdk.http.authedRequest<{
                one_time_keys: Record<string, Record<string, Record<string, { key: string; fallback?: boolean }>>>;
            }>('POST' as never, '/keys/claim', undefined, claim);
            const [key] = Object.values(keys[bob.userId]?.[deviceId] ?? {});
            assert.ok(key, 'neither one-time key nor fallback');
            if (key.fallback === true) fallback = key.key;
        }
        assert.ok(fallback, 'the fallback key was never handed out');
        const { eventId } = await say(alice, roomId, 'through the fallback key');
        await bob.reopen();
        assert.equal(await read(bob, roomId, eventId, 'body'), 'through the fallback key');
    });

    it('TestFailedOneTimeKeyUploadRetries', async () => {
        const proxy = await proxied();
        let failed = 0;
        proxy.meddle(({ path }) =>
            path.includes('/keys/upload') && failed++ < 2 ? { kind: 'refuse', status: 504 } : undefined,
        );
        const bob = await person('Bob', { fetch: proxy.fetch });
        await proxy.until((seen) => seen.filter(({ path }) => path.includes('/keys/upload')).length > 2);
        const alice = await person('Alice');
        const roomId = await pair(alice, bob);
        const { eventId } = await say(alice, roomId, 'you have keys');
        assert.equal(await read(bob, roomId, eventId, 'body'), 'you have keys');
    });

    it('TestSigkillBeforeKeysUploadResponse', async () => {
        const proxy = await proxied();
        const bob = await person('Bob');
        const { userId, password } = await synapse.createAccount('killed');
        const login = { baseUrl: synapse.baseUrl, user: userId, password, deviceName: 'Hush test' };
        const session = await logInWithPassword(login, fetch, Date.now);
        const folder = await mkdtemp(join(tmpdir(), 'hush-killed-'));
        const stored = { ...session, baseUrl: proxy.url, storageKey: newStorageKey() };
        await writeFile(join(folder, 'account.json'), JSON.stringify(stored));
        let uploads = 0;
        // The server takes the keys; the answer never arrives, and the process dies while it waits.
        proxy.meddle(({ path }) =>
            path.includes('/keys/upload') && uploads++ === 0 ? { kind: 'loseAnswer' } : undefined,
        );
        const first = startChild('matrixChild.ts', folder, 'read');
        await proxy.until(() => uploads === 1);
        await first.kill();
        const second = startChild('matrixChild.ts', folder, 'read');
        try {
            await second.until((lines) => lines.includes('ready'), 'the start');
            const roomId = await bob.account.createSessionRoom({
                name: 'r',
                invite: [userId],
                workspaceLink: undefined,
            });
            const joined = await fetch(`${synapse.baseUrl}/_matrix/client/v3/join/${encodeURIComponent(roomId)}`, {
                method: 'POST',
                body: '{}',
                headers: { Authorization: `Bearer ${session.accessToken}` },
            });
            assert.equal(joined.status, 200);
            await untilRoom(bob.account, roomId, (r) => r.members.every((m) => m.membership === 'join'), 'the other');
            await say(bob, roomId, 'you live');
            await second.until((lines) => lines.includes('read you live'), 'the message');
        } finally {
            await second.kill();
        }
    });

    it('TestFailedKeysClaimRetries', async () => {
        const proxy = await proxied();
        const [alice, bob] = await Promise.all([person('Alice', { fetch: proxy.fetch }), person('Bob')]);
        const roomId = await pair(alice, bob);
        let failed = 0;
        proxy.meddle(({ path }) =>
            path.includes('/keys/claim') && failed++ < 1 ? { kind: 'refuse', status: 504 } : undefined,
        );
        await say(alice, roomId, 'maybe lost').catch(() => undefined);
        assert.ok(failed > 0, 'no key was claimed');
        const { eventId } = await say(alice, roomId, 'not lost');
        assert.equal(await read(bob, roomId, eventId, 'body'), 'not lost');
    });

    it('TestFailedDeviceKeyDownloadRetries', async () => {
        const proxy = await proxied();
        const [alice, bob] = await Promise.all([person('Alice', { fetch: proxy.fetch }), person('Bob')]);
        let failed = 0;
        proxy.meddle(({ path, body }) =>
            path.includes('/keys/query') && body.includes(bob.userId) && failed++ < 1
                ? { kind: 'refuse', status: 504 }
                : undefined,
        );
        const roomId = await pair(alice, bob);
        await say(alice, roomId, 'first').catch(() => undefined);
        assert.ok(failed > 0, 'no key was asked for');
        await knows(alice, bob.userId, bob.account.deviceId, true);
        const { eventId } = await say(alice, roomId, 'second');
        assert.equal(await read(bob, roomId, eventId, 'body'), 'second');
    });

    it('TestClientRetriesSendToDevice: a room key that was refused is sent again', async () => {
        const proxy = await proxied();
        const [alice, bob] = await Promise.all([person('Alice', { fetch: proxy.fetch }), person('Bob')]);
        const roomId = await pair(alice, bob);
        let failed = 0;
        proxy.meddle(({ path }) =>
            path.includes('/sendToDevice/') && failed++ < 1 ? { kind: 'refuse', status: 503 } : undefined,
        );
        const { eventId } = await say(alice, roomId, 'sent twice');
        assert.equal(await read(bob, roomId, eventId, 'body'), 'sent twice');
        assert.ok(failed > 1);
    });

    it('TestUnprocessedToDeviceMessagesArentLostOnRestart', async () => {
        const { alice, bob, roomId } = await talking();
        await bob.account.stop();
        const sent: { eventId: string; body: string }[] = [];
        for (let n = 0; n < 5; n++) {
            await sdkOf(alice).getCrypto()?.forceDiscardSession(roomId); // a new room key, a to-device message, each time
            sent.push({ eventId: (await say(alice, roomId, `while away ${n}`)).eventId, body: `while away ${n}` });
        }
        await bob.reopen();
        for (const { eventId, body } of sent) assert.equal(await read(bob, roomId, eventId, 'body'), body);
    });

    it('TestToDeviceMessagesArentLostWhenKeysQueryFails', async () => {
        const proxy = await proxied();
        const [alice, bob] = await Promise.all([person('Alice'), person('Bob', { fetch: proxy.fetch })]);
        const roomId = await pair(alice, bob);
        const alice2 = await again(alice);
        await untilRoom(alice2.account, roomId, (r) => r.members.length === 2, 'the room');
        proxy.meddle(({ path }) => (path.includes('/keys/query') ? { kind: 'refuse', status: 504 } : undefined));
        const { eventId } = await say(alice2, roomId, 'from a device that you cannot look up');
        assert.equal(await read(bob, roomId, eventId, 'body'), 'from a device that you cannot look up');
        proxy.meddle(undefined);
    });

    it('TestToDeviceMessagesAreProcessedInOrder', async () => {
        const { alice, bob, roomId } = await talking();
        const order: number[] = [];
        const sdk = sdkOf(bob);
        sdk.on(ClientEvent.ReceivedToDeviceMessage, ({ message }) => {
            if (message.type === 'com.hush.test') order.push(Number(message.content['n']));
        });
        const { createOlmMessages } = await import('../../src/matrix/rtc/olmMessages.ts');
        const messages = createOlmMessages({
            sdk: sdkOf(alice),
            trackDevices: () => Promise.resolve(),
            log: alice.log,
        });
        for (let n = 0; n < 100; n++)
            await messages.send('com.hush.test', { n }, [{ userId: bob.userId, deviceId: bob.account.deviceId }]);
        const { eventId } = await say(alice, roomId, 'after them');
        assert.equal(await read(bob, roomId, eventId, 'body'), 'after them');
        await until(
            () => order.length === 100,
            (check) => {
                sdk.on(ClientEvent.ReceivedToDeviceMessage, check);
                return { dispose: () => sdk.off(ClientEvent.ReceivedToDeviceMessage, check) };
            },
            'a hundred messages',
        );
        assert.deepEqual(order, [...Array(100).keys()]);
    });

    it('TestCanDecryptMessagesAfterInviteButBeforeJoin', async () => {
        const [alice, bob] = await Promise.all([person('Alice'), person('Bob')]);
        const roomId = await alice.account.createSessionRoom({
            name: 'early',
            invite: [bob.userId],
            workspaceLink: undefined,
        });
        await untilRoom(bob.account, roomId, (r) => r.membership === 'invite', 'the invitation');
        await untilRoom(alice.account, roomId, (r) => r.members.length === 2, 'the invited');
        const { eventId } = await say(alice, roomId, 'before you came');
        await bob.account.join(roomId);
        await untilRoom(bob.account, roomId, (r) => r.membership === 'join', 'the room');
        assert.equal(await read(bob, roomId, eventId, 'body'), 'before you came');
    });

    it('TestOnRejoinBobCanSeeButNotDecryptHistoryInPublicRoom', async () => {
        const [alice, bob] = await Promise.all([person('Alice'), person('Bob')]);
        // Public: who invites would hand the history's keys over (MSC4268), as a room with shared history wants it.
        const state = [
            { type: 'm.room.encryption', state_key: '', content: { algorithm: 'm.megolm.v1.aes-sha2' } },
            { type: 'm.room.history_visibility', state_key: '', content: { history_visibility: 'shared' } },
            { type: 'm.room.join_rules', state_key: '', content: { join_rule: 'public' } },
        ];
        const { room_id: roomId } = await sdkOf(alice).createRoom({ initial_state: state });
        await bob.account.join(roomId);
        await untilRoom(alice.account, roomId, (r) => r.members.length === 2, 'Bob');
        await bob.account.leaveRoom(roomId);
        await untilRoom(alice.account, roomId, (r) => r.members.length === 1, 'Bob gone');
        const { eventId } = await say(alice, roomId, 'not for Bob');
        await bob.account.join(roomId);
        await untilRoom(bob.account, roomId, (r) => r.membership === 'join', 'the room');
        await untilRoom(alice.account, roomId, (r) => r.members.length === 2, 'Bob again');
        assert.match(await read(bob, roomId, eventId, 'failure'), /undecryptable/u);
        const later = await say(alice, roomId, 'for Bob');
        assert.equal(await read(bob, roomId, later.eventId, 'body'), 'for Bob');
    });

    it('TestOnNewDeviceBobCanSeeButNotDecryptHistoryInPublicRoom: without a backup', async () => {
        const { alice, bob, roomId } = await talking();
        const { eventId } = await say(alice, roomId, 'before the new device');
        assert.equal(await read(bob, roomId, eventId, 'body'), 'before the new device');
        const bob2 = await again(bob);
        await untilRoom(bob2.account, roomId, () => true, 'the room');
        assert.match(await read(bob2, roomId, eventId, 'failure'), /HISTORICAL_MESSAGE/u);
    });

    it('TestCanBackupKeys: the new device reads history once it has the recovery key', async () => {
        const { alice, bob, roomId } = await talking();
        const { eventId } = await say(alice, roomId, 'backed up');
        assert.equal(await read(bob, roomId, eventId, 'body'), 'backed up');
        const uploading = sdkOf(bob);
        let backedUp = false;
        const key = await bob.account.trust.setUpRecovery(undefined);
        await until(
            () => backedUp,
            (check) => {
                const done = (remaining: number): void => {
                    backedUp ||= remaining === 0;
                    check();
                };
                uploading.on(CryptoEvent.KeyBackupSessionsRemaining, done);
                return { dispose: () => uploading.off(CryptoEvent.KeyBackupSessionsRemaining, done) };
            },
            'the upload of the backup',
            30_000,
        );
        const bob2 = await again(bob);
        await untilRoom(bob2.account, roomId, () => true, 'the room');
        const { roomKeys } = await bob2.account.trust.recover(key);
        assert.ok(roomKeys > 0);
        assert.equal(await read(bob2, roomId, eventId, 'body'), 'backed up');
    });

    describe('a homeserver that lies in /keys/query', () => {
        type Query = {
            device_keys: Record<
                string,
                Record<string, { keys: Record<string, string>; user_id: string; signatures: unknown }>
            >;
        };
        const other = 'A'.repeat(43);
        const lies: Readonly<Record<string, (answer: Query, userId: string, deviceId: string) => void>> = {
            'with another key for a known device': (answer, userId, deviceId) => {
                const device = answer.device_keys[userId]?.[deviceId];
                if (device) device.keys = { ...device.keys, [`curve25519:${deviceId}`]: other };
            },
            'with a signature that does not fit': (answer, userId, deviceId) => {
                const device = answer.device_keys[userId]?.[deviceId];
                if (device) device.signatures = { [userId]: { [`ed25519:${deviceId}`]: 'A'.repeat(86) } };
            },
            'with somebody else’s user ID': (answer, userId, deviceId) => {
                const device = answer.device_keys[userId]?.[deviceId];
                if (device) device.user_id = '@mallory:example.org';
            },
        };
        for (const [how, lie] of Object.entries(lies))
            it(`${how}: refused; what was known stays, and nothing goes to the forged device`, async () => {
                const proxy = await proxied();
                const [alice, bob] = await Promise.all([person('Alice', { fetch: proxy.fetch }), person('Bob')]);
                await trusted(bob);
                const roomId = await pair(alice, bob);
                const { deviceId } = bob.account;
                const first = await say(alice, roomId, 'known');
                assert.equal(await read(bob, roomId, first.eventId, 'body'), 'known');
                const crypto = sdkOf(alice).getCrypto();
                const keyOf = async (): Promise<string | undefined> =>
                    (await crypto?.getUserDeviceInfo([bob.userId]))?.get(bob.userId)?.get(deviceId)?.getIdentityKey();
                const honest = await keyOf();
                proxy.meddle(({ path }) =>
                    path.includes('/keys/query')
                        ? {
                              kind: 'change',
                              with: (answer: Query) => {
                                  lie(answer, bob.userId, deviceId);
                                  return answer;
                              },
                          }
                        : undefined,
                );
                const before = proxy.seen.filter(({ path }) => path.includes('/keys/query')).length;
                await sdkOf(bob).setDeviceDetails(deviceId, { display_name: 'renamed' }); // a change, so that Alice asks
                await proxy.until((seen) => seen.filter(({ path }) => path.includes('/keys/query')).length > before);
                const next = await say(alice, roomId, 'still to the honest device');
                assert.equal(await keyOf(), honest);
                assert.equal(await read(bob, roomId, next.eventId, 'body'), 'still to the honest device');
            });
    });
});
