/**
 * Replaces the encryption identity. The SDK's own reset first deletes backup and secret storage, and then asks the
 * server. This one deletes nothing until the server has the new identity.
 */
import type { CryptoApi } from 'matrix-js-sdk/lib/crypto-api/index.js';
import { Method, type MatrixClient } from 'matrix-js-sdk/lib/matrix.js';
import { HushError } from '../../core/base/errors.ts';
import type { Log } from '../../core/base/log.ts';
import { fromSdk } from '../requests/matrixHttp.ts';
import { checkUploadAuth, uploadAuth } from './uploadAuth.ts';

export const IDENTITY_SECRETS = [
    'm.cross_signing.master',
    'm.cross_signing.self_signing',
    'm.cross_signing.user_signing',
] as const;
const DEHYDRATED = { prefix: '/_matrix/client/unstable/org.matrix.msc3814.v1' };

export interface NewIdentityOptions {
    readonly sdk: MatrixClient;
    readonly crypto: CryptoApi;
    /** See queryGate.ts. */
    readonly withoutKeyQueries: <T>(work: () => Promise<T>) => Promise<T>;
    readonly log: Log;
}

/**
 * @throws HushError `login.wrongPassword`, `trust.*`, `network.*`. After the upload, its sentence says that the
 * identity is new.
 */
export async function replaceIdentity(options: NewIdentityOptions, password: string | undefined): Promise<void> {
    const { sdk, crypto, withoutKeyQueries, log } = options;
    await checkUploadAuth(sdk, password);
    try {
        await withoutKeyQueries(() =>
            besideSecretStorage(sdk, () =>
                crypto.bootstrapCrossSigning({
                    setupNewCrossSigning: true,
                    authUploadDeviceSigningKeys: uploadAuth(sdk.getSafeUserId(), password),
                }),
            ),
        );
    } catch (error) {
        throw fromSdk(error, 'Resetting your identity');
    }
    log.info('The encryption identity was reset');
    try {
        void deleteDehydratedDevice(sdk).catch(() => undefined);
        const keyId = await sdk.secretStorage.getDefaultKeyId();
        await sdk.secretStorage.setDefaultKeyId(null);
        for (const secret of [...IDENTITY_SECRETS, 'm.megolm_backup.v1'] as const)
            await sdk.secretStorage.store(secret, null);
        if (keyId !== null) await sdk.secretStorage.store(`m.secret_storage.key.${keyId}`, null);
        await crypto.resetKeyBackup();
    } catch (error) {
        const told = fromSdk(error, 'Giving up the old recovery');
        throw new HushError(
            told.code,
            `Your identity is new, but the old recovery storage and key backup were not put away yet. ${told.message} Run "Hush: Set Up Recovery…" to finish.`,
            { cause: error },
        );
    }
}

/** The old identity has signed the dehydrated device. */
async function deleteDehydratedDevice(sdk: MatrixClient): Promise<void> {
    if (await sdk.doesServerSupportUnstableFeature('org.matrix.msc3814'))
        await sdk.http.authedRequest(Method.Delete, '/dehydrated_device', undefined, undefined, DEHYDRATED);
}

/**
 * The SDK would write the new private keys into the old secret storage before it uploads them. Nobody has that
 * storage's key here.
 */
async function besideSecretStorage<T>(sdk: MatrixClient, work: () => Promise<T>): Promise<T> {
    const storage = sdk.secretStorage as { hasKey?: MatrixClient['secretStorage']['hasKey'] };
    storage.hasKey = () => Promise.resolve(false);
    try {
        return await work();
    } finally {
        delete storage.hasKey; // restores the method of the class
    }
}
