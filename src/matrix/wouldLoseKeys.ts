/** Whether signing this device out would make encrypted history unreadable for good. */
import type { MatrixClient } from 'matrix-js-sdk/lib/matrix.js';

/** Room keys live on here only when nothing is backed up and no other device of the person has encryption keys. */
export async function wouldLoseKeys(
    sdk: MatrixClient,
    self: { readonly userId: string; readonly deviceId: string },
): Promise<boolean> {
    const crypto = sdk.getCrypto();
    if (!crypto) return false;
    if ((await crypto.getActiveSessionBackupVersion()) !== null) return false;
    const devices = (await crypto.getUserDeviceInfo([self.userId], true)).get(self.userId);
    return ![...(devices?.values() ?? [])].some(
        ({ deviceId, dehydrated }) => deviceId !== self.deviceId && !dehydrated,
    );
}
