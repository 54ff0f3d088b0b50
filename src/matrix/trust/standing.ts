/** The crypto layer's judgement of a device, and the events that may change it. */
import { CryptoEvent } from 'matrix-js-sdk/lib/crypto-api/index.js';
import type { MatrixClient } from 'matrix-js-sdk/lib/matrix.js';
import type { Disposable } from '../../core/base/disposable.ts';
import type { Standing } from '../../core/trust/shareTrust.ts';
import { deviceName, deviceTrust } from './deviceTrust.ts';
import type { Device } from '../rtc/olmMessages.ts';

export interface Standings {
    /** Undefined: the device is not (or no longer) on its owner's list. Never rejects. */
    read(device: Device): Promise<Standing | undefined>;
    /** The standing of these people's devices may have changed. */
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
                // Another person's identity is accepted when it is first seen. Ours counts only after it is verified.
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
                return undefined; // the store is closing, and an unknown device gets nothing
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
