/** The account's rooms: snapshots that follow the sync, one change event per tick, and what can be done with a room. */
import {
    ClientEvent,
    KnownMembership,
    RoomEvent,
    RoomMemberEvent,
    RoomStateEvent,
    type MatrixClient,
    type MatrixEvent,
    type Room,
} from 'matrix-js-sdk/lib/matrix.js';
import type { Log } from '../extension/log.ts';
import type { Disposable } from '../extension/session/ports.ts';
import type { RoomSnapshot, RtcMember } from '../extension/session/types.ts';
import { snapshotOf } from './snapshots.ts';
import { CALL_MEMBER_TYPE, LIVEKIT_SESSION_TYPE, WORKSPACE_TYPE } from './syncFilter.ts';

export interface Rooms extends Disposable {
    /** Joined rooms and invitations, in no particular order. The same object until something in that room changed. */
    all(): readonly RoomSnapshot[];
    get(roomId: string): RoomSnapshot | undefined;
    /** At most once per tick. */
    onChange(listener: () => void): Disposable;
    /** An invitation that came in after {@link Rooms.follow}. */
    onInvite(listener: (room: RoomSnapshot) => void): Disposable;
    people(): readonly { readonly userId: string; readonly name: string }[];
    /** From now on a new invitation is news. */
    follow(): void;
}
export interface RoomsOptions {
    readonly sdk: MatrixClient;
    readonly rtcMembers: (roomId: string) => readonly RtcMember[];
    readonly onRtc: (listener: (roomId: string) => void) => Disposable;
    readonly log: Log;
}

/** Rooms with more members are not loaded whole unless a call is on. */
const SMALL_ROOM = 50;

export function createRooms({ sdk, rtcMembers, onRtc, log }: RoomsOptions): Rooms {
    const cache = new Map<string, RoomSnapshot | undefined>();
    const changeListeners = new Set<() => void>();
    const inviteListeners = new Set<(room: RoomSnapshot) => void>();
    const invitations = new Set<string>();
    const loading = new Set<string>();
    let following = false;
    let tick: NodeJS.Immediate | undefined;

    const build = (room: Room): RoomSnapshot | undefined => {
        if (!cache.has(room.roomId)) cache.set(room.roomId, snapshotOf(sdk, room, rtcMembers(room.roomId)));
        return cache.get(room.roomId);
    };
    const all = (): RoomSnapshot[] => sdk.getRooms().flatMap((room) => build(room) ?? []);
    const announce = (): void => {
        tick = undefined;
        const rooms = all();
        const invites = rooms.filter((room) => room.membership === 'invite');
        const news = invites.filter((room) => !invitations.has(room.roomId));
        invitations.clear();
        for (const { roomId } of invites) invitations.add(roomId);
        for (const listener of changeListeners) listener();
        if (following) for (const room of news) for (const listener of inviteListeners) listener(room);
    };
    const touch = (roomId: string | undefined): void => {
        if (roomId === undefined) return;
        cache.delete(roomId);
        tick ??= setImmediate(announce);
        const room = sdk.getRoom(roomId);
        if (room) loadMembers(room);
    };
    /** Members come lazily with the sync; who holds a call membership, or may be invited, must be known by name. */
    const loadMembers = (room: Room): void => {
        if (room.getMyMembership() !== KnownMembership.Join || loading.has(room.roomId)) return;
        const ours = [CALL_MEMBER_TYPE, LIVEKIT_SESSION_TYPE, WORKSPACE_TYPE].some(
            (type) => room.currentState.getStateEvents(type).length > 0,
        );
        if (!ours && !(room.hasEncryptionStateEvent() && room.getInvitedAndJoinedMemberCount() <= SMALL_ROOM)) return;
        loading.add(room.roomId); // once per run: the SDK keeps what it loaded
        room.loadMembersIfNeeded().then(
            () => touch(room.roomId),
            (error: unknown) => {
                loading.delete(room.roomId);
                log.warn(`The members of ${room.roomId} could not be loaded`, error);
            },
        );
    };

    const onRoom = (room: Room): void => touch(room.roomId);
    const onState = (event: MatrixEvent): void => touch(event.getRoomId());
    const onAccountData = (event: MatrixEvent): void => {
        if (event.getType() === 'm.direct') for (const room of sdk.getRooms()) touch(room.roomId);
    };
    sdk.on(ClientEvent.Room, onRoom);
    sdk.on(ClientEvent.DeleteRoom, touch);
    sdk.on(ClientEvent.AccountData, onAccountData);
    sdk.on(RoomEvent.MyMembership, onRoom);
    sdk.on(RoomEvent.Name, onRoom);
    sdk.on(RoomStateEvent.Events, onState);
    sdk.on(RoomMemberEvent.Name, onState);
    const rtc = onRtc(touch);
    for (const room of sdk.getRooms()) touch(room.roomId);

    const subscribe = <T>(set: Set<T>, listener: T): Disposable => {
        set.add(listener);
        return {
            dispose: () => {
                set.delete(listener);
            },
        };
    };
    return {
        all,
        get(roomId) {
            const room = sdk.getRoom(roomId);
            return room ? build(room) : undefined;
        },
        onChange: (listener) => subscribe(changeListeners, listener),
        onInvite: (listener) => subscribe(inviteListeners, listener),
        follow() {
            for (const room of all()) if (room.membership === 'invite') invitations.add(room.roomId);
            following = true;
        },
        people() {
            const self = sdk.getSafeUserId();
            const people = new Map<string, string>();
            for (const room of sdk.getRooms()) {
                if (room.getMyMembership() !== KnownMembership.Join) continue;
                for (const member of room.getJoinedMembers()) {
                    if (member.userId !== self && !people.has(member.userId))
                        people.set(member.userId, member.rawDisplayName);
                }
            }
            return [...people]
                .map(([userId, name]) => ({ userId, name }))
                .sort((a, b) => a.name.localeCompare(b.name) || (a.userId < b.userId ? -1 : 1));
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
            changeListeners.clear();
            inviteListeners.clear();
        },
    };
}
