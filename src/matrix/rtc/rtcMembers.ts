/** Reads MatrixRTC memberships of both kinds (state and sticky) and of any client. */
import type { CallMembership } from 'matrix-js-sdk/lib/matrixrtc/index.js';
import { parseUserId } from '../../core/base/identifiers.ts';
import type { RtcMembership } from '../../core/share/share.ts';
import { parseShares, SHARES_FIELD } from '../events/hushEvents.ts';
import { isHashed, isSticky, participantIdentity } from './ownMember.ts';
import { serviceUrlOf } from './ownTransport.ts';

/**
 * The newest membership of each device. After a crash, the old sticky membership stays beside the new one for some
 * seconds.
 */
export function onePerDevice(members: readonly RtcMembership[]): RtcMembership[] {
    const newest = new Map<string, RtcMembership>();
    for (const member of members.toSorted((a, b) => a.createdTs - b.createdTs)) {
        const device = JSON.stringify([member.userId, member.deviceId]);
        newest.delete(device);
        newest.set(device, member);
    }
    return [...newest.values()];
}

/**
 * Converts a membership that the SDK has validated: its sender is joined, and it has not expired. `note` logs ignored
 * parts with the reason.
 */
export function toRtcMember(
    membership: CallMembership,
    oldest: CallMembership,
    ownServer: string | undefined,
    nameOf: (userId: string) => string,
    note: (text: string) => void,
): RtcMembership {
    const announced = membership.applicationData[SHARES_FIELD];
    const shares = announced === undefined ? undefined : parseShares(announced);
    if (shares && !shares.ok)
        note(`Ignored ${SHARES_FIELD} of ${membership.userId} ${membership.deviceId}: ${shares.reason}`);
    const sticky = isSticky(membership);
    const transport = membership.getTransport(oldest);
    // With `focus_selection: oldest_membership`, a member uses the transport of the oldest one, whose server knows it.
    const owner = transport !== undefined && transport === oldest.getTransport(oldest) ? oldest : membership;
    const server = parseUserId(owner.userId)?.serverName;
    const serviceUrl = serviceUrlOf(transport, server === ownServer ? undefined : server);
    return {
        userId: membership.userId,
        deviceId: membership.deviceId,
        name: nameOf(membership.userId),
        memberId: membership.memberId,
        createdTs: membership.createdTs(),
        identity: participantIdentity(membership, membership.memberId, isHashed(sticky, serviceUrl)),
        serviceUrl,
        client: shares?.ok ? 'hush' : 'other',
        shares: shares?.ok ? shares.value : [],
    };
}
