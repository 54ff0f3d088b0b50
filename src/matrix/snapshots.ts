/** Rooms as the rest of Hush sees them. Read-only; built from what the SDK holds in memory. */
import {
    EventType,
    KnownMembership,
    type MatrixClient,
    type MatrixEvent,
    type Room,
} from 'matrix-js-sdk/lib/matrix.js';
import type { RoomMember, RoomSnapshot, RtcMember, WorkspaceLink } from '../extension/session/types.ts';
import { parseWorkspace, SESSION_FIELD } from './roomContents.ts';
import { CALL_MEMBER_TYPE, WORKSPACE_TYPE } from './syncFilter.ts';

/** The room is joined and its state has arrived: the SDK shows rooms before their state, nameless and unencrypted. */
export function isComplete(room: Room | null): boolean {
    return (
        room?.getMyMembership() === KnownMembership.Join &&
        room.currentState.getStateEvents('m.room.create', '') !== null
    );
}

/** Undefined for rooms that are neither joined nor an invitation, whose state has not arrived, and for spaces. */
export function snapshotOf(sdk: MatrixClient, room: Room, rtc: readonly RtcMember[]): RoomSnapshot | undefined {
    const membership = room.getMyMembership();
    if (membership !== KnownMembership.Join && membership !== KnownMembership.Invite) return undefined;
    if (room.isSpaceRoom() || (membership === KnownMembership.Join && !isComplete(room))) return undefined;
    const self = sdk.getSafeUserId();
    const state = room.currentState;
    const joined = membership === KnownMembership.Join;
    return {
        roomId: room.roomId,
        name: room.name,
        membership: joined ? 'join' : 'invite',
        inviter: joined ? undefined : inviterOf(room, self),
        ...createdBy(room),
        encrypted: room.hasEncryptionStateEvent(),
        isDirect:
            directRooms(sdk).has(room.roomId) ||
            (!joined && room.getMember(self)?.events.member?.getContent()['is_direct'] === true),
        members: membersOf(room),
        rtc: joined ? rtc : [],
        workspaces: joined ? workspacesOf(room) : startedFor(room),
        mayJoinCall: joined && state.maySendStateEvent(CALL_MEMBER_TYPE, self),
        mayInvite: joined && room.canInvite(self),
        mayLinkWorkspace: joined && state.maySendStateEvent(WORKSPACE_TYPE, self),
    };
}

function inviterOf(room: Room, self: string): RoomSnapshot['inviter'] {
    const userId = room.getMember(self)?.events.member?.getSender() ?? room.getDMInviter();
    if (!userId) return undefined;
    return { userId, name: room.getMember(userId)?.name ?? userId };
}

/** `member.name` is made unique among the members by the SDK (client-server API, "Calculating the display name"). */
function membersOf(room: Room): RoomMember[] {
    const members: RoomMember[] = [];
    for (const member of room.getMembers()) {
        if (member.membership !== KnownMembership.Join && member.membership !== KnownMembership.Invite) continue;
        members.push({
            userId: member.userId,
            name: member.name,
            membership: member.membership === KnownMembership.Join ? 'join' : 'invite',
        });
    }
    return members.sort((a, b) => (a.userId < b.userId ? -1 : 1));
}

function workspacesOf(room: Room): WorkspaceLink[] {
    return room.currentState.getStateEvents(WORKSPACE_TYPE).flatMap((event) => {
        const parsed = parseWorkspace(event.getContent());
        return parsed.ok ? [parsed.value] : [];
    });
}

function createdBy(room: Room): { createdBy?: string } {
    const creator = room.currentState.getStateEvents('m.room.create', '')?.getSender();
    return creator === undefined ? {} : { createdBy: creator };
}

function startedFor(room: Room): WorkspaceLink[] {
    const parsed = parseWorkspace(room.currentState.getStateEvents('m.room.create', '')?.getContent()[SESSION_FIELD]);
    return parsed.ok ? [parsed.value] : [];
}

const directCache = new WeakMap<MatrixEvent, ReadonlySet<string>>();

/** Rooms of `m.direct`, parsed once per version of it. */
function directRooms(sdk: MatrixClient): ReadonlySet<string> {
    const event = sdk.getAccountData(EventType.Direct);
    if (!event) return new Set();
    let rooms = directCache.get(event);
    if (!rooms) {
        const lists: unknown[] = Object.values(event.getContent());
        rooms = new Set(
            lists.flatMap((list) =>
                Array.isArray(list) ? list.filter((id): id is string => typeof id === 'string') : [],
            ),
        );
        directCache.set(event, rooms);
    }
    return rooms;
}
