/** An extension host that is there to be killed: opens one account, joins where it is invited, and tells what it reads. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLog } from '../../../src/core/base/log.ts';
import { loadAccount, saveAccount } from '../../../src/core/account/storedAccounts.ts';
import { openVault } from '../../../src/extension/account/keychainVault.ts';
import type { HostWorld, Life } from '../world.ts';
import { openAccount } from './builtEngine.ts';

/** Resolves when the account is open; it goes on until this process ends. */
export async function live(world: HostWorld, { id, stored, dataDir }: Life): Promise<void> {
    const tell = (line: string): void => void world.tell(id, line).catch(() => undefined);
    const log = createLog({
        debug: () => undefined,
        info: () => undefined,
        warn: (text) => tell(`warn ${text}`),
        error: (text) => tell(`error ${text}`),
    });
    const quiet = createLog({ debug: () => undefined, info: () => undefined, warn: () => undefined, error: tell });
    const place = (key: string): string => join(dataDir, `${Buffer.from(key).toString('base64url')}.secret`);
    const vault = await openVault({
        log: quiet,
        loadKeytar: () => {
            throw new Error('none');
        },
        secrets: {
            get: (key) => readFile(place(key), 'utf8').catch(() => undefined),
            async store(key, value) {
                await writeFile(`${place(key)}.new`, value);
                await rename(`${place(key)}.new`, place(key));
            },
            delete: () => Promise.resolve(),
        },
    });
    if (!(await loadAccount(vault, log, stored.userId))) await saveAccount(vault, stored);
    const now = (await loadAccount(vault, log, stored.userId)) ?? stored;
    const account = await openAccount({ stored: now, vault, dataDir, log, serviceUrlSetting: () => '' });

    const told = new Set<string>();
    const read = async (roomId: string): Promise<void> => {
        for (const { key, kind, body } of (await account.chat.timeline(roomId)).messages) {
            if (told.has(`${kind} ${key}`)) continue;
            told.add(`${kind} ${key}`);
            tell(kind === 'text' ? `read ${body}` : `${kind} ${key}`);
        }
    };
    const joining = new Set<string>();
    const follow = (): void => {
        for (const { roomId, membership } of account.rooms()) {
            if (membership === 'join') void read(roomId);
            if (membership !== 'invite' || joining.has(roomId)) continue;
            joining.add(roomId);
            void account.join(roomId).catch((error: unknown) => tell(`not joined: ${String(error)}`));
        }
    };
    account.onRooms(follow);
    account.chat.onChange((roomId) => void read(roomId));
    account.onState((state) => {
        tell(state.kind);
        follow();
    });
    account.start();
}
