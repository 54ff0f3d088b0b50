/** An account for processes that are killed: signed in, its secrets in a scratch folder, in one of Bob's rooms. */
import assert from 'node:assert/strict';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { logInWithPassword } from '../../../src/matrix/signIn/login.ts';
import type { Synapse } from '../../stack/synapse.ts';
import { untilRoom, type Person } from './matrixAccounts.ts';
import { newStorageKey } from './matrixEngine.ts';

export interface ChildAccount {
    /** Contains account.json, which matrixChild.ts and windowChild.ts read. */
    readonly folder: string;
    readonly userId: string;
    readonly deviceId: string;
    readonly roomId: string;
}

export async function childAccount(synapse: Synapse, bob: Person, name: string): Promise<ChildAccount> {
    const { userId, password } = await synapse.createAccount(name);
    const session = await logInWithPassword(
        { baseUrl: synapse.baseUrl, user: userId, password, deviceName: 'Hush test' },
        fetch,
        Date.now,
    );
    const folder = await mkdtemp(join(tmpdir(), 'hush-child-'));
    await writeFile(
        join(folder, 'account.json'),
        JSON.stringify({ ...session, baseUrl: synapse.baseUrl, storageKey: newStorageKey() }),
    );
    const roomId = await bob.account.createSessionRoom({ name: 'r', invite: [userId], workspaceLink: undefined });
    const joined = await fetch(`${synapse.baseUrl}/_matrix/client/v3/join/${encodeURIComponent(roomId)}`, {
        method: 'POST',
        body: '{}',
        headers: { Authorization: `Bearer ${session.accessToken}` },
    });
    assert.equal(joined.status, 200);
    await untilRoom(
        bob.account,
        roomId,
        (r) => r.members.some((m) => m.userId === userId && m.membership === 'join'),
        'the account in the room',
    );
    return { folder, userId, deviceId: session.deviceId, roomId };
}
