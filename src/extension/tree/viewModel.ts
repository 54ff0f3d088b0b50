/** Computes the tree as data from the model. */
import { rowFlags, rows } from '../manifest/contexts.ts';
import { personFlags, whyNotPerson } from '../rooms/personRow.ts';
import { roleOf } from '../rooms/roles.ts';
import { roomFlags, roomTooltip, refusalOf } from '../rooms/roomRow.ts';
import { deviceKey, sharerKey, viewersOf } from '../../core/session/sessionMembers.ts';
import type { SessionState } from '../../core/session/state.ts';
import type { ViewerTarget, RtcMembership } from '../../core/share/share.ts';
import { replacedRooms } from '../../core/workspace/workspaceRooms.ts';
import type { RoomMember, RoomSnapshot } from '../../core/rooms/room.ts';
import { memberState } from './memberState.ts';
import { routeWord } from './routeWord.ts';
import type { Model } from '../../core/app/model.ts';
import { shareRowId } from '../manifest/rowIds.ts';

export interface TreeNode {
    /** Stays the same across updates, so that VS Code keeps selection and expansion. */
    readonly id: string;
    readonly label: string;
    readonly description: string;
    readonly tooltip: string;
    /** Codicon name. */
    readonly icon: string;
    readonly context: string;
    readonly roomId: string;
    /** Set on rows that open a tab on click. */
    readonly target: ViewerTarget | undefined;
    readonly children: readonly TreeNode[];
    readonly expanded: boolean;
}

/** Sorts names as people do. The ID decides between equal names, so that rows never swap without a reason. */
function byName<T extends { readonly name: string }>(idOf: (item: T) => string): (a: T, b: T) => number {
    return (a, b) => a.name.localeCompare(b.name) || (idOf(a) < idOf(b) ? -1 : 1);
}

function isSelf(session: SessionState, member: RtcMembership): boolean {
    return member.userId === session.self?.userId && member.deviceId === session.self.deviceId;
}

/** Hush knows the screens of another client's member only while one of our pages is in the LiveKit room. */
function hasShare(session: SessionState, room: RoomSnapshot, member: RtcMembership): boolean {
    const watching = [...session.viewerTabs.values()].some(
        (v) => v.target.roomId === room.roomId && v.phase !== 'ended' && v.phase !== 'failed',
    );
    return watching && (session.screens.get(room.roomId)?.has(member.identity) ?? false);
}

function shareRows(model: Model, room: RoomSnapshot): TreeNode[] {
    const nodes: (TreeNode & { readonly startedTs: number })[] = [];
    const barred = whyNotWatch(model, room);
    const way = barred === undefined ? 'Click to watch.' : `You cannot watch here. ${barred}`;
    const context = `${rows.share}${barred === undefined ? rowFlags.view : ''}`;
    for (const member of room.rtc) {
        const own = isSelf(model.session, member);
        const { userId, deviceId, name } = member;
        for (const share of member.shares) {
            const tab = [...model.session.viewerTabs.values()].find((v) => v.target.shareId === share.id);
            const watching = tab !== undefined && tab.phase !== 'ended' && tab.phase !== 'failed';
            nodes.push({
                id: shareRowId(room.roomId, member, share.id),
                label: own ? 'Your screen' : `${name}’s screen`,
                description: own
                    ? sharingDescription(model.session)
                    : model.session.withheld.has(sharerKey(room.roomId, member))
                      ? 'not open to this device'
                      : watching
                        ? ['watching', routeWord(tab.route)].filter(Boolean).join(' · ')
                        : model.session.silent.has(share.id)
                          ? 'no picture for a while'
                          : 'live',
                tooltip: own
                    ? 'You are sharing your screen here, end-to-end encrypted. Click the stop button to end it.'
                    : `${name} (${userId}) is sharing a screen, end-to-end encrypted. ${way}`,
                icon: 'device-desktop',
                context: own ? rows.ownShare : context,
                roomId: room.roomId,
                target:
                    own || barred !== undefined
                        ? undefined
                        : { roomId: room.roomId, userId, deviceId, shareId: share.id },
                children: [],
                expanded: false,
                startedTs: share.startedTs,
            });
        }
        if (member.client === 'other' && hasShare(model.session, room, member)) {
            nodes.push({
                id: `share:${room.roomId}:${deviceKey(member)}`,
                label: `${name}’s screen`,
                description: 'live · other client',
                tooltip: `${name} (${userId}) is sharing a screen from another MatrixRTC client. ${way}`,
                icon: 'device-desktop',
                context,
                roomId: room.roomId,
                target:
                    barred !== undefined ? undefined : { roomId: room.roomId, userId, deviceId, shareId: undefined },
                children: [],
                expanded: false,
                startedTs: member.createdTs,
            });
        }
    }
    return nodes.toSorted((a, b) => a.startedTs - b.startedTs || (a.id < b.id ? -1 : 1));
}

/** Returns undefined if we may watch shares in this room. */
function whyNotWatch({ session }: Model, room: RoomSnapshot): string | undefined {
    return session.self && refusalOf(room, session.self.userId, 'share');
}

function sharingDescription(session: SessionState): string {
    const { share } = session;
    if (!share) return '';
    if (share.paused) return 'paused';
    if (share.shielded) return `shielded: ${share.shielded.file}`;
    return viewerCount(viewersOf(session, share).length);
}

function viewerCount(count: number): string {
    return count === 0 ? 'nobody watches yet' : count === 1 ? '1 person watches' : `${count} people watch`;
}

function memberRow(model: Model, room: RoomSnapshot, member: RoomMember): TreeNode {
    const devices = room.rtc.filter((m) => m.userId === member.userId);
    const sharing = devices.some(
        (m) => m.shares.length > 0 || (m.client === 'other' && hasShare(model.session, room, m)),
    );
    const other = devices.find((m) => m.client === 'other');
    const you = member.userId === model.session.self?.userId;
    const barred = other && whyNotWatch(model, room);
    const watchable = other && !you && barred === undefined;
    const state = memberState(model.session, room, member, sharing);
    return {
        id: `member:${room.roomId}:${member.userId}`,
        label: member.name,
        description: [you ? 'you' : '', state].filter(Boolean).join(' · '),
        tooltip: [
            `${member.wholeName ?? member.name} (${member.userId})`,
            member.membership === 'invite' ? 'Invited, has not joined yet.' : '',
            other ? 'In the session with another MatrixRTC client.' : '',
            watchable ? 'If a screen is shared there, View Share shows it.' : '',
            barred === undefined ? '' : `You cannot watch here. ${barred}`,
            room.powers && member.membership === 'join' ? roleOf(room.powers, member.userId) : '',
            ...whyNotPerson(room, model.session.self?.userId, member.userId),
            devices.length > 1 ? `In the session on ${devices.length} devices.` : '',
        ]
            .filter(Boolean)
            .join('\n'),
        icon: member.membership === 'invite' ? 'mail' : devices.length > 0 ? 'broadcast' : 'account',
        context: [
            other && !you ? rows.caller : rows.member,
            watchable ? rowFlags.view : '',
            personFlags(room, model.session.self?.userId, member.userId),
        ].join(''),
        roomId: room.roomId,
        target: watchable
            ? { roomId: room.roomId, userId: other.userId, deviceId: other.deviceId, shareId: undefined }
            : undefined,
        children: [],
        expanded: false,
    };
}

/** Lists people in the session first, then other members, then invited people. */
function memberRows(model: Model, room: RoomSnapshot): TreeNode[] {
    const rank = (m: RoomMember): number =>
        m.membership === 'invite' ? 2 : room.rtc.some((r) => r.userId === m.userId) ? 0 : 1;
    const order = byName<RoomMember>((m) => m.userId);
    return room.members.toSorted((a, b) => rank(a) - rank(b) || order(a, b)).map((m) => memberRow(model, room, m));
}

function roomRow(model: Model, room: RoomSnapshot): TreeNode {
    const shares = shareRows(model, room);
    const only = model.rooms.every((other) => other.roomId === room.roomId || other.membership !== 'join');
    const isWorkspace = room.roomId === model.workspaceRoomId;
    const inSession = new Set(room.rtc.map((m) => m.userId)).size;
    const facts = [
        isWorkspace ? 'this workspace' : '',
        room.encrypted ? '' : 'not encrypted',
        room.replacement ? 'replaced' : '',
        shares.length > 0 ? `${shares.length} live` : inSession > 0 ? `${inSession} in the session` : '',
    ];
    const joined = model.session.memberships.has(room.roomId);
    const self = model.session.self?.userId;
    return {
        id: `room:${room.roomId}`,
        label: room.name,
        description: facts.filter(Boolean).join(' · '),
        tooltip: roomTooltip(room, self),
        icon: !room.encrypted ? 'unlock' : isWorkspace ? 'root-folder' : 'lock',
        context:
            room.replacement && !joined
                ? rows.replaced
                : `${joined ? rows.roomInSession : rows.room}${roomFlags(room, self)}`,
        roomId: room.roomId,
        target: undefined,
        children: [...knockRows(model, room), ...shares, ...memberRows(model, room)],
        expanded: isWorkspace || (only && room.encrypted) || shares.length > 0 || (room.knocks?.length ?? 0) > 0,
    };
}

/** A person who asks to be let in comes first, because they wait for an answer. */
function knockRows(model: Model, room: RoomSnapshot): TreeNode[] {
    return (room.knocks ?? []).map(({ userId, name, reason }) => ({
        id: `knock:${room.roomId}:${userId}`,
        label: name,
        description: 'asks to join',
        tooltip: [
            `${name} (${userId}) asks to join.`,
            ...(reason === undefined ? [] : [`“${reason}”`]),
            ...whyNotPerson(room, model.session.self?.userId, userId),
        ].join('\n'),
        icon: 'bell',
        context: `${rows.knock}${personFlags(room, model.session.self?.userId, userId)}`,
        roomId: room.roomId,
        target: undefined,
        children: [],
        expanded: false,
    }));
}

function knockingRow(room: RoomSnapshot): TreeNode {
    return {
        id: `knocking:${room.roomId}`,
        label: room.name,
        description: 'you asked to join',
        tooltip: `You asked to join ${room.wholeName ?? room.name}. Somebody in it has to let you in.`,
        icon: 'bell',
        context: rows.knocking,
        roomId: room.roomId,
        target: undefined,
        children: [],
        expanded: false,
    };
}

function inviteRow(room: RoomSnapshot): TreeNode {
    const from = room.inviter?.name ?? 'somebody';
    return {
        id: `invite:${room.roomId}`,
        label: room.name,
        description: `invitation from ${from}`,
        tooltip: `${from} (${room.inviter?.userId ?? 'unknown'}) invites you to ${room.wholeName ?? room.name}.`,
        icon: 'mail',
        context: rows.invite,
        roomId: room.roomId,
        target: undefined,
        children: [],
        expanded: false,
    };
}

/** Hides shares that an earlier run of ours left in our membership. Only the session state knows whether we share. */
function withoutStaleShares(session: SessionState, room: RoomSnapshot): RoomSnapshot {
    const stale = (member: RtcMembership): boolean =>
        isSelf(session, member) && member.shares.some(({ id }) => id !== session.share?.id);
    if (!room.rtc.some(stale)) return room;
    const rtc = room.rtc.map((m) =>
        stale(m) ? { ...m, shares: m.shares.filter(({ id }) => id === session.share?.id) } : m,
    );
    return { ...room, rtc };
}

/**
 * Sorts: the workspace's room, then invitations and our requests, then rooms with a share or a session, then the rest
 * by name.
 */
export function buildTree(model: Model): TreeNode[] {
    const rank = (room: RoomSnapshot): number => {
        if (room.membership === 'join' && room.roomId === model.workspaceRoomId) return 0;
        if (room.membership !== 'join') return 1;
        if (room.rtc.some((m) => m.shares.length > 0)) return 2;
        return room.rtc.length > 0 ? 3 : room.encrypted ? 4 : 5;
    };
    const order = byName<RoomSnapshot>((r) => r.roomId);
    const replaced = replacedRooms(model.rooms);
    return model.rooms
        .filter((room) => !replaced.has(room.roomId) || room.rtc.length > 0)
        .map((room) => withoutStaleShares(model.session, room))
        .toSorted((a, b) => rank(a) - rank(b) || order(a, b))
        .map((room) =>
            room.membership === 'invite'
                ? inviteRow(room)
                : room.membership === 'knock'
                  ? knockingRow(room)
                  : roomRow(model, room),
        );
}

/** Returns a line above the tree while the homeserver does not answer, else undefined. */
export function connectionMessage({ account }: Model): string | undefined {
    const offline = account.kind === 'ready' ? !account.online : account.kind === 'starting' && account.unreachable;
    if (account.kind === 'signedOut' || !offline) return undefined;
    return `No connection to ${account.userId.slice(account.userId.indexOf(':') + 1)}. Hush keeps trying.`;
}
