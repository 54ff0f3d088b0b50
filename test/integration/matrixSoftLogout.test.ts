/** A sign-in that the homeserver let run out: the device and its keys are still there, and go on after signing in again. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { loadAccount, nextAccount, saveAccount } from '../../src/core/account/storedAccounts.ts';
import { logInWithPassword } from '../../src/matrix/signIn/login.ts';
import { eventually } from '../stack/eventually.ts';
import { startSynapse, type Synapse } from '../stack/synapse.ts';
import { newStorageKey } from './support/matrixEngine.ts';
import { newPerson, untilOwn, untilState } from './support/matrixAccounts.ts';
import { untilRead } from './support/roomMessages.ts';

/** How long the tokens live, s. The refresh token's life begins anew with each renewal, so a running account keeps it. */
const [ACCESS_S, REFRESH_S] = [2, 4];

describe('a soft logout on a real homeserver', function () {
    this.timeout(60_000);
    let synapse: Synapse;
    before(async function () {
        this.timeout(180_000);
        synapse = await startSynapse({
            refreshableAccessTokenLifetime: `${ACCESS_S}s`,
            config: { refresh_token_lifetime: `${REFRESH_S}s` },
        });
    });
    after(() => synapse?.stop());

    it('is told from a deleted device; the same device goes on, trusted and with its keys, once signed in again', async () => {
        const p = await newPerson(synapse, 'Rip');
        await untilOwn(p, 'trusted');
        const roomId = await p.account.createSessionRoom({ name: 'Nap', invite: [], workspaceLink: undefined });
        await p.account.chat.send(roomId, 'before', { kind: 'text', markdown: 'before the nap', replyTo: null });
        await untilRead(p, roomId, 'before the nap');
        const devices = async (): Promise<string[]> =>
            (await p.account.devices.list()).map((device) => device.deviceId).toSorted();
        const before = await devices();
        await p.account.stop();
        const asleep = Date.now();
        await eventually(async () => Date.now() > asleep + REFRESH_S * 1_000 + 200, 'the refresh token to run out');

        await p.reopen();
        await untilState(p.account, 'expired');
        assert.deepEqual(p.account.state, { kind: 'expired', userId: p.userId, deviceGone: false });
        const { deviceId } = p.account;
        const kept = await eventually(async () => {
            const stored = await loadAccount(p.vault, p.log);
            return stored?.accessToken === undefined && stored;
        }, 'the end to be stored');
        assert.equal(kept.deviceGone, false);

        const { baseUrl } = kept;
        const asked = { baseUrl, user: p.userId, password: p.password, deviceName: 'again', deviceId };
        const session = await logInWithPassword(asked, fetch, Date.now);
        await saveAccount(p.vault, nextAccount(kept, { ...session, baseUrl }, newStorageKey));
        await p.reopen();
        await untilState(p.account, 'ready');
        assert.equal(p.account.deviceId, deviceId);
        await untilOwn(p, 'trusted');
        await untilRead(p, roomId, 'before the nap');
        await p.account.chat.send(roomId, 'after', { kind: 'text', markdown: 'after the nap', replyTo: null });
        await untilRead(p, roomId, 'after the nap');
        assert.deepEqual(await devices(), before, 'no device more');
        await p.account.stop();
    });
});
