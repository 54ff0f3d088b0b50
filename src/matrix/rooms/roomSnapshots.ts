/** Read-only snapshots of rooms for the rest of Hush, built from the SDK's memory. */
import {
    EventType,
    KnownMembership,
    type MatrixClient,
    type MatrixEvent,
    type Room,
} from 'matrix-js-sdk/lib/matrix.js';
import type { Presence } from '../../core/rooms/presencePort.ts';
import type { RoomMember, RoomSnapshot, WorkspaceLink } from '../../core/rooms/room.ts';
import type { RtcMembership } from '../../core/share/share.ts';
import { parseWorkspace, SESSION_FIELD } from '../events/hushEvents.ts';
import { obstacle, type Powers, type RoomAction } from '../../core/rooms/powerLevels.ts';
import { aliasOf, joinRuleOf, knocksOf, predecessorOf, replacementOf, roomPowers, roomVersion } from './roomState.ts';
import { CALL_MEMBER_TYPE, MESSAGE_TYPE, REACTION_TYPE, WORKSPACE_TYPE } from '../../core/rooms/eventTypes.ts';
import { memberName, shownMember, tellApart, type ShownName } from '../names/shownNames.ts';

/** The room is joined and its state has arrived. Before that, the SDK shows it without name and encryption. */
export function isComplete(room: Room | null): boolean {
    return (
        room?.getMyMembership() === KnownMembership.Join &&
        room.currentState.getStateEvents('m.room.create', '') !== null
    );
}

/**
 * Undefined for spaces, for rooms whose state has not arrived, and for rooms that are neither joined nor an invitation.
 */
export function snapshotOf(sdk: MatrixClient, room: Room, rtc: readonly RtcMembership[]): RoomSnapshot | undefined {
    const membership = room.getMyMembership();
    const kind = ([KnownMembership.Join, KnownMembership.Invite, KnownMembership.Knock] as const).find(
        (m) => m === membership,
    );
    if (!kind) return undefined;
    if (room.isSpaceRoom() || (membership === KnownMembership.Join && !isComplete(room))) return undefined;
    const self = sdk.getSafeUserId();
    const joined = membership === KnownMembership.Join;
    const inviter = membership === KnownMembership.Invite ? inviterOf(room, self) : undefined;
    if (inviter && sdk.isUserIgnored(inviter.userId)) return undefined;
    const powers = joined ? roomPowers(room) : undefined;
    const may = (action: RoomAction): boolean => powers !== undefined && obstacle(powers, self, action) === undefined;
    return {
        roomId: room.roomId,
        ...roomName(room),
        membership: kind,
        inviter,
        ...createdBy(room),
        encrypted: room.hasEncryptionStateEvent(),
        isDirect:
            directRooms(sdk).has(room.roomId) ||
            (!joined && room.getMember(self)?.events.member?.getContent()['is_direct'] === true),
        members: membersOf(sdk, room),
        rtc: joined ? rtc : [],
        workspaces: joined ? workspacesOf(room) : startedFor(room),
        mayJoinSession: may({ kind: 'state', type: CALL_MEMBER_TYPE }),
        mayInvite: may({ kind: 'invite' }),
        mayLinkWorkspace: may({ kind: 'state', type: WORKSPACE_TYPE }),
        mayWrite: may({ kind: 'message', type: MESSAGE_TYPE }),
        mayReact: may({ kind: 'message', type: REACTION_TYPE }),
        ...(powers ? joinedFacts(sdk, room, powers) : {}),
        ...optional('predecessor', predecessorOf(room)),
    };
}

function roomName({ roomId, name }: Room): ShownName {
    return tellApart([{ id: roomId, raw: name }]).get(roomId) ?? { name: roomId };
}

function joinedFacts(sdk: MatrixClient, room: Room, powers: Powers): Partial<RoomSnapshot> {
    const knocks = knocksOf(room).filter(({ userId }) => !sdk.isUserIgnored(userId));
    return {
        powers,
        joinRule: joinRuleOf(room),
        ...(knocks.length > 0 ? { knocks } : {}),
        ...optional('version', roomVersion(room)),
        ...optional('alias', aliasOf(room)),
        ...optional('replacement', replacementOf(room)),
    };
}

function optional<K extends keyof RoomSnapshot>(key: K, value: RoomSnapshot[K] | undefined): Partial<RoomSnapshot> {
    return value === undefined ? {} : { [key]: value };
}

function inviterOf(room: Room, self: string): RoomSnapshot['inviter'] {
    const userId = room.getMember(self)?.events.member?.getSender() ?? room.getDMInviter();
    if (!userId) return undefined;
    return { userId, name: memberName(room, userId) };
}

function membersOf(sdk: MatrixClient, room: Room): RoomMember[] {
    const members: RoomMember[] = [];
    for (const member of room.getMembers()) {
        if (member.membership !== KnownMembership.Join && member.membership !== KnownMembership.Invite) continue;
        members.push({
            userId: member.userId,
            ...shownMember(room, member.userId),
            membership: member.membership === KnownMembership.Join ? 'join' : 'invite',
            ...presenceOf(sdk, member.userId),
        });
    }
    return members.toSorted((a, b) => (a.userId < b.userId ? -1 : 1));
}

const PRESENCES: Readonly<Record<string, Presence>> = { online: 'online', unavailable: 'away', offline: 'offline' };

function presenceOf(sdk: MatrixClient, userId: string): { presence?: Presence } {
    const user = sdk.getUser(userId);
    // The SDK reports `offline` until the first presence event of a person arrives.
    const presence = user?.events.presence && PRESENCES[user.presence];
    return presence === undefined ? {} : { presence };
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

/** The rooms of `m.direct`. Each version of it is parsed once. */
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
