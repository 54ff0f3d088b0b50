import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { createLog } from '../../../src/core/base/log.ts';
import {
    accountIndexOf,
    activateAccount,
    deleteAccount,
    loadAccount,
    saveAccount,
    updateAccount,
    type StoredAccount,
} from '../../../src/core/account/storedAccounts.ts';
import { openVault } from '../../../src/extension/account/keychainVault.ts';
import type { Vault } from '../../../src/core/account/vault.ts';

const lines: string[] = [];
const push = (text: string): void => void lines.push(text);
const log = createLog({ debug: push, info: push, warn: push, error: push });
const account = (name: string, token = `token of ${name}`): StoredAccount => ({
    userId: `@${name}:hs`,
    deviceId: `DEVICE${name}`,
    baseUrl: 'https://hs',
    storageKey: Buffer.alloc(32, name.length).toString('base64'),
    accessToken: token,
});

function memoryVault(): { map: Map<string, string>; vault: Promise<Vault> } {
    const map = new Map<string, string>();
    const vault = openVault({
        log,
        loadKeytar: () => {
            throw new Error('none');
        },
        secrets: {
            get: (key) => Promise.resolve(map.get(key)),
            store: (key, value) => Promise.resolve(void map.set(key, value)),
            delete: (key) => Promise.resolve(void map.delete(key)),
        },
    });
    return { map, vault };
}

describe('the accounts of this machine', () => {
    it('the first is active; others are known beside it, each with its device and keys', async () => {
        const vault = await memoryVault().vault;
        await saveAccount(vault, account('a'));
        await saveAccount(vault, account('bb'));
        assert.deepEqual(await accountIndexOf(vault), { active: '@a:hs', known: ['@a:hs', '@bb:hs'] });
        await activateAccount(vault, '@bb:hs');
        assert.deepEqual(await loadAccount(vault, log), account('bb'));
        assert.deepEqual(await loadAccount(vault, log, '@a:hs'), account('a'));
        await activateAccount(vault, '@nobody:hs');
        assert.equal((await accountIndexOf(vault)).active, '@bb:hs');
    });

    it('a renewed token of one does not make it the active one, however they cross', async () => {
        const vault = await memoryVault().vault;
        await saveAccount(vault, account('a'));
        await saveAccount(vault, account('bb'));
        await Promise.all([activateAccount(vault, '@bb:hs'), saveAccount(vault, account('a', 'new'))]);
        assert.equal((await loadAccount(vault, log))?.userId, '@bb:hs');
        assert.equal((await loadAccount(vault, log, '@a:hs'))?.accessToken, 'new');
    });

    it('what becomes of a sign-in is stored, and never in place of a newer one of the same person', async () => {
        const { map, vault: opening } = memoryVault();
        const vault = await opening;
        const first = account('a');
        await saveAccount(vault, first);
        const renewed = account('a', 'renewed');
        assert.equal(await updateAccount(vault, first, renewed), true);
        for (const newer of [account('a', 'again'), { ...account('a', 'other'), deviceId: 'OTHER' }]) {
            await saveAccount(vault, newer);
            const { accessToken: _, ...ended } = renewed;
            assert.equal(await updateAccount(vault, renewed, { ...ended, deviceGone: true }), false);
            assert.deepEqual(await loadAccount(vault, log), newer);
        }
        map.clear(); // a keychain that went away: its items seem not to be there
        assert.equal(await updateAccount(vault, renewed, account('a', 'next')), true);
        assert.equal((await loadAccount(vault, log))?.accessToken, 'next');
    });

    it('forgetting the active one leaves nobody active, and nothing of it', async () => {
        const { map, vault: opening } = memoryVault();
        const vault = await opening;
        await saveAccount(vault, account('a'));
        await saveAccount(vault, account('bb'));
        await deleteAccount(vault, '@a:hs');
        assert.equal(await loadAccount(vault, log), undefined);
        assert.deepEqual(await accountIndexOf(vault), { known: ['@bb:hs'] });
        await deleteAccount(vault, '@bb:hs');
        assert.equal(map.size, 0);
    });
});
