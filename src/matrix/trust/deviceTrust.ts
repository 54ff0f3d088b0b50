/** How far we trust a device, in the terms of the page protocol. */
import { UserId, type OlmMachine } from '@matrix-org/matrix-sdk-crypto-wasm';
import type { MatrixClient } from 'matrix-js-sdk/lib/matrix.js';
import type { TrustLevel } from '../../core/trust/trustLevels.ts';
import type { KnownDevice, KnownDevices } from './deviceLies.ts';

/**
 * `verified`: through its owner's verified identity, or by us if its owner has no identity. `crossSigned`: only by its
 * owner. A device that we verified by itself loses this when its owner's identity changes.
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

/** The name from its owner. Empty: it has no name, or is unknown. */
export async function deviceName(sdk: MatrixClient, userId: string, deviceId: string): Promise<string> {
    const devices = await sdk.getCrypto()?.getUserDeviceInfo([userId]);
    return (devices?.get(userId)?.get(deviceId)?.displayName ?? '').slice(0, 200);
}

/** The known keys of these people's devices. Sends no request, and waits for none. */
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
