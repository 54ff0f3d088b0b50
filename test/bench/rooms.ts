/**
 * `npm run bench -- --rooms` (or `--rooms=1,50,500`): what an account with many rooms costs at the start, in time, memory
 * and requests, with and without the stores of an earlier run; beside the bare time of the same filtered `/sync`.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { syncFilterDefinition } from '../../src/matrix/sync/syncFilter.ts';
import { logInWithPassword } from '../../src/matrix/signIn/login.ts';
import { request } from '../stack/accounts.ts';
import { startSynapse, type Synapse } from '../stack/synapse.ts';
import { newStorageKey } from '../integration/support/matrixEngine.ts';
import type { Measured } from './roomsChild.ts';

const MESSAGES = 3;
/** Invited to each room: state that a client without lazy loading would have to take. */
const INVITED = 5;
/** Every so many rooms one is encrypted, as team rooms and direct messages are; the rest are clear. */
const ENCRYPTED_EVERY = 2;
const AT_ONCE = 4;

export async function benchRooms(counts: readonly number[]): Promise<object> {
    const synapse = await startSynapse();
    try {
        const invited: string[] = [];
        for (let i = 0; i < INVITED; i++) invited.push((await synapse.createAccount(`guest${i}`)).userId);
        const results: Record<string, object> = {};
        for (const count of counts) results[`${count} rooms`] = await one(synapse, count, invited);
        return results;
    } finally {
        await synapse.stop();
    }
}

async function one(synapse: Synapse, count: number, invited: readonly string[]): Promise<object> {
    const { baseUrl } = synapse;
    const { userId, password } = await synapse.createAccount(`owner${count}`);
    const session = await logInWithPassword({ baseUrl, user: userId, password, deviceName: 'bench' }, fetch, Date.now);
    const api = `${baseUrl}/_matrix/client/v3`;
    console.error(`${count} rooms …`);
    let next = 0;
    const make = async (): Promise<void> => {
        for (let i = next++; i < count; i = next++) await makeRoom(api, session.accessToken, i, invited);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, make));
    const folder = await mkdtemp(join(tmpdir(), 'hush-bench-'));
    await writeFile(join(folder, 'account.json'), JSON.stringify({ ...session, baseUrl, storageKey: newStorageKey() }));
    try {
        // Restarted before each first sync, so that neither profits from what the server read for the other.
        await synapse.restart();
        const bareSyncMs = await bareSync(api, userId, session.accessToken);
        await synapse.restart();
        return { bareSyncMs, withoutStore: await child(folder), withStore: await child(folder) };
    } finally {
        await rm(folder, { recursive: true, force: true });
    }
}

async function makeRoom(api: string, token: string, i: number, invite: readonly string[]): Promise<void> {
    const encrypted = i % ENCRYPTED_EVERY === 0;
    const encryption = { type: 'm.room.encryption', state_key: '', content: { algorithm: 'm.megolm.v1.aes-sha2' } };
    const body = { name: `Room ${i}`, preset: 'private_chat', invite, initial_state: encrypted ? [encryption] : [] };
    const { room_id: roomId } = await request(`${api}/createRoom`, body, token);
    for (let n = 0; n < MESSAGES; n++) {
        const answer = await fetch(`${api}/rooms/${String(roomId)}/send/m.room.message/b${n}`, {
            method: 'PUT',
            headers: { Authorization: `Bearer ${token}` },
            body: JSON.stringify({ msgtype: 'm.text', body: `message ${n}` }),
        });
        if (!answer.ok) throw new Error(`sending: ${answer.status}`);
    }
}

async function bareSync(api: string, userId: string, token: string): Promise<number> {
    const { filter_id: filter } = await request(`${api}/user/${userId}/filter`, syncFilterDefinition(), token);
    const began = performance.now();
    await request(`${api}/sync?filter=${String(filter)}&timeout=0`, undefined, token);
    return Math.round(performance.now() - began);
}

async function child(folder: string): Promise<Measured> {
    const path = fileURLToPath(new URL('roomsChild.ts', import.meta.url));
    const { stdout } = await promisify(execFile)(
        process.execPath,
        ['--expose-gc', '--disable-warning=ExperimentalWarning', path, folder],
        { maxBuffer: 1_000_000 },
    );
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Measured;
}
