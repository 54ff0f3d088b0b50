/** What the crypto layer says of a device, and when it may say something else. */
import { CryptoEvent } from 'matrix-js-sdk/lib/crypto-api/index.js';
import type { MatrixClient } from 'matrix-js-sdk/lib/matrix.js';
import type { Disposable } from '../../core/base/disposable.ts';
import type { Standing } from '../../core/trust/shareTrust.ts';
import { deviceName, deviceTrust } from './deviceTrust.ts';
import type { Device } from '../rtc/olmMessages.ts';

export interface Standings {
    /** Undefined: the device is not on its owner's list (any more). Never rejects. */
    read(device: Device): Promise<Standing | undefined>;
    /** Of these people something may be different now. */
    onChange(listener: (userIds: readonly string[]) => void): Disposable;
}

export function createStandings(sdk: MatrixClient): Standings {
    return {
        async read({ userId, deviceId }) {
            const crypto = sdk.getCrypto();
            if (!crypto) return undefined;
            try {
                const [trust, person, name] = await Promise.all([
                    deviceTrust(sdk, userId, deviceId),
                    crypto.getUserVerificationStatus(userId),
                    deviceName(sdk, userId, deviceId),
                ]);
                if (trust === 'unknown') return undefined;
                // An identity of ours is not pinned when it is first seen, as others' are: it counts once it is verified.
                const own = userId === sdk.getUserId();
                const proven = person.isCrossSigningVerified();
                const changed = !own && (person.needsUserApproval || (person.wasCrossSigningVerified() && !proven));
                return {
                    trust: own && trust === 'crossSigned' ? 'unverified' : trust,
                    identityChanged: changed,
                    unprovenOwn: own && !proven,
                    deviceName: name,
                };
            } catch {
                return undefined; // a store that is closing: what is not known gets nothing
            }
        },
        onChange(listener) {
            const devices = (users: string[]): void => listener(users);
            const person = (userId: string): void => listener([userId]);
            sdk.on(CryptoEvent.DevicesUpdated, devices);
            sdk.on(CryptoEvent.UserTrustStatusChanged, person);
            return {
                dispose: () => {
                    sdk.off(CryptoEvent.DevicesUpdated, devices);
                    sdk.off(CryptoEvent.UserTrustStatusChanged, person);
                },
            };
        },
    };
}
