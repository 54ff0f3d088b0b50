/**
 * Makes a new recovery key, with secret storage and a backup. It first asks the server what this would delete. The SDK
 * deletes every backup before it makes one, and takes a failed request for "there is no backup". Once the new storage
 * may have replaced the old one, the key is returned even if a later step fails.
 */
import type { CryptoApi } from 'matrix-js-sdk/lib/crypto-api/index.js';
import { ClientPrefix, Method, type MatrixClient } from 'matrix-js-sdk/lib/matrix.js';
import { HushError } from '../../core/base/errors.ts';
import type { Log } from '../../core/base/log.ts';
import type { NewRecovery } from '../../core/trust/trustPort.ts';
import { fromSdk } from '../requests/matrixHttp.ts';

export interface NewRecoveryOptions {
    readonly sdk: Pick<MatrixClient, 'http' | 'getAccountDataFromServer'>;
    readonly crypto: Pick<
        CryptoApi,
        | 'checkKeyBackupAndEnable'
        | 'getActiveSessionBackupVersion'
        | 'createRecoveryKeyFromPassphrase'
        | 'bootstrapSecretStorage'
        | 'resetKeyBackup'
    >;
    readonly log: Log;
}

/** @throws HushError `trust.otherBackup`, `network.*`, …. Nothing was changed then. */
export async function newRecovery(
    { sdk, crypto, log }: NewRecoveryOptions,
    passphrase: string | undefined,
    replaceBackup: boolean,
): Promise<NewRecovery> {
    const doing = 'Setting up recovery';
    /** ID of the server's default key. Empty: there is none. */
    const storageNow = async (): Promise<string | undefined> => {
        const content = await sdk.getAccountDataFromServer('m.secret_storage.default_key');
        return content?.key ?? '';
    };
    let before: string | undefined;
    let needsBackup: boolean;
    let made: Awaited<ReturnType<CryptoApi['createRecoveryKeyFromPassphrase']>>;
    try {
        needsBackup = await backupNeeded(sdk, crypto, replaceBackup);
        before = await storageNow();
        made = await crypto.createRecoveryKeyFromPassphrase(passphrase);
    } catch (error) {
        throw fromSdk(error, doing);
    }
    const key = made.encodedPrivateKey ?? '';
    try {
        await crypto.bootstrapSecretStorage({
            createSecretStorageKey: () => Promise.resolve(made),
            setupNewSecretStorage: true,
            setupNewKeyBackup: false,
        });
        if (needsBackup) await crypto.resetKeyBackup();
        await crypto.checkKeyBackupAndEnable();
    } catch (error) {
        const told = fromSdk(error, doing);
        const now = await storageNow().catch(() => undefined);
        if (now !== undefined && now === before) throw told;
        log.warn('Setting up recovery failed half-way', error);
        return { key, unfinished: told.message };
    }
    log.info('Recovery was set up');
    return { key, unfinished: undefined };
}

/** False: this device already uses the server's backup. */
async function backupNeeded(
    sdk: NewRecoveryOptions['sdk'],
    crypto: NewRecoveryOptions['crypto'],
    replaceBackup: boolean,
): Promise<boolean> {
    const version = await backupVersion(sdk);
    if (version === undefined) return true;
    await crypto.checkKeyBackupAndEnable();
    if ((await crypto.getActiveSessionBackupVersion()) === version) return false;
    if (!replaceBackup)
        throw new HushError(
            'trust.otherBackup',
            'Your homeserver has a key backup that this device does not use. Setting up recovery would delete it.',
        );
    return true;
}

async function backupVersion(sdk: NewRecoveryOptions['sdk']): Promise<string | undefined> {
    try {
        const options = { prefix: ClientPrefix.V3 };
        const info = await sdk.http.authedRequest<{ version?: string }>(
            Method.Get,
            '/room_keys/version',
            undefined,
            undefined,
            options,
        );
        return info.version ?? '';
    } catch (error) {
        if (error instanceof Error && 'errcode' in error && error.errcode === 'M_NOT_FOUND') return undefined;
        throw error;
    }
}
