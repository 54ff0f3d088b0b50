/** The account's rooms: snapshots that follow the sync, one change event per tick, and the actions on a room. */
import {
    ClientEvent,
    KnownMembership,
    RoomEvent,
    RoomMemberEvent,
    RoomStateEvent,
    type MatrixClient,
    type MatrixEvent,
    UserEvent,
    type Room,
    type User,
} from 'matrix-js-sdk/lib/matrix.js';
import { Listeners } from '../../core/base/listeners.ts';
import type { Log } from '../../core/base/log.ts';
import type { Disposable } from '../../core/base/disposable.ts';
import type { RoomSnapshot } from '../../core/rooms/room.ts';
import type { RtcMembership } from '../../core/share/share.ts';
import { createMemberLoading } from '../sync/memberLoading.ts';
import { snapshotOf } from './roomSnapshots.ts';
import { nameLine } from '../../core/base/nameLine.ts';
import { tellRoomsApart } from '../names/shownNames.ts';

export interface Rooms extends Disposable {
    /**
     * Joined rooms and invitations, without an order. A room's snapshot stays the same object until something in the
     * room changes.
     */
    all(): readonly RoomSnapshot[];
    get(roomId: string): RoomSnapshot | undefined;
    /** At most once per tick. */
    onChange(listener: () => void): Disposable;
    /** An invitation that arrives after {@link Rooms.follow}. */
    onInvite(listener: (room: RoomSnapshot) => void): Disposable;
    people(): readonly { readonly userId: string; readonly name: string }[];
    /** From now on, a new invitation is reported. */
    follow(): void;
    /** The person looks at this room, so all its members are loaded. */
    look(roomId: string): void;
    /** The homeserver can be reached (again). */
    online(): void;
}
export interface RoomsOptions {
    readonly sdk: MatrixClient;
    readonly rtcMembers: (roomId: string) => readonly RtcMembership[];
    readonly onRtc: (listener: (roomId: string) => void) => Disposable;
    readonly log: Log;
}

export function createRooms({ sdk, rtcMembers, onRtc, log }: RoomsOptions): Rooms {
    const cache = new Map<string, RoomSnapshot | undefined>();
    const changed = new Listeners<[]>();
    const invited = new Listeners<[RoomSnapshot]>();
    const invitations = new Set<string>();
    const presences = new Map<string, string>();
    let following = false;
    const members = createMemberLoading(sdk, (roomId) => touch(roomId), log);
    let tick: NodeJS.Immediate | undefined;

    const build = (room: Room): RoomSnapshot | undefined => {
        if (!cache.has(room.roomId)) cache.set(room.roomId, snapshotOf(sdk, room, rtcMembers(room.roomId)));
        return cache.get(room.roomId);
    };
    const all = (): RoomSnapshot[] =>
        tellRoomsApart(
            sdk.getRooms().flatMap((room) => build(room) ?? []),
            sdk.getSafeUserId(),
        );
    const announce = (): void => {
        tick = undefined;
        const rooms = all();
        const invites = rooms.filter((room) => room.membership === 'invite');
        const news = invites.filter((room) => !invitations.has(room.roomId));
        invitations.clear();
        for (const { roomId } of invites) invitations.add(roomId);
        changed.emit();
        if (following) for (const room of news) invited.emit(room);
    };
    const touch = (roomId: string | undefined): void => {
        if (roomId === undefined) return;
        cache.delete(roomId);
        tick ??= setImmediate(announce);
        const room = sdk.getRoom(roomId);
        if (room) members.consider(room);
    };
    const onRoom = (room: Room): void => touch(room.roomId);
    const onState = (event: MatrixEvent): void => touch(event.getRoomId());
    const onPresence = (_: MatrixEvent | undefined, user: User): void => {
        // Servers repeat a presence to report the last activity. Only a change of the shown presence counts.
        if (presences.get(user.userId) === user.presence) return;
        presences.set(user.userId, user.presence);
        for (const room of sdk.getRooms()) if (room.getMember(user.userId)) touch(room.roomId);
    };
    const onAccountData = (event: MatrixEvent): void => {
        if (event.getType() === 'm.direct' || event.getType() === 'm.ignored_user_list')
            for (const room of sdk.getRooms()) touch(room.roomId);
    };
    sdk.on(ClientEvent.Room, onRoom);
    sdk.on(ClientEvent.DeleteRoom, touch);
    sdk.on(ClientEvent.AccountData, onAccountData);
    sdk.on(RoomEvent.MyMembership, onRoom);
    sdk.on(RoomEvent.Name, onRoom);
    sdk.on(RoomStateEvent.Events, onState);
    sdk.on(RoomMemberEvent.Name, onState);
    sdk.on(UserEvent.Presence, onPresence);
    const rtc = onRtc(touch);
    for (const room of sdk.getRooms()) touch(room.roomId);

    return {
        all,
        get(roomId) {
            return all().find((room) => room.roomId === roomId);
        },
        onChange: changed.add,
        onInvite: invited.add,
        follow() {
            for (const room of all()) if (room.membership === 'invite') invitations.add(room.roomId);
            following = true;
            void members.loadRecent();
        },
        look: (roomId) => members.look(roomId),
        online: () => members.online(),
        people() {
            const self = sdk.getSafeUserId();
            const people = new Map<string, string>();
            for (const room of sdk.getRooms()) {
                if (room.getMyMembership() !== KnownMembership.Join) continue;
                for (const member of room.getJoinedMembers()) {
                    if (member.userId !== self && !people.has(member.userId))
                        people.set(member.userId, nameLine(member.rawDisplayName) || member.userId);
                }
            }
            return [...people]
                .map(([userId, name]) => ({ userId, name }))
                .toSorted((a, b) => a.name.localeCompare(b.name) || (a.userId < b.userId ? -1 : 1));
        },
        dispose() {
            clearImmediate(tick);
            rtc.dispose();
            sdk.off(ClientEvent.Room, onRoom);
            sdk.off(ClientEvent.DeleteRoom, touch);
            sdk.off(ClientEvent.AccountData, onAccountData);
            sdk.off(RoomEvent.MyMembership, onRoom);
            sdk.off(RoomEvent.Name, onRoom);
            sdk.off(RoomStateEvent.Events, onState);
            sdk.off(RoomMemberEvent.Name, onState);
            sdk.off(UserEvent.Presence, onPresence);
            changed.clear();
            invited.clear();
        },
    };
}
