/**
 * One account in a file, in the form of VS Code's secret storage. For processes that are killed while they write it.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SecretStorageLike } from '../../src/extension/account/patientSecrets.ts';

/** `folder` contains account.json. Keeps only changes of the account itself. The account is known and active. */
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
