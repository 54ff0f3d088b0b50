import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createLog } from '../../../src/extension/log.ts';
import { loadAccount, saveAccount, type StoredAccount } from '../../../src/extension/storedAccounts.ts';
import { openVault, type Vault } from '../../../src/extension/vault.ts';
import { forgetAccount } from '../../../src/matrix/forgetAccount.ts';
import { storeFiles, storePath } from '../../../src/matrix/storePath.ts';
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
        const fetch = fakeFetch({ [LOGOUT]: {} });
        await forgetAccount({ stored: ACCOUNT, vault, dataDir, log, fetch });
        assert.deepEqual(
            fetch.asked.map(({ authorization }) => authorization),
            ['Bearer t'],
        );
        assert.equal(await loadAccount(vault, log), undefined);
        assert.deepEqual(files().filter(existsSync), []);
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
