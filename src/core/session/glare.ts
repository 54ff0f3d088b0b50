/**
 * The one rule of glare: the lexicographically smaller user ID wins, then the smaller device ID, then the earlier start.
 * `!` sorts before every character that a user ID may contain, so comparing call IDs by code unit is that rule; and it is
 * what matrix-js-sdk's MatrixCall does too, whose IDs begin with a digit: against those, Hush always yields. Pure.
 */
import type { RoomSnapshot } from '../rooms/room.ts';

/** `<userId>!<deviceId>!<ULID>`, a call ID that sorts by the rule. */
export function callIdOf(device: { readonly userId: string; readonly deviceId: string }, ulid: string): string {
    return `${device.userId}!${device.deviceId}!${ulid}`;
}

/** Of the same two or more IDs everybody picks the same one, in whatever order they came. Throws on none. */
export function glareWinner<T extends string>(ids: readonly T[]): T {
    const [first, ...others] = ids;
    if (first === undefined) throw new Error('glare needs somebody');
    // String order in JavaScript is by UTF-16 code unit.
    return others.reduce((best, id) => (id < best ? id : best), first);
}

/** A session of ours for the workspace, and an invitation to another one from somebody whom we invited to ours. */
export interface CrossedSessions {
    readonly own: RoomSnapshot;
    /** Every invitation that crossed one of ours; at least one. */
    readonly invitations: readonly RoomSnapshot[];
    /** The room that survives: of the creator with the smallest user ID. */
    readonly keep: RoomSnapshot;
}

/**
 * Sessions that were started at the same moment for one workspace: each side has invited the other and nobody has
 * accepted yet. `forSameWorkspace` says whether an invitation is to a session for the workspace of `own`.
 */
export function crossedSessions(
    self: string,
    own: RoomSnapshot | undefined,
    rooms: readonly RoomSnapshot[],
    forSameWorkspace: (invitation: RoomSnapshot) => boolean,
): CrossedSessions | undefined {
    if (own?.membership !== 'join' || own.createdBy !== self) return undefined;
    // A session that runs is not given up for an invitation, however old or new: that is for the person to decide.
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
