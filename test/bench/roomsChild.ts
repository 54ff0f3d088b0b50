/**
 * An account in a process of its own, to be measured. argv: folder with account.json (and the stores of an earlier run).
 * Prints one line of JSON: ms until the rooms were known and until the server had answered, MB of memory then, what was
 * asked of the server.
 */
import { createLog } from '../../src/core/base/log.ts';
import { loadAccount, type StoredAccount } from '../../src/core/account/storedAccounts.ts';
import { openVault } from '../../src/extension/account/keychainVault.ts';
import { fileSecrets } from '../stack/fileSecrets.ts';
import { openAccount } from '../integration/support/matrixEngine.ts';

export interface Measured {
    readonly readyMs: number;
    readonly onlineMs: number;
    /** More than before the account was opened, after a collection: what is held, and what the process has of the machine. */
    readonly heldMb: number;
    readonly residentMb: number;
    readonly rooms: number;
    readonly requests: number;
    readonly syncKb: number;
}

const [folder = ''] = process.argv.slice(2);
const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: console.error };
const log = createLog(quiet);
const memory = (): { held: number; resident: number } => {
    globalThis.gc?.();
    const { heapUsed, external, rss } = process.memoryUsage();
    return { held: (heapUsed + external) / 1_048_576, resident: rss / 1_048_576 };
};
const vault = await openVault({
    log,
    loadKeytar: () => {
        throw new Error('none');
    },
    secrets: fileSecrets(folder),
});
const stored = (await loadAccount(vault, log)) as StoredAccount;
const empty = memory();
let requests = 0;
let syncBytes = 0;
const counting: typeof fetch = async (input, init) => {
    requests++;
    const response = await fetch(input, init);
    if (!String(input).includes('/sync')) return response;
    const text = await response.text();
    syncBytes += text.length;
    return new Response(text, response);
};
const began = performance.now();
const account = await openAccount({
    stored,
    vault,
    dataDir: folder,
    log,
    serviceUrlSetting: () => '',
    fetch: counting,
});
const until = (holds: () => boolean): Promise<number> =>
    new Promise((resolve) => {
        const check = (): void => {
            if (holds()) resolve(Math.round(performance.now() - began));
        };
        account.onState(check);
        check();
    });
account.start();
const readyMs = await until(() => account.state.kind === 'ready');
const onlineMs = await until(() => account.state.kind === 'ready' && account.state.online);
// What the arrival sets off (members, keys) belongs to the cost: it is over when nothing was asked for a second.
for (let before = -1; before !== requests;) {
    before = requests;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
}
const full = memory();
const measured: Measured = {
    readyMs,
    onlineMs,
    heldMb: Math.round(full.held - empty.held),
    residentMb: Math.round(full.resident - empty.resident),
    rooms: account.rooms().length,
    requests,
    syncKb: Math.round(syncBytes / 1_024),
};
await account.stop();
process.stdout.write(`${JSON.stringify(measured)}\n`);
process.exit(0);
