/**
 * A person in their own process, which a test kills. argv: scratch folder (with account.json), mode. Prints one line
 * per event: `ready`, `read <body>`, `unreadable <event id>`, `joined`.
 */
import { appendFileSync } from 'node:fs';
import type { MatrixEvent } from 'matrix-js-sdk/lib/matrix.js';
import { createLog } from '../../../src/core/base/log.ts';
import { type StoredAccount, saveAccount, loadAccount } from '../../../src/core/account/storedAccounts.ts';
import { openVault } from '../../../src/extension/account/keychainVault.ts';
import { fileSecrets } from '../../stack/fileSecrets.ts';
import { lastClientOf } from './matrixClients.ts';
import { openAccount } from './matrixEngine.ts';

const [folder = '', mode = '', roomId = ''] = process.argv.slice(2);
const say = (line: string): void => {
    process.stdout.write(`${line}\n`);
};
const log = createLog({
    debug: (t) => {
        if (process.env['HUSH_CHILD_LOG']) appendFileSync(process.env['HUSH_CHILD_LOG'], `${process.pid} ${t}\n`);
    },
    info: () => undefined,
    warn: (t) => say(`warn ${t}`),
    error: (t) => say(`error ${t}`),
});
const vault = await openVault({
    log: createLog({ debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }),
    loadKeytar: () => {
        throw new Error('none');
    },
    secrets: fileSecrets(folder),
});
const stored = (await loadAccount(vault, log)) as StoredAccount;
await saveAccount(vault, stored);
const account = await openAccount({ stored, vault, dataDir: folder, log, serviceUrlSetting: () => '' });
account.start();
if (mode === 'read') {
    const sdk = lastClientOf(account.userId);
    const { MatrixEventEvent, RoomEvent } = await import('matrix-js-sdk/lib/matrix.js');
    // By default, the SDK decrypts only the last message of a sync (Room.decryptCriticalEvents, without read receipts).
    const decrypt = (event: MatrixEvent): void => {
        void sdk.decryptEventIfNeeded(event);
    };
    sdk.on(RoomEvent.Timeline, decrypt);
    for (const room of sdk.getRooms()) for (const event of room.getLiveTimeline().getEvents()) decrypt(event);
    sdk.on(MatrixEventEvent.Decrypted, (event) => {
        if (event.isDecryptionFailure()) say(`unreadable ${event.getId()}`);
        else if (event.getType() === 'm.room.message') say(`read ${String(event.getContent()['body'])}`);
    });
}
await new Promise<void>((resolve) => {
    const check = (): void => {
        if (account.state.kind === 'ready' && account.state.online) resolve();
    };
    account.onState(check);
    check();
});
say('ready');
if (mode === 'join') {
    await account.rtc.join(roomId, [{ id: '01SHARE', startedTs: 1 }]);
    say('joined');
}
