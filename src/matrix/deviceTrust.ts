/** How a device is known to us, in the words of the page protocol. */
import type { MatrixClient } from 'matrix-js-sdk/lib/matrix.js';
import type { TrustLevel } from '../webview/protocol/messages.ts';

/** `verified`: by us, directly or through its owner's verified identity; `crossSigned`: by its owner only. */
export async function deviceTrust(sdk: MatrixClient, userId: string, deviceId: string): Promise<TrustLevel> {
    const status = await sdk
        .getCrypto()
        ?.getDeviceVerificationStatus(userId, deviceId)
        .catch(() => null);
    if (!status) return 'unknown';
    if (status.isVerified()) return 'verified';
    return status.signedByOwner ? 'crossSigned' : 'unverified';
}
