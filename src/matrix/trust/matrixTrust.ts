/** Composes an account's trust into the `TrustPort` that `openAccount` gives the extension. */
import type { UIAuthCallback } from 'matrix-js-sdk/lib/interactive-auth.js';
import type { MatrixClient } from 'matrix-js-sdk/lib/matrix.js';
import type { Log } from '../../core/base/log.ts';
import type { TrustPort } from '../../core/trust/trustPort.ts';
import { fromSdk } from '../requests/matrixHttp.ts';
import type { Admission } from './admission.ts';
import { createOwnTrust } from './ownTrust.ts';
import { createRecovery } from './recovery.ts';
import type { SecretKeys } from './secretKeys.ts';
import type { ServerWatch } from './serverWatch.ts';
import type { ShareAudiences } from './shareAudience.ts';
import { createVerifications } from './verification.ts';
import { memberName } from '../names/shownNames.ts';

export interface TrustOptions {
    readonly sdk: MatrixClient;
    readonly secretKeys: SecretKeys;
    readonly admission: Admission;
    readonly audiences: ShareAudiences;
    readonly trackDevices: (userIds: readonly string[]) => Promise<void>;
    /** See queryGate.ts. */
    readonly withoutKeyQueries: <T>(work: () => Promise<T>) => Promise<T>;
    readonly watch: ServerWatch;
    readonly log: Log;
    readonly auth?: UIAuthCallback<void> | undefined;
}
export interface Trust extends TrustPort {
    /** Finds out whether this device is trusted. Call it at each connection until it is known. Never rejects. */
    check(): Promise<void>;
    dispose(): void;
}

export function createTrust(options: TrustOptions): Trust {
    const { sdk, secretKeys, admission, audiences, trackDevices, withoutKeyQueries, watch, log } = options;
    const own = createOwnTrust({ sdk, log, withoutKeyQueries, watch, auth: options.auth });
    const nameOf = (userId: string): string => {
        for (const room of sdk.getRooms()) {
            if (room.getMember(userId)) return memberName(room, userId);
        }
        return userId;
    };
    const verifications = createVerifications({
        sdk,
        log,
        nameOf,
        trackDevices,
        assertClock: () => watch.assertClock('verify'),
    });
    const recovery = createRecovery(sdk, secretKeys, log, withoutKeyQueries, async () => {
        await trackDevices([sdk.getSafeUserId()]).catch(() => undefined);
        await own.refresh();
    });
    return {
        get own() {
            return own.own;
        },
        onOwn: (listener) => own.onOwn(listener),
        check: () => own.check(),
        policyChanged: () => admission.policyChanged(),
        async person(userId) {
            await trackDevices([userId]).catch(() => undefined);
            const status = await sdk.getCrypto()?.getUserVerificationStatus(userId);
            return {
                hasIdentity: status?.known === true,
                verified: status?.isCrossSigningVerified() === true,
                changed:
                    status !== undefined &&
                    (status.needsUserApproval ||
                        (status.wasCrossSigningVerified() && !status.isCrossSigningVerified())),
            };
        },
        async acknowledge(userId) {
            try {
                const crypto = sdk.getCrypto();
                const status = await crypto?.getUserVerificationStatus(userId);
                if (status?.wasCrossSigningVerified() && !status.isCrossSigningVerified())
                    await crypto?.withdrawVerificationRequirement(userId);
                await crypto?.pinCurrentUserIdentity(userId);
                await admission.lookAgain(userId);
                log.info(`The new identity of ${userId} was acknowledged`);
            } catch (error) {
                throw fromSdk(error, 'Acknowledging the new identity');
            }
        },
        setUpIdentity: (password) => own.setUp(password),
        ...recovery,
        verifyOwnDevices: () => verifications.verifyOwnDevices(),
        verifyPerson: (userId, roomId) => verifications.verifyPerson(userId, roomId),
        verify: (id, step) => verifications.verify(id, step),
        onVerification: (listener) => verifications.onVerification(listener),
        dispose() {
            own.dispose();
            verifications.dispose();
            audiences.dispose();
            admission.dispose();
        },
    };
}
