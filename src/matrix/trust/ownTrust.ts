/**
 * Whether this device is trusted in its person's identity. It is checked at each connection, and then followed. For an
 * account without an identity, one is set up without a question. A device that signs in later stays untrusted until the
 * person verifies or recovers it, because only they know that it is theirs.
 */
import { CryptoEvent, type CryptoApi } from 'matrix-js-sdk/lib/crypto-api/index.js';
import type { UIAuthCallback } from 'matrix-js-sdk/lib/interactive-auth.js';
import type { MatrixClient } from 'matrix-js-sdk/lib/matrix.js';
import { HushError, isHushError } from '../../core/base/errors.ts';
import type { Log } from '../../core/base/log.ts';
import type { Disposable } from '../../core/base/disposable.ts';
import type { OwnTrust } from '../../core/trust/shareTrust.ts';
import { fromSdk } from '../requests/matrixHttp.ts';
import type { ServerWatch } from './serverWatch.ts';
import { uploadAuth } from './uploadAuth.ts';

export interface OwnTrustKeeper {
    readonly own: OwnTrust;
    onOwn(listener: (own: OwnTrust) => void): Disposable;
    /** Asks the server which identity exists, and makes the first one. Never rejects. */
    check(): Promise<void>;
    /** Reads again how far this device is trusted. Never rejects. */
    refresh(): Promise<void>;
    /** @throws HushError `trust.*`, `login.wrongPassword`, `network.*`. */
    setUp(password: string | undefined): Promise<void>;
    dispose(): void;
}

export interface OwnTrustOptions {
    readonly sdk: MatrixClient;
    readonly log: Log;
    readonly withoutKeyQueries: <T>(work: () => Promise<T>) => Promise<T>;
    readonly watch: Pick<ServerWatch, 'warnings' | 'onChange'>;
    /** Answers the server's questions before it accepts a first identity. Default: sends only the plain request. */
    readonly auth?: UIAuthCallback<void> | undefined;
}

/** States that last until the next check finds another one. */
const KEPT = ['needsPassword', 'otherAuth', 'failed'] as const;

export function createOwnTrust({ sdk, log, withoutKeyQueries, watch, auth }: OwnTrustOptions): OwnTrustKeeper {
    const userId = sdk.getSafeUserId();
    let own: OwnTrust = { kind: 'checking', recovery: 'unknown', backup: 'unknown', otherDevices: false };
    const listeners = new Set<(own: OwnTrust) => void>();
    let turn: Promise<unknown> = Promise.resolve();
    let disposed = false;

    const set = ({ warnings: _w, ...found }: OwnTrust): void => {
        const next: OwnTrust = watch.warnings.length === 0 ? found : { ...found, warnings: watch.warnings };
        if (disposed || JSON.stringify(next) === JSON.stringify(own)) return;
        if (next.kind !== own.kind) log.info(`This device is ${next.kind} in its person's identity`);
        own = next;
        for (const listener of listeners) listener(own);
    };
    const crypto = (): CryptoApi => {
        const api = sdk.getCrypto();
        if (!api) throw new HushError('internal', 'Encryption is not running. Reload the window.');
        return api;
    };
    const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
        const result = turn.then(work);
        turn = result.catch(() => undefined);
        return result;
    };
    /** Asks the server, because the crypto layer may hold an identity that it could not upload. */
    const identityOnServer = async (): Promise<boolean> =>
        (await sdk.downloadKeysForUsers([userId])).master_keys?.[userId] !== undefined;
    const read = async (kind?: (typeof KEPT)[number]): Promise<void> => {
        const api = crypto();
        const deviceId = sdk.getDeviceId() ?? '';
        const status = await api.getDeviceVerificationStatus(userId, deviceId);
        const trusted = status?.crossSigningVerified === true;
        const { privateKeysCachedLocally: held } = await api.getCrossSigningStatus();
        // A device with the identity's own keys only waits until the server shows its signature.
        const hasIdentity = (await api.userHasCrossSigningKeys(userId)) && !held.selfSigningKey;
        const kept = KEPT.find((each) => each === own.kind);
        const untrusted = hasIdentity ? ('untrusted' as const) : (kept ?? ('checking' as const));
        const hasRecovery = await sdk.secretStorage.hasKey();
        set({
            kind: kind ?? (trusted ? 'trusted' : untrusted),
            recovery: hasRecovery ? 'ready' : 'none',
            backup: await backupOf(api, trusted && hasRecovery),
            otherDevices: await hasOtherDevices(api, userId, deviceId),
        });
    };
    const bootstrap = async (callback: UIAuthCallback<void>): Promise<void> => {
        await withoutKeyQueries(() =>
            crypto().bootstrapCrossSigning({ setupNewCrossSigning: true, authUploadDeviceSigningKeys: callback }),
        );
        log.info('The encryption identity of this account was set up');
    };
    const refresh = (): Promise<void> =>
        inTurn(() => read()).catch((error: unknown) => log.warn('Reading the trust of this device failed', error));
    const changedFor = (users: readonly string[]): void => {
        if (users.includes(userId)) void refresh();
    };
    const onDevices = (users: string[]): void => changedFor(users);
    const onPerson = (user: string): void => changedFor([user]);
    const onAny = (): void => void refresh();
    const warned = watch.onChange(() => set(own));
    sdk.on(CryptoEvent.DevicesUpdated, onDevices);
    sdk.on(CryptoEvent.UserTrustStatusChanged, onPerson);
    sdk.on(CryptoEvent.KeyBackupStatus, onAny);
    sdk.on(CryptoEvent.KeyBackupFailed, onAny);

    return {
        get own() {
            return own;
        },
        onOwn(listener) {
            listeners.add(listener);
            return {
                dispose: () => {
                    listeners.delete(listener);
                },
            };
        },
        check: () =>
            inTurn(async () => {
                try {
                    // A trusted device asks the server nothing, to keep the start fast.
                    await read();
                    if (own.kind === 'trusted') return;
                    if (!(await identityOnServer())) await bootstrap(auth ?? uploadAuth(userId, undefined));
                    await read();
                } catch (error) {
                    log.warn('The encryption identity could not be checked', error);
                    await read(kindOf(error)).catch(() => undefined);
                }
            }),
        refresh,
        setUp: (password) =>
            inTurn(async () => {
                try {
                    if (await identityOnServer())
                        throw new HushError(
                            'trust.hasIdentity',
                            'Your account has an encryption identity already. Verify this device, or use your recovery key.',
                        );
                    await bootstrap(uploadAuth(userId, password));
                    own = { ...own, kind: 'checking' };
                } catch (error) {
                    throw fromSdk(error, 'Setting up your encryption identity');
                }
                await read();
            }),
        dispose() {
            disposed = true;
            listeners.clear();
            warned.dispose();
            sdk.off(CryptoEvent.DevicesUpdated, onDevices);
            sdk.off(CryptoEvent.UserTrustStatusChanged, onPerson);
            sdk.off(CryptoEvent.KeyBackupStatus, onAny);
            sdk.off(CryptoEvent.KeyBackupFailed, onAny);
        },
    };
}

/** The state after an identity could not be set up. */
function kindOf(error: unknown): (typeof KEPT)[number] {
    const code = isHushError(error) ? error.code : undefined;
    if (code === 'trust.needsPassword') return 'needsPassword';
    return code === 'trust.otherAuth' ? 'otherAuth' : 'failed';
}

/** If recovery exists and a trusted device does not use the backup, it lacks the backup's key. */
export async function backupOf(
    api: Pick<CryptoApi, 'getActiveSessionBackupVersion' | 'getKeyBackupInfo'>,
    expected: boolean,
): Promise<OwnTrust['backup']> {
    if ((await api.getActiveSessionBackupVersion()) !== null) return 'on';
    if (!expected) return 'off';
    try {
        if ((await api.getKeyBackupInfo()) === null) return 'off';
        // getKeyBackupInfo() may have put the backup into use, if the start had no network and this was the first
        // request.
        return (await api.getActiveSessionBackupVersion()) === null ? 'replaced' : 'on';
    } catch {
        return 'unknown'; // no connection; the next one checks again
    }
}

async function hasOtherDevices(api: CryptoApi, userId: string, ownDeviceId: string): Promise<boolean> {
    const devices = (await api.getUserDeviceInfo([userId])).get(userId);
    for (const device of devices?.values() ?? []) {
        if (device.deviceId === ownDeviceId || device.dehydrated) continue;
        if ((await api.getDeviceVerificationStatus(userId, device.deviceId))?.signedByOwner === true) return true;
    }
    return false;
}
