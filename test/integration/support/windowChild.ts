/**
 * A window of a person, as a process that a test kills. argv: scratch folder (with account.json), room, `share` or
 * `look`. Prints the log of Hush and one line per event: `ready`, `gap`, `again`, `watch <share>`, `key <index>`, and
 * `from scratch` for a sync that requests everything. After the input `lose window` its window stops answering, and
 * after `find window` it answers again.
 */
import { createInterface } from 'node:readline';
import { createLog } from '../../../src/core/base/log.ts';
import { loadAccount } from '../../../src/core/account/storedAccounts.ts';
import { openVault } from '../../../src/extension/account/keychainVault.ts';
import { openShared } from '../../../src/extension/windows/openShared.ts';
import { createOwnWindow } from '../../../src/extension/windows/ownWindow.ts';
import { fileSecrets } from '../../stack/fileSecrets.ts';
import { isMediaKey } from './keyKinds.ts';
import { openAccount } from './matrixEngine.ts';

const [folder = '', roomId = '', mode = ''] = process.argv.slice(2);
const say = (line: string): void => {
    process.stdout.write(`${line}\n`);
};
/** Resolves when the window answers. */
let present = Promise.resolve();
let find = (): void => undefined;
createInterface(process.stdin).on('line', (line) => {
    if (line === 'lose window') present = new Promise((resolve) => (find = resolve));
    if (line === 'find window') find();
});
const secrets = fileSecrets(folder);
const log = createLog({ debug: () => undefined, info: say, warn: say, error: say });
const vault = await openVault({
    log: createLog({ debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }),
    loadKeytar: () => {
        throw new Error('none');
    },
    secrets: {
        get: (key) => present.then(() => secrets.get(key)),
        store: (key, value) => present.then(() => secrets.store(key, value)),
        delete: (key) => present.then(() => secrets.delete(key)),
    },
});
const watchingSync: typeof fetch = (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (url.pathname.endsWith('/sync') && !url.searchParams.has('since')) say('from scratch');
    return fetch(input, init);
};
const device = await loadAccount(vault, log);
if (!device) throw new Error('no account');
const account = await openShared({
    device,
    storage: folder,
    version: 'test',
    attend: () => ({ dispose: () => undefined }),
    window: createOwnWindow({ ping: () => present, everyMs: 100, withinMs: 300, log }),
    log,
    onStale: () => undefined,
    async openLocal() {
        const stored = await loadAccount(vault, log);
        if (!stored) throw new Error('no account');
        return openAccount({ stored, vault, dataDir: folder, log, serviceUrlSetting: () => '', fetch: watchingSync });
    },
});
account.rtc.onWatch((event) => say(`watch ${event.shareId}`));
account.rtc.onKey((event) => {
    if (event.kind === 'key' && isMediaKey(event.key)) say(`key ${event.key.index}`);
});
account.start();
let ready = false;
const tell = (): void => {
    const online = account.state.kind === 'ready' && account.state.online;
    if (online === ready) return;
    say(online ? 'again' : 'gap');
    ready = online;
};
account.onState(tell);
await new Promise<void>((resolve) => {
    const check = (): void => {
        if (account.state.kind === 'ready' && account.state.online) resolve();
    };
    account.onState(check);
    check();
});
tell();
if (mode === 'share') {
    await account.rtc.join(roomId, [{ id: '01SHARE', startedTs: 1 }]);
    await account.rtc.startKeys(roomId);
}
say('ready');
process.on('SIGTERM', () => void account.stop().then(() => process.exit(0)));
