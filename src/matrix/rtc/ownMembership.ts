/**
 * Our MatrixRTC membership in one room. Joining, announcing and leaving are promises that settle when the room shows
 * the result. The SDK's manager retries by itself and reports only through events.
 */
import {
    MatrixRTCSessionEvent,
    type CallMembership,
    type MatrixRTCSession,
} from 'matrix-js-sdk/lib/matrixrtc/index.js';
import { HushError } from '../../core/base/errors.ts';
import type { Share } from '../../core/share/share.ts';
import { fromSdk, type KnownErrors } from '../requests/matrixHttp.ts';
import { parseShares, sharesContentOf, SHARES_FIELD } from '../events/hushEvents.ts';
import type { Device } from './olmMessages.ts';
import type { DelayedLeave } from './delayedLeave.ts';
import type { OwnMember } from './ownMember.ts';
import { transportOf } from './ownTransport.ts';
import { nameTransport, publishWhole } from './sdkMembershipManager.ts';

export interface OwnMembership {
    /** Without a LiveKit service the membership names no transport. Shares then go directly between devices. */
    join(shares: readonly Share[], serviceUrl: string | undefined, member: OwnMember): Promise<void>;
    /** `serviceUrl`: the LiveKit service that the membership names from now on, if it named none before. */
    announce(shares: readonly Share[], serviceUrl?: string): Promise<void>;
    leave(): Promise<void>;
    /** See {@link DelayedLeave}. */
    readonly keep: DelayedLeave['keep'];
    /** Stops listening to the session. */
    dispose(): void;
    readonly joined: boolean;
}
/** The error of a join or announcement that a leave has overtaken. */
export function leftMeanwhile(): HushError {
    return new HushError('internal', 'The session was left meanwhile. Join it again.');
}

export interface OwnMembershipOptions {
    readonly session: MatrixRTCSession;
    readonly roomId: string;
    readonly self: Device;
    /** ms since the epoch. */
    readonly now: () => number;
    /** The membership ended or could not be kept, and we did not ask for it. */
    readonly onLost: (error: HushError) => void;
    readonly delayedLeave: DelayedLeave;
}

/** ms that a join may take. The SDK's own retries (rate limits, 3 s after a network error) fit in. */
const JOIN_WITHIN_MS = 20_000;
const ANNOUNCE_WITHIN_MS = 10_000;
const LEAVE_WITHIN_MS = 5_000;

export const CALL_ERRORS: KnownErrors = {
    M_FORBIDDEN: [
        'room.mayNotCall',
        'This room does not let you start or join a session. Ask somebody with more power in the room to allow calls for everybody.',
    ],
};

function tooLong(doing: string): HushError {
    const text = `${doing} takes too long: the homeserver does not confirm it. Check the connection and try again.`;
    return new HushError('network.timeout', text);
}

export function createOwnMembership({
    session,
    roomId,
    self,
    now,
    onLost,
    delayedLeave,
}: OwnMembershipOptions): OwnMembership {
    let joining: PromiseWithResolvers<void> | undefined;
    let joined = false;
    let seq = now();
    /** The LiveKit service that our membership names now. */
    let named: string | undefined;

    const onError = (error: unknown): void => {
        const reason = fromSdk(
            error instanceof Error && error.cause !== undefined && !('httpStatus' in error) ? error.cause : error,
            'Joining the session',
            CALL_ERRORS,
        );
        const wasJoined = joined;
        joined = false;
        if (joining) joining.reject(reason);
        else if (wasJoined) onLost(reason);
    };
    session.on(MatrixRTCSessionEvent.MembershipManagerError, onError);
    const mine = (memberships: readonly CallMembership[]): CallMembership | undefined =>
        memberships.find((m) => m.userId === self.userId && m.deviceId === self.deviceId);

    /** Resolves when `visible` is true for the room's memberships. Rejects after `ms`. */
    const untilVisible = async (visible: () => boolean, ms: number, doing: string): Promise<void> => {
        const { promise, resolve, reject } = Promise.withResolvers<void>();
        joining = { promise, resolve, reject };
        const check = (): void => {
            if (visible()) resolve();
        };
        session.on(MatrixRTCSessionEvent.MembershipsChanged, check);
        const timer = setTimeout(() => reject(tooLong(doing)), ms);
        check();
        try {
            await promise;
        } finally {
            clearTimeout(timer);
            session.off(MatrixRTCSessionEvent.MembershipsChanged, check);
            joining = undefined;
        }
    };
    const shows = (wanted: number): boolean => {
        const announced = mine(session.memberships)?.applicationData[SHARES_FIELD];
        return parseShares(announced).ok && (announced as { seq?: number }).seq === wanted;
    };
    const leave = async (): Promise<void> => {
        joined = false;
        joining?.reject(leftMeanwhile());
        const done = await session.leaveRoomSession(LEAVE_WITHIN_MS);
        if (!done && session.memberships.some((m) => m.userId === self.userId && m.deviceId === self.deviceId)) {
            throw new HushError(
                'network.timeout',
                'The homeserver has not confirmed that you left the session. It ends by itself within half a minute.',
            );
        }
    };

    return {
        get joined() {
            return joined;
        },
        async join(shares, serviceUrl, { sticky, memberId }) {
            const wanted = ++seq;
            named = serviceUrl;
            const transport = serviceUrl === undefined ? undefined : transportOf(serviceUrl, roomId);
            session.joinRTCSession(
                { ...self, memberId },
                [],
                transport,
                Object.assign(delayedLeave.begin(), {
                    manageMediaKeys: false, // keyRing.ts does: the SDK checks no sender and reports no failure
                    callIntent: 'video',
                    unstableSendStickyEvents: sticky,
                    applicationData: { [SHARES_FIELD]: sharesContentOf(shares, wanted) },
                    networkErrorRetryMs: 3_000,
                }),
            );
            if (sticky) publishWhole(session);
            try {
                await untilVisible(() => shows(wanted), JOIN_WITHIN_MS, 'Joining the session');
                joined = true;
            } catch (error) {
                if (seq === wanted && session.isJoined())
                    void session.leaveRoomSession(LEAVE_WITHIN_MS).catch(() => undefined);
                throw error;
            }
        },
        async announce(shares, serviceUrl) {
            if (serviceUrl !== undefined && named === undefined)
                nameTransport(session, transportOf(serviceUrl, roomId));
            named ??= serviceUrl;
            const wanted = ++seq; // a new number makes the SDK send it even if nothing else changed
            const visible = untilVisible(() => shows(wanted), ANNOUNCE_WITHIN_MS, 'Telling the room about the share');
            const [sent] = await Promise.allSettled([
                session.updateApplicationData({ [SHARES_FIELD]: sharesContentOf(shares, wanted) }),
                visible,
            ]);
            if (sent.status === 'rejected') throw fromSdk(sent.reason, 'Telling the room about the share', CALL_ERRORS);
            await visible;
        },
        leave,
        keep: delayedLeave.keep,
        dispose() {
            delayedLeave.dispose();
            session.off(MatrixRTCSessionEvent.MembershipManagerError, onError);
        },
    };
}
