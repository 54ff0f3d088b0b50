/** How a device is known to us, in the words of the page protocol. */
import { UserId, type OlmMachine } from '@matrix-org/matrix-sdk-crypto-wasm';
import type { MatrixClient } from 'matrix-js-sdk/lib/matrix.js';
import type { TrustLevel } from '../../core/trust/trustLevels.ts';
import type { KnownDevice, KnownDevices } from './deviceLies.ts';

/**
 * `verified`: through its owner's verified identity, or by us where its owner has none; `crossSigned`: by its owner only.
 * A device that was verified once by itself does not stay so when its owner's identity is another.
 */
export async function deviceTrust(sdk: MatrixClient, userId: string, deviceId: string): Promise<TrustLevel> {
    const crypto = sdk.getCrypto();
    const status = await crypto?.getDeviceVerificationStatus(userId, deviceId).catch(() => null);
    if (!crypto || !status) return 'unknown';
    if (status.crossSigningVerified) return 'verified';
    if (status.signedByOwner) return 'crossSigned';
    const { known } = await crypto.getUserVerificationStatus(userId);
    return status.localVerified && !known ? 'verified' : 'unverified';
}

/** As its owner named it; empty: without a name, or not known. */
export async function deviceName(sdk: MatrixClient, userId: string, deviceId: string): Promise<string> {
    const devices = await sdk.getCrypto()?.getUserDeviceInfo([userId]);
    return (devices?.get(userId)?.get(deviceId)?.displayName ?? '').slice(0, 200);
}

/** The keys of these people's devices, as far as they are known. Asks nobody, and waits for nothing that was asked. */
export async function knownDevices(
    olm: Pick<OlmMachine, 'getUserDevices'>,
    userIds: readonly string[],
): Promise<KnownDevices> {
    const known = new Map<string, Map<string, KnownDevice>>();
    for (const userId of userIds) {
        const devices = new Map<string, KnownDevice>();
        for (const device of (await olm.getUserDevices(new UserId(userId))).devices())
            devices.set(device.deviceId.toString(), {
                curve25519: device.curve25519Key?.toBase64(),
                ed25519: device.ed25519Key?.toBase64(),
            });
        known.set(userId, devices);
    }
    return known;
}
