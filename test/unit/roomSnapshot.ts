import type { RoomSnapshot } from '../../src/core/rooms/room.ts';

/** A joined, encrypted room without people, in which everything is allowed. */
export function roomSnapshot(more: Partial<RoomSnapshot> = {}): RoomSnapshot {
    return {
        roomId: '!room:hs',
        name: 'Room',
        membership: 'join',
        inviter: undefined,
        encrypted: true,
        isDirect: false,
        members: [],
        rtc: [],
        workspaces: [],
        mayJoinSession: true,
        mayInvite: true,
        mayLinkWorkspace: true,
        mayWrite: true,
        mayReact: true,
        ...more,
    };
}
