/** Which keys to encrypted history remain after this device signs out. */
import type { MatrixClient } from 'matrix-js-sdk/lib/matrix.js';
import type { KeysElsewhere } from '../../core/account/account.ts';

/** `devices`: another device of the person has encryption keys. Only that device knows which ones. */
export async function keysElsewhere(
    sdk: MatrixClient,
    self: { readonly userId: string; readonly deviceId: string },
): Promise<KeysElsewhere> {
    const crypto = sdk.getCrypto();
    if (!crypto) return 'nowhere';
    if ((await crypto.getActiveSessionBackupVersion()) !== null) return 'backup';
    const devices = (await crypto.getUserDeviceInfo([self.userId], true)).get(self.userId);
    const others = [...(devices?.values() ?? [])].some(
        ({ deviceId, dehydrated }) => deviceId !== self.deviceId && !dehydrated,
    );
    return others ? 'devices' : 'nowhere';
}
