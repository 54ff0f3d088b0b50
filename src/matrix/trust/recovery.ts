/**
 * Secret storage and key backup: setting up, recovering, giving up (client-server API, "Secrets", "Server-side key
 * backups"). Every problem of a recovery is found before anything is changed. Otherwise the SDK would find no usable
 * keys in secret storage and make a new identity.
 */
import { decodeRecoveryKey, deriveRecoveryKeyFromPassphrase } from 'matrix-js-sdk/lib/crypto-api/index.js';
import type { MatrixClient } from 'matrix-js-sdk/lib/matrix.js';
import { HushError } from '../../core/base/errors.ts';
import type { Log } from '../../core/base/log.ts';
import type { Recovered, TrustPort } from '../../core/trust/trustPort.ts';
import { fromSdk } from '../requests/matrixHttp.ts';
import { newRecovery } from './newRecovery.ts';
import { IDENTITY_SECRETS, replaceIdentity } from './newIdentity.ts';
import type { SecretKeys } from './secretKeys.ts';

const DAMAGED =
    'The recovery storage of your account is damaged: your key is right, but what it protects cannot be read. Verify this device with another one and set up recovery anew, or reset your identity.';

export type Recovery = Pick<TrustPort, 'setUpRecovery' | 'recoveryKind' | 'recover' | 'resetIdentity'>;

export function createRecovery(
    sdk: MatrixClient,
    secretKeys: SecretKeys,
    log: Log,
    withoutKeyQueries: <T>(work: () => Promise<T>) => Promise<T>,
    changed: () => Promise<void>,
): Recovery {
    const api = () => {
        const crypto = sdk.getCrypto();
        if (!crypto) throw new HushError('internal', 'Encryption is not running. Reload the window.');
        return crypto;
    };
    const secret = async (name: (typeof IDENTITY_SECRETS)[number]): Promise<string> => {
        let value: string | undefined;
        try {
            value = await sdk.secretStorage.get(name);
        } catch (cause) {
            throw new HushError('trust.storageDamaged', DAMAGED, { cause });
        }
        if (!value) throw new HushError('trust.storageDamaged', DAMAGED);
        return value;
    };
    const restoreBackup = async (): Promise<Recovered> => {
        const crypto = api();
        if ((await crypto.getKeyBackupInfo()) === null) return { roomKeys: 0, backup: 'none' };
        try {
            await crypto.loadSessionBackupPrivateKeyFromSecretStorage();
        } catch (error) {
            log.warn('The backup does not fit the recovered key', error);
            return { roomKeys: 0, backup: 'replaced' };
        }
        await crypto.checkKeyBackupAndEnable();
        const { imported } = await crypto.restoreKeyBackup();
        return { roomKeys: imported, backup: 'restored' };
    };

    return {
        async recoveryKind() {
            const stored = await storageKey(sdk);
            return !stored ? 'none' : stored[1].passphrase ? 'passphrase' : 'key';
        },
        setUpRecovery: (passphrase, replaceBackup) =>
            secretKeys.during(undefined, async () => {
                const crypto = api();
                if (!(await crypto.isCrossSigningReady()) && !(await hasPrivateKeys(sdk)))
                    throw new HushError(
                        'trust.notTrusted',
                        'This device does not have your identity’s keys, so it cannot set up recovery. Verify it with another device first.',
                    );
                try {
                    return await newRecovery({ sdk, crypto, log }, passphrase, replaceBackup === true);
                } finally {
                    await changed();
                }
            }),
        async recover(typed) {
            const key = await keyOf(sdk, typed);
            return secretKeys.during(key, async () => {
                for (const name of IDENTITY_SECRETS) await secret(name);
                try {
                    // Right after signing in, the public keys may be missing, and no private key would match.
                    await api().userHasCrossSigningKeys(sdk.getSafeUserId(), true);
                    await api().bootstrapCrossSigning({});
                } catch (error) {
                    const told = fromSdk(error, 'Recovering your identity');
                    throw told.code === 'internal'
                        ? new HushError(
                              'trust.storageDamaged',
                              'What your recovery key protects belongs to an identity that your account does not have any more. Verify this device with another one, or reset your identity.',
                              { cause: error },
                          )
                        : told;
                }
                try {
                    return await restoreBackup();
                } catch (error) {
                    throw fromSdk(error, 'Restoring the key backup');
                } finally {
                    await changed();
                }
            });
        },
        resetIdentity: (password) =>
            secretKeys.during(undefined, async () => {
                try {
                    await replaceIdentity({ sdk, crypto: api(), withoutKeyQueries, log }, password);
                } finally {
                    await changed();
                }
            }),
    };
}

async function hasPrivateKeys(sdk: MatrixClient): Promise<boolean> {
    const status = await sdk.getCrypto()?.getCrossSigningStatus();
    const cached = status?.privateKeysCachedLocally;
    return cached !== undefined && cached.masterKey && cached.selfSigningKey && cached.userSigningKey;
}

function storageKey(sdk: MatrixClient): ReturnType<MatrixClient['secretStorage']['getKey']> {
    return sdk.secretStorage.getKey().catch((error: unknown) => {
        throw fromSdk(error, 'Looking for your recovery key');
    });
}

/** @throws HushError `trust.noRecovery`, `trust.malformedKey`, `trust.wrongKey`, `trust.storageDamaged`. */
async function keyOf(sdk: MatrixClient, typed: string): Promise<readonly [string, Uint8Array<ArrayBuffer>]> {
    const stored = await storageKey(sdk);
    if (!stored)
        throw new HushError(
            'trust.noRecovery',
            'Your account has no recovery key. Verify this device with another one, or reset your identity.',
        );
    const [id, info] = stored;
    let key: Uint8Array<ArrayBuffer>;
    try {
        key = decodeRecoveryKey(typed.trim());
    } catch {
        if (!info.passphrase)
            throw new HushError(
                'trust.malformedKey',
                'That is no recovery key: it has 12 groups of four letters and digits, and one of them is mistyped or missing.',
            );
        const { salt, iterations, bits } = info.passphrase;
        key = await deriveRecoveryKeyFromPassphrase(typed, salt, iterations, bits);
    }
    let fits: boolean;
    try {
        fits =
            typeof info.iv === 'string' &&
            typeof info.mac === 'string' &&
            (await sdk.secretStorage.checkKey(key, info));
    } catch (cause) {
        throw new HushError('trust.storageDamaged', DAMAGED, { cause });
    }
    if (typeof info.iv !== 'string' || typeof info.mac !== 'string')
        throw new HushError('trust.storageDamaged', DAMAGED);
    if (!fits)
        throw new HushError(
            'trust.wrongKey',
            'That is not the recovery key (or passphrase) of this account. If you set up recovery more than once, only the newest key works.',
        );
    return [id, key];
}
