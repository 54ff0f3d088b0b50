import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createLog } from '../../../src/core/base/log.ts';
import { loadAccount, saveAccount, type StoredAccount } from '../../../src/core/account/storedAccounts.ts';
import { openVault } from '../../../src/extension/account/keychainVault.ts';
import type { Vault } from '../../../src/core/account/vault.ts';
import { forgetAccount } from '../../../src/matrix/account/forgetAccount.ts';
import { storeFiles, storePath } from '../../../src/matrix/account/storePath.ts';
import { fakeFetch } from './fakeFetch.ts';

const log = createLog({ debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined });
const ACCOUNT: StoredAccount = {
    userId: '@a:b',
    deviceId: 'D',
    baseUrl: 'https://b',
    storageKey: Buffer.alloc(32, 1).toString('base64'),
    accessToken: 't',
};
const LOGOUT = 'POST https://b/_matrix/client/v3/logout';
const WHOAMI = 'GET https://b/_matrix/client/v3/account/whoami';
const OURS = { [WHOAMI]: { body: { user_id: ACCOUNT.userId, device_id: ACCOUNT.deviceId } } };

describe('forgetting an account that is not open', () => {
    let dataDir: string;
    let vault: Vault;
    const files = (): string[] => storeFiles(storePath(dataDir, ACCOUNT.userId, ACCOUNT.deviceId));
    beforeEach(async () => {
        dataDir = mkdtempSync(join(tmpdir(), 'hush-forget-'));
        const map = new Map<string, string>();
        const secrets = {
            get: async (k: string) => map.get(k),
            store: async (k: string, v: string) => void map.set(k, v),
            delete: async (k: string) => void map.delete(k),
        };
        vault = await openVault({
            loadKeytar: () => {
                throw new Error('none');
            },
            secrets,
            log,
        });
        await saveAccount(vault, ACCOUNT);
        mkdirSync(dirname(files()[0] ?? ''), { recursive: true });
        for (const file of files()) writeFileSync(file, 'x');
    });
    afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

    it('signs its token out on the server and leaves nothing here', async () => {
        const fetch = fakeFetch({ ...OURS, [LOGOUT]: {} });
        await forgetAccount({ stored: ACCOUNT, vault, dataDir, log, fetch });
        assert.deepEqual(
            fetch.asked.map(({ authorization }) => authorization),
            ['Bearer t', 'Bearer t'],
        );
        assert.equal(await loadAccount(vault, log), undefined);
        assert.deepEqual(files().filter(existsSync), []);
    });
    it('says when the other devices stay signed in, because nobody could ask for their end', async () => {
        const oauth = {
            issuer: 'https://o/',
            clientId: 'c',
            tokenEndpoint: 'https://o/token',
            revocationEndpoint: 'https://o/revoke',
        };
        const fetch = fakeFetch({ ...OURS, 'POST https://o/revoke': {} });
        const wanted = { vault, dataDir, log, fetch, scope: 'everywhere' } as const;
        const stays = { code: 'server.error', message: /other devices are still signed in/u };
        await assert.rejects(forgetAccount({ ...wanted, stored: { ...ACCOUNT, oauth } }), stays);
        assert.equal(fetch.asked.length, 2);
        const { accessToken: _ended, ...ended } = ACCOUNT;
        await assert.rejects(forgetAccount({ ...wanted, stored: ended }), stays);
        assert.equal(await loadAccount(vault, log), undefined);
    });
    it('ends every device where it can', async () => {
        const fetch = fakeFetch({ ...OURS, [`${LOGOUT}/all`]: {} });
        await forgetAccount({ stored: ACCOUNT, vault, dataDir, log, fetch, scope: 'everywhere' });
        assert.equal(fetch.asked.at(-1)?.url, 'https://b/_matrix/client/v3/logout/all');
    });
    it('does not sign out the other device whose token it has, and says what may be left', async () => {
        const fetch = fakeFetch({ [WHOAMI]: { body: { user_id: ACCOUNT.userId, device_id: 'OTHER' } } });
        await assert.rejects(forgetAccount({ stored: ACCOUNT, vault, dataDir, log, fetch }), {
            message: /may still list this device/u,
        });
        assert.equal(fetch.asked.length, 1);
        assert.equal(await loadAccount(vault, log), undefined);
    });
    it('tells a device that the server may still list from one that it deleted', async () => {
        const { accessToken: _, ...ended } = ACCOUNT;
        const gone = { vault, dataDir, log, fetch: fakeFetch({}), stored: { ...ended, deviceGone: true } };
        await forgetAccount(gone);
        await saveAccount(vault, ACCOUNT);
        await assert.rejects(forgetAccount({ ...gone, stored: ended }), { message: /may still list this device/u });
        assert.equal(await loadAccount(vault, log), undefined);
    });
    it('leaves nothing here without the server either, and says so', async () => {
        await assert.rejects(forgetAccount({ stored: ACCOUNT, vault, dataDir, log, fetch: fakeFetch({}) }), {
            code: 'server.error',
            message: /Remove this device/u,
        });
        assert.equal(await loadAccount(vault, log), undefined);
        assert.deepEqual(files().filter(existsSync), []);
    });
});
