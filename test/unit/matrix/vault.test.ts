import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLog } from '../../../src/core/base/log.ts';
import {
    deleteAccount,
    loadAccount,
    saveAccount,
    updateAccount,
    type StoredAccount,
} from '../../../src/core/account/storedAccounts.ts';
import { openVault, type Keytar, type VaultOptions } from '../../../src/extension/account/keychainVault.ts';
import { skip } from '../../stack/skip.ts';

const quiet = createLog({
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: () => undefined,
});
const ACCOUNT: StoredAccount = {
    userId: '@a:b',
    deviceId: 'D',
    baseUrl: 'https://b',
    storageKey: Buffer.alloc(32, 1).toString('base64'),
    accessToken: 't',
    refreshToken: 'r',
    expiresAt: 5,
};

function memory() {
    const map = new Map<string, string>();
    return {
        map,
        secrets: {
            get: async (k: string) => map.get(k),
            store: async (k: string, v: string) => void map.set(k, v),
            delete: async (k: string) => void map.delete(k),
        },
    };
}
function keychain(fail: { now: boolean } = { now: false }) {
    const map = new Map<string, string>();
    const check = (): void => {
        if (fail.now) throw new Error('locked\nstack');
    };
    const keytar: Keytar = {
        getPassword: async (s, a) => {
            check();
            return map.get(`${s}/${a}`) ?? null;
        },
        setPassword: async (s, a, p) => {
            check();
            map.set(`${s}/${a}`, p);
        },
        deletePassword: async (s, a) => {
            check();
            return map.delete(`${s}/${a}`);
        },
    };
    return { map, keytar };
}
const ITEM = `account:${ACCOUNT.userId}`;
const vaultWith = (options: Partial<VaultOptions>) =>
    openVault({ loadKeytar: () => keychain().keytar, secrets: memory().secrets, log: quiet, ...options });

describe('the vault', () => {
    it('keeps an account in the keychain and nowhere else', async () => {
        const { keytar, map } = keychain();
        const spare = memory();
        const vault = await vaultWith({ loadKeytar: () => keytar, secrets: spare.secrets });
        await saveAccount(vault, ACCOUNT);
        assert.deepEqual(
            [vault.kind, vault.reason, vault.where(ITEM), map.size, spare.map.size],
            ['keychain', '', 'keychain', 2, 0],
        );
        assert.deepEqual(await loadAccount(vault, quiet), ACCOUNT);
        await deleteAccount(vault, ACCOUNT.userId);
        assert.deepEqual([await loadAccount(vault, quiet), map.size], [undefined, 0]);
    });
    it('falls back with the reason when the binary is missing, the bus is gone, or the daemon is locked', async () => {
        const missing = await vaultWith({
            loadKeytar: () => {
                throw new Error('Cannot find module keytar.node\nRequire stack');
            },
        });
        assert.deepEqual([missing.kind, missing.reason], ['secretStorage', 'Cannot find module keytar.node']);
        const noBus = await vaultWith({ loadKeytar: () => keychain({ now: true }).keytar });
        assert.deepEqual([noBus.kind, noBus.reason], ['secretStorage', 'locked']);
        const fail = { now: false };
        const spare = memory();
        const vault = await vaultWith({ loadKeytar: () => keychain(fail).keytar, secrets: spare.secrets });
        fail.now = true;
        await saveAccount(vault, ACCOUNT);
        assert.deepEqual([vault.kind, vault.where(ITEM), spare.map.size], ['secretStorage', 'secretStorage', 2]);
        assert.deepEqual(await loadAccount(vault, quiet), ACCOUNT);
    });
    it('prefers the newer of two items, and leaves one', async () => {
        const fail = { now: false };
        const { keytar, map } = keychain(fail);
        const spare = memory();
        const open = () => vaultWith({ loadKeytar: () => keytar, secrets: spare.secrets });
        await (await open()).set('k', 'old');
        fail.now = true;
        await (await open()).set('k', 'new');
        fail.now = false;
        const vault = await open();
        assert.equal(await vault.get('k'), 'new');
        await vault.set('k', 'newest');
        assert.deepEqual([await vault.get('k'), map.get('Hush/k'), spare.map.size], ['newest', 'newest', 0]);
    });
    it('does not hang on an unlock prompt that nobody sees', async () => {
        const vault = await vaultWith({
            loadKeytar: () => ({ ...keychain().keytar, getPassword: () => new Promise(() => undefined) }),
            timeoutMs: 5,
        });
        assert.match(vault.reason, /no answer within/u);
    });
    describe('while its window does not answer', () => {
        const never = () => new Promise<never>(() => undefined);
        const gone = { get: never, store: never, delete: never };
        /** Secrets of a window that can be lost. */
        const losable = () => {
            const spare = memory();
            let lost = false;
            const now = () => (lost ? gone : spare.secrets);
            return {
                lose: (value = true) => void (lost = value),
                secrets: {
                    get: (k: string) => now().get(k),
                    store: (k: string, v: string) => now().store(k, v),
                    delete: (k: string) => now().delete(k),
                },
            };
        };
        it('goes on with what the keychain is known to have', async () => {
            const { keytar, map } = keychain();
            const { lose, secrets } = losable();
            const vault = await vaultWith({ loadKeytar: () => keytar, secrets, windowTimeoutMs: 5 });
            await saveAccount(vault, ACCOUNT);
            lose();
            assert.equal(await updateAccount(vault, ACCOUNT, { ...ACCOUNT, accessToken: 'next' }), true);
            assert.equal((await loadAccount(vault, quiet))?.accessToken, 'next');
            assert.match(map.get(`Hush/${ITEM}`) ?? '', /"next"/u);
        });
        it('refuses in time what only the window can answer, and lets others have their turn', async () => {
            const { lose, secrets } = losable();
            const missing = { loadKeytar: () => Promise.reject(new Error('none')) };
            const vault = await vaultWith({ ...missing, secrets, windowTimeoutMs: 5 });
            await saveAccount(vault, ACCOUNT);
            lose();
            const silent = { code: 'account.windowSilent' };
            await assert.rejects(vault.get('other'), silent);
            await assert.rejects(vault.set('other', 'x'), silent);
            await assert.rejects(vault.delete('other'), silent);
            await assert.rejects(updateAccount(vault, ACCOUNT, ACCOUNT), silent);
            lose(false);
            assert.equal(await updateAccount(vault, ACCOUNT, { ...ACCOUNT, accessToken: 'next' }), true);
        });
        it('does not take an old item of the keychain for the newest', async () => {
            const { keytar } = keychain();
            const { lose, secrets } = losable();
            const vault = await vaultWith({ loadKeytar: () => keytar, secrets, windowTimeoutMs: 5 });
            await keytar.setPassword('Hush', 'k', 'old'); // never read by this process
            lose();
            await assert.rejects(vault.get('k'), { code: 'account.windowSilent' });
        });
    });
    it('puts what is too large for the keychain elsewhere', async () => {
        const { keytar, map } = keychain();
        const vault = await vaultWith({ loadKeytar: () => keytar, maxBytes: 2_560 });
        await vault.set('big', 'x'.repeat(2_561));
        assert.deepEqual(
            [vault.where('big'), map.size, vault.kind, (await vault.get('big'))?.length],
            ['secretStorage', 0, 'keychain', 2_561],
        );
        assert.ok(
            JSON.stringify({ ...ACCOUNT, accessToken: 'x'.repeat(600), refreshToken: 'x'.repeat(600) }).length < 2_560,
        );
    });
    it('counts a damaged item as none', async () => {
        const vault = await vaultWith({});
        for (const text of ['{', '{}', JSON.stringify({ ...ACCOUNT, storageKey: 'short' })]) {
            await vault.set('accounts', JSON.stringify({ active: ACCOUNT.userId, known: [ACCOUNT.userId] }));
            await vault.set(ITEM, text);
            assert.equal(await loadAccount(vault, quiet), undefined);
        }
    });
    it('works with a real gnome-keyring', function () {
        this.timeout(20_000);
        const found = spawnSync('sh', ['-c', 'command -v dbus-run-session && command -v gnome-keyring-daemon']);
        if (found.status !== 0) skip(this, 'dbus-run-session or gnome-keyring-daemon is not installed');
        const home = mkdtempSync(join(tmpdir(), 'hush-keyring-'));
        const vault = fileURLToPath(new URL('../../../src/extension/account/keychainVault.ts', import.meta.url));
        const modules = fileURLToPath(new URL('../../../node_modules/', import.meta.url));
        const script = join(home, 'script.mts');
        writeFileSync(
            script,
            `
            import { createRequire } from 'node:module';
            const { openVault } = await import(${JSON.stringify(`file://${vault}`)});
            const store = new Map();
            const log = { debug() {}, info() {}, warn(t) { console.error(t); }, error() {} };
            const vault = await openVault({ loadKeytar: () => createRequire(${JSON.stringify(modules)})('keytar'), secrets: { get: async (k) => store.get(k), store: async (k, v) => void store.set(k, v), delete: async (k) => void store.delete(k) }, log });
            await vault.set('account', 'größe');
            const got = await vault.get('account');
            await vault.delete('account');
            console.log(JSON.stringify([vault.kind, vault.reason, got, (await vault.get('account')) ?? null, store.size]));`,
        );
        try {
            const run = spawnSync(
                'dbus-run-session',
                [
                    '--',
                    'sh',
                    '-c',
                    `printf 'pw\\n' | gnome-keyring-daemon --unlock --components=secrets --daemonize >/dev/null && exec "${process.execPath}" --disable-warning=ExperimentalWarning "${script}"`,
                ],
                { encoding: 'utf8', env: { ...process.env, HOME: home, XDG_RUNTIME_DIR: home }, timeout: 15_000 },
            );
            assert.deepEqual(
                JSON.parse(run.stdout.trim().split('\n').at(-1) ?? ''),
                ['keychain', '', 'größe', null, 0],
                run.stderr,
            );
        } finally {
            rmSync(home, { recursive: true, force: true });
        }
    });
});
