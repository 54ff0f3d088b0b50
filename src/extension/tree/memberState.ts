/** A word or two for the row of a person: what they do in the room. Pure. */
import { viewersOf } from '../../core/session/sessionMembers.ts';
import type { SessionState } from '../../core/session/state.ts';
import type { RoomMember, RoomSnapshot } from '../../core/rooms/room.ts';

/** `sharing`: one of their devices has a share in the room. */
export function memberState(session: SessionState, room: RoomSnapshot, member: RoomMember, sharing: boolean): string {
    const { userId, membership, presence } = member;
    if (membership === 'invite') return 'invited';
    const you = userId === session.self?.userId;
    const watching = you ? watchesHere(session, room.roomId) : watchesOurs(session, room.roomId, userId);
    const busy = [sharing ? 'sharing' : '', watching ? (you ? 'watching' : 'watching you') : ''].filter(Boolean);
    if (busy.length > 0) return busy.join(', ');
    if (room.rtc.some((device) => device.userId === userId)) return 'in the session';
    return you || presence === undefined || presence === 'offline' ? '' : presence;
}

/** Only the sharer and the viewer know who watches. */
function watchesOurs(session: SessionState, roomId: string, userId: string): boolean {
    const { share } = session;
    return share?.roomId === roomId && viewersOf(session, share).some((viewer) => viewer.userId === userId);
}

function watchesHere(session: SessionState, roomId: string): boolean {
    return [...session.viewerTabs.values()].some(
        ({ target, phase }) => target.roomId === roomId && phase !== 'ended' && phase !== 'failed',
    );
}
