/** Keys that are uploaded, claimed and looked up, with requests that fail (tests/one_time_keys_test.go, device_keys_test.go …). */
import assert from 'node:assert/strict';
import { it } from 'mocha';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadAccount } from '../../../src/core/account/storedAccounts.ts';
import { pair, untilRoom } from '../../integration/support/matrixAccounts.ts';
import { eventually } from '../../stack/eventually.ts';
import type { HostWorld } from '../world.ts';
import { encryptedRoom, reads, say, type Someone } from './people.ts';
import { scenarios } from './scenarios.ts';

scenarios('device keys', ({ person }, world) => {
    it('TestFallbackKeyIsUsedIfOneTimeKeysRunOut', async () => {
        const [alice, bob, charlie] = await Promise.all(['Alice', 'Bob', 'Charlie'].map((name) => person(name)));
        assert.ok(alice && bob && charlie);
        const [roomId, other] = [await pair(alice, bob), await pair(charlie, bob)];
        const { deviceId } = bob.account;
        await bob.account.stop(); // so that it does not upload new ones
        const claim = { one_time_keys: { [bob.userId]: { [deviceId]: 'signed_curve25519' } } };
        let fallback: string | undefined;
        for (let n = 0; n < 120 && fallback === undefined; n++) {
            const { one_time_keys: keys } = (await alice.http('POST', '/keys/claim', claim)) as {
                one_time_keys: Record<string, Record<string, Record<string, { key: string; fallback?: boolean }>>>;
            };
            const [key] = Object.values(keys[bob.userId]?.[deviceId] ?? {});
            assert.ok(key, 'neither one-time key nor fallback');
            if (key.fallback === true) fallback = key.key;
        }
        assert.ok(fallback, 'the fallback key was never handed out');
        const first = await say(alice, roomId, 'through the fallback key');
        const second = await say(charlie, other, 'through the same');
        await bob.reopen();
        await reads(bob, roomId, first.eventId, 'through the fallback key');
        await reads(bob, other, second.eventId, 'through the same');
    });

    it('TestFailedOneTimeKeyUploadRetries', async () => {
        const bob = await person('Bob', { path: '/keys/upload', times: 2, fault: { kind: 'refuse', status: 504 } });
        const alice = await person('Alice');
        assert.equal(await uploads(bob), 3);
        const roomId = await pair(alice, bob);
        const { eventId } = await say(alice, roomId, 'you have keys');
        await reads(bob, roomId, eventId, 'you have keys');
    });

    it('TestFailedKeysClaimRetries: the first message arrives', async () => {
        const [alice, bob] = await Promise.all([person('Alice'), person('Bob')]);
        const roomId = await pair(alice, bob);
        await alice.line.fail({ path: '/keys/claim', times: 2, fault: { kind: 'refuse', status: 504 } });
        const { eventId } = await say(alice, roomId, 'the first');
        await reads(bob, roomId, eventId, 'the first');
        assert.equal((await alice.line.all()).filter(({ path }) => path.includes('/keys/claim')).length, 3);
    });

    it('TestFailedDeviceKeyDownloadRetries: the first message arrives', async () => {
        const [alice, bob] = await Promise.all([person('Alice'), person('Bob')]);
        await alice.line.fail({
            path: '/keys/query',
            body: bob.userId,
            times: 2,
            fault: { kind: 'refuse', status: 504 },
        });
        const roomId = await pair(alice, bob);
        const { eventId } = await say(alice, roomId, 'the first');
        await reads(bob, roomId, eventId, 'the first');
        assert.ok((await alice.line.all()).filter((p) => p.path.includes('/keys/query')).length > 2);
    });

    it('a message is not sent to a room whose devices cannot be looked up; sent again, it is read by all', async () => {
        const [alice, bob] = await Promise.all([person('Alice'), person('Bob')]);
        const refuse = { kind: 'refuse', status: 403, body: { errcode: 'M_FORBIDDEN', error: 'no' } } as const;
        await alice.line.fail({ path: '/keys/query', body: bob.userId, fault: refuse });
        const roomId = await pair(alice, bob);
        await assert.rejects(say(alice, roomId, 'the first', 'txn1'), {
            code: 'chat.keysUnknown',
            message: /did not say which devices/u,
        });
        assert.ok(!(await alice.line.all()).some(({ path }) => path.includes('/send/m.room.encrypted/')));
        await alice.line.fail();
        const { eventId } = await say(alice, roomId, 'the first', 'txn1');
        await reads(bob, roomId, eventId, 'the first');
    });

    it('TestSigkillBeforeKeysUploadResponse', async () => {
        const bob = await person('Bob');
        const killed = await person('Killed');
        const stored = await loadAccount(killed.vault, killed.log);
        assert.ok(stored);
        await killed.account.stop();
        // A device that has uploaded nothing yet.
        const login = await killed.http('POST', '/login', {
            type: 'm.login.password',
            identifier: { type: 'm.id.user', user: killed.userId },
            password: killed.password,
        });
        const { refreshToken: _r, expiresAt: _e, ...rest } = stored;
        const fresh = { ...rest, deviceId: String(login['device_id']), accessToken: String(login['access_token']) };
        const folder = await mkdtemp(join(tmpdir(), 'hush-killed-'));
        const before = await uploads(killed);
        // The server takes the keys; the answer never arrives, and the extension host dies while it waits.
        await killed.line.fail({ path: '/keys/upload', times: 1, fault: { kind: 'loseAnswer' } });
        const first = await world.startLife(fresh, folder);
        await eventually(async () => (await uploads(killed)) > before, 'the upload');
        await world.kill(first);
        const second = await world.startLife(fresh, folder);
        const roomId = await encryptedRoom(bob, {}, { invite: [killed.userId] });
        await bothIn(bob, roomId);
        await say(bob, roomId, 'you live');
        await tells(world, second, 'read you live');
        await world.kill(second);
    });

    it('TestUnprocessedToDeviceMessagesArentLostOnRestart', async () => {
        const [alice, bob] = await Promise.all([person('Alice'), person('Bob')]);
        const roomId = await encryptedRoom(alice, { rotation_period_msgs: 1 }, { invite: [bob.userId] });
        await untilRoom(bob.account, roomId, () => true, 'the invitation');
        await bob.account.join(roomId);
        await bothIn(alice, roomId);
        await bob.account.stop();
        const stored = await loadAccount(bob.vault, bob.log);
        assert.ok(stored);
        for (let n = 0; n < 5; n++) await say(alice, roomId, `while away ${n}`);
        const before = (await bob.line.all()).filter(isSync).length;
        const first = await world.startLife(stored, bob.dataDir);
        // It asks for more once it has what came in: it dies with that just taken, or half-way.
        await eventually(async () => (await bob.line.all()).filter(isSync).length > before, 'the sync');
        await world.kill(first);
        const second = await world.startLife(stored, bob.dataDir);
        for (let n = 0; n < 5; n++) await tells(world, second, `read while away ${n}`);
        await world.kill(second);
    });
});

function bothIn(p: Someone, roomId: string): Promise<unknown> {
    return untilRoom(p.account, roomId, (r) => r.members.filter((m) => m.membership === 'join').length === 2, 'both');
}
const isSync = ({ path }: { path: string }): boolean => path.includes('/sync');

async function uploads(p: { line: { all(): Promise<readonly { path: string }[]> } }): Promise<number> {
    return (await p.line.all()).filter(({ path }) => path.includes('/keys/upload')).length;
}

async function tells(world: HostWorld, life: number, line: string): Promise<void> {
    const lines: string[] = [];
    const heard = async (): Promise<boolean> => {
        lines.push(...(await world.told(life, lines.length)));
        return lines.includes(line);
    };
    await eventually(heard, `"${line}" from the other host`).catch((error: unknown) => {
        throw new Error(`${String(error)}; it said ${lines.slice(-8).join(' | ')}`);
    });
}
