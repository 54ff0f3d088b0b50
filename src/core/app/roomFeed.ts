/** Turns room snapshots into session events: whose memberships changed, and which rooms we left. */
import { sameFields } from '../base/sameFields.ts';
import type { SessionEvent } from '../session/state.ts';
import type { RoomSnapshot } from '../rooms/room.ts';
import type { RtcMembership } from '../share/share.ts';

function sameMembers(a: readonly RtcMembership[], b: readonly RtcMembership[]): boolean {
    return a === b || sameEntries(a, b, sameMember);
}

function sameMember({ shares, ...a }: RtcMembership, { shares: otherShares, ...b }: RtcMembership): boolean {
    return sameFields<Omit<RtcMembership, 'shares'>>(a, b) && sameEntries(shares, otherShares, sameFields);
}

function sameEntries<T>(a: readonly T[], b: readonly T[], same: (one: T, other: T) => boolean): boolean {
    return a.length === b.length && a.every((one, i) => same(one, b[i] as T));
}

/** `next(rooms)` returns the events since the last call. */
export function createRoomFeed(): { next(rooms: readonly RoomSnapshot[]): SessionEvent[] } {
    let known = new Map<string, readonly RtcMembership[]>();
    return {
        next(rooms) {
            const joined = rooms.filter((room) => room.membership === 'join');
            const events: SessionEvent[] = [];
            for (const { roomId, rtc } of joined) {
                if (!sameMembers(known.get(roomId) ?? [], rtc))
                    events.push({ type: 'rtcChanged', roomId, members: rtc });
            }
            const now = new Map(joined.map((room) => [room.roomId, room.rtc]));
            for (const roomId of known.keys()) {
                if (!now.has(roomId)) events.push({ type: 'roomGone', roomId });
            }
            known = now;
            return events;
        },
    };
}
