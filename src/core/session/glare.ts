/**
 * The rule for glare: the lexicographically smaller user ID wins, then the smaller device ID, then the earlier start.
 * `!` sorts before every character that a user ID may contain, so a comparison of call IDs by code unit is this rule.
 * The MatrixCall of matrix-js-sdk does the same. Its IDs begin with a digit, so Hush always yields to them.
 */
import type { RoomSnapshot } from '../rooms/room.ts';

/** `<userId>!<deviceId>!<ULID>`, a call ID that sorts by the rule. */
export function callIdOf(device: { readonly userId: string; readonly deviceId: string }, ulid: string): string {
    return `${device.userId}!${device.deviceId}!${ulid}`;
}

/** Everybody picks the same one of these IDs, in any order. Throws for an empty list. */
export function glareWinner<T extends string>(ids: readonly T[]): T {
    const [first, ...others] = ids;
    if (first === undefined) throw new Error('glare needs somebody');
    // JavaScript compares strings by UTF-16 code unit.
    return others.reduce((best, id) => (id < best ? id : best), first);
}

/** Our own session for the workspace, and an invitation to another session from a person whom we invited to ours. */
export interface CrossedSessions {
    readonly own: RoomSnapshot;
    /** Every invitation that crossed one of ours. At least one. */
    readonly invitations: readonly RoomSnapshot[];
    /** The room that survives: its creator has the smallest user ID. */
    readonly keep: RoomSnapshot;
}

/**
 * Sessions that were started at the same moment for one workspace. Each side invited the other, and nobody has accepted
 * yet. `forSameWorkspace`: whether an invitation is to a session for the workspace of `own`.
 */
export function crossedSessions(
    self: string,
    own: RoomSnapshot | undefined,
    rooms: readonly RoomSnapshot[],
    forSameWorkspace: (invitation: RoomSnapshot) => boolean,
): CrossedSessions | undefined {
    if (own?.membership !== 'join' || own.createdBy !== self) return undefined;
    // An invitation does not end a running session, however old or new it is. The person decides that.
    if (own.rtc.length > 0) return undefined;
    const waitingFor = new Set(own.members.filter((m) => m.membership === 'invite').map((m) => m.userId));
    const invitations = rooms.filter((room) => {
        const by = room.membership === 'invite' ? room.createdBy : undefined;
        return (
            by !== undefined &&
            room.encrypted &&
            by === room.inviter?.userId &&
            waitingFor.has(by) &&
            forSameWorkspace(room)
        );
    });
    if (invitations.length === 0) return undefined;
    const creator = glareWinner([self, ...invitations.map((room) => room.createdBy ?? self)]);
    const keep = creator === self ? own : (invitations.find((room) => room.createdBy === creator) ?? own);
    return { own, invitations, keep };
}
