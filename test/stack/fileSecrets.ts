/** One account in a file, as VS Code's secret storage shows it: for processes that are killed while they write it. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SecretStorageLike } from '../../src/extension/account/patientSecrets.ts';

/** `folder` holds account.json. Only changes of the account itself are kept: it is known, and it is the active one. */
export function fileSecrets(folder: string): SecretStorageLike {
    const file = join(folder, 'account.json');
    return {
        async get(key) {
            const text = readFileSync(file, 'utf8');
            if (key !== 'accounts') return text;
            const { userId } = JSON.parse(text) as { userId: string };
            return JSON.stringify({ active: userId, known: [userId] });
        },
        async store(key, value) {
            if (!key.startsWith('account:')) return;
            writeFileSync(`${file}.${process.pid}`, value);
            renameSync(`${file}.${process.pid}`, file);
        },
        delete: () => Promise.resolve(),
    };
}
