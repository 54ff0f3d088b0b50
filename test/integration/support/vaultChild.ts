/**
 * Adds accounts to the list in a folder of secrets that other processes change, too. argv: folder, prefix, number of
 * accounts.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLog } from '../../../src/core/base/log.ts';
import { createProcessLock } from '../../../src/extension/account/processLock.ts';
import { activateAccount, deleteAccount, saveAccount } from '../../../src/core/account/storedAccounts.ts';
import { openVault } from '../../../src/extension/account/keychainVault.ts';

const [folder = '', prefix = '', count = '0'] = process.argv.slice(2);
const warn = (text: string): void => void process.stdout.write(`warn ${text}\n`);
const log = createLog({ debug: () => undefined, info: () => undefined, warn, error: warn });
const quiet = createLog({ debug: () => undefined, info: () => undefined, warn: () => undefined, error: warn });
const place = (key: string): string => join(folder, `${Buffer.from(key).toString('base64url')}.secret`);
/** A keychain is slow, so other processes act in between. */
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2));
const vault = await openVault({
    log: quiet,
    loadKeytar: () => {
        throw new Error('none');
    },
    secrets: {
        async get(key) {
            await pause();
            try {
                return readFileSync(place(key), 'utf8');
            } catch {
                return undefined;
            }
        },
        async store(key, value) {
            await pause();
            const next = `${place(key)}.${prefix}`;
            writeFileSync(next, value);
            renameSync(next, place(key));
        },
        async delete(key) {
            await pause();
            rmSync(place(key), { force: true });
        },
    },
    lock: createProcessLock({ path: join(folder, 'accounts.lock'), log }),
});
process.stdout.write('ready\n');
await new Promise((resolve) => process.stdin.once('data', resolve));
for (let n = 0; n < Number(count); n++) {
    const userId = `@${prefix}${n}:example.org`;
    await saveAccount(vault, {
        userId,
        deviceId: 'D',
        baseUrl: 'https://example.org',
        storageKey: Buffer.alloc(32).toString('base64'),
        accessToken: 'token',
    });
    if (n % 3 === 1) await activateAccount(vault, userId);
    if (n % 3 === 2) await deleteAccount(vault, userId);
}
process.stdout.write('done\n');
process.exit(0);
