/** How a device is known to us, in the words of the page protocol. */
import type { MatrixClient } from 'matrix-js-sdk/lib/matrix.js';
import type { TrustLevel } from '../webview/protocol/messages.ts';

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
