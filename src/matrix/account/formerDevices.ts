/**
 * Imports room keys of devices that the server deleted (a hard logout). Their stores are still on this machine, and the
 * keys of these stores are in the keychain. With the room keys, the next device can read the same messages. It does not
 * import the identity: the person makes the device trusted again on another device or with the recovery key.
 */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { DeviceId, OlmMachine, StoreHandle, UserId } from '@matrix-org/matrix-sdk-crypto-wasm';
import type { MatrixClient } from 'matrix-js-sdk/lib/matrix.js';
import type { Log } from '../../core/base/log.ts';
import type { StoredAccount } from '../../core/account/storedAccounts.ts';
import { openCryptoStore, type CryptoStore } from '../cryptoStore/cryptoStore.ts';
import { withFactory } from '../cryptoStore/handle.ts';
import { storeFiles, storePath } from './storePath.ts';

type Former = NonNullable<StoredAccount['previous']>[number];

export interface TakeOverOptions {
    readonly dataDir: string;
    readonly sdk: MatrixClient;
    /** Store of the device that imports the keys. */
    readonly store: Pick<CryptoStore, 'flush'>;
    readonly log: Log;
}

/** The prefix that the client gives its stores. */
export const STORE_PREFIX = 'hush';

/**
 * Imports the room keys and removes their old stores. Never rejects: a store that cannot be read stays where it is.
 * @returns the account to store with its next tokens, without the finished devices.
 */
export async function takeOverRoomKeys(stored: StoredAccount, options: TakeOverOptions): Promise<StoredAccount> {
    const { previous = [], ...account } = stored;
    const left: Former[] = [];
    for (const device of previous) {
        try {
            await takeOver(stored.userId, device, options);
        } catch (error) {
            left.push(device);
            options.log.warn('The room keys of a former device could not be read; they stay where they are', error);
        }
    }
    return left.length === 0 ? account : { ...account, previous: left };
}

async function takeOver(userId: string, device: Former, { dataDir, sdk, store, log }: TakeOverOptions): Promise<void> {
    const path = storePath(dataDir, userId, device.deviceId);
    if (!existsSync(path)) return;
    const keys = await exportRoomKeys(path, userId, device);
    await sdk.getCrypto()?.importRoomKeysAsJson(keys);
    await store.flush(); // delete the old store only when the keys are on disk here
    await Promise.all(storeFiles(path).map((file) => rm(file, { force: true })));
    log.info(`Took over ${(JSON.parse(keys) as unknown[]).length} room keys of the former device ${device.deviceId}`);
}

async function exportRoomKeys(path: string, userId: string, device: Former): Promise<string> {
    const store = await openCryptoStore({ path });
    try {
        const key = Uint8Array.from(Buffer.from(device.storageKey, 'base64'));
        const handle = await withFactory(store.factory, () => StoreHandle.openWithKey(STORE_PREFIX, key));
        const machine = await OlmMachine.initFromStore(new UserId(userId), new DeviceId(device.deviceId), handle);
        try {
            return await machine.exportRoomKeys(() => true);
        } finally {
            machine.close();
        }
    } finally {
        await store.close();
    }
}
