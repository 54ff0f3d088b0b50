/**
 * Loads all members of some rooms, because the sync loads members lazily. These are rooms with a call or a session of
 * Hush, rooms that the person looks at, and the few that were used last, whose people are likely to be invited. Other
 * rooms cost no request, even if the account has hundreds.
 */
import { KnownMembership, type MatrixClient, type Room } from 'matrix-js-sdk/lib/matrix.js';
import type { Log } from '../../core/base/log.ts';
import { CALL_MEMBER_TYPE, LIVEKIT_SESSION_TYPE, WORKSPACE_TYPE } from '../../core/rooms/eventTypes.ts';

export interface MemberLoading {
    /** Something in this room changed. */
    consider(room: Room): void;
    /** The person looks at this room now. */
    look(roomId: string): void;
    /** Call it when the rooms are known. Loads those that were used last, one after another. */
    loadRecent(): Promise<void>;
    /** There is a connection. Retries what failed. */
    online(): void;
}

/** The number of recently used rooms that are loaded without being looked at. */
const RECENT = 20;
/** Larger rooms are loaded only if they have a call or somebody looks at them. */
const SMALL_ROOM = 50;

export function createMemberLoading(sdk: MatrixClient, loaded: (roomId: string) => void, log: Log): MemberLoading {
    /** The SDK keeps loaded members until we leave the room, so each room is loaded once. */
    const loading = new WeakSet<Room>();
    const failed = new Set<Room>();

    const load = async (room: Room): Promise<void> => {
        if (loading.has(room)) return;
        loading.add(room);
        try {
            await room.loadMembersIfNeeded();
            loaded(room.roomId);
        } catch (error) {
            loading.delete(room);
            failed.add(room);
            log.warn(`The members of ${room.roomId} could not be loaded`, error);
        }
    };
    const isOurs = (room: Room): boolean =>
        [CALL_MEMBER_TYPE, LIVEKIT_SESSION_TYPE, WORKSPACE_TYPE].some(
            (type) => room.currentState.getStateEvents(type).length > 0,
        );
    const isSmall = (room: Room): boolean =>
        room.hasEncryptionStateEvent() && room.getInvitedAndJoinedMemberCount() <= SMALL_ROOM;

    /** The rooms from before `loadRecent`. Other rooms were created or joined just now, so they are in use. */
    let old: ReadonlySet<string> | undefined;
    return {
        consider(room) {
            if (room.getMyMembership() !== KnownMembership.Join) return void loading.delete(room);
            if (isOurs(room) || (old && !old.has(room.roomId) && isSmall(room))) void load(room);
        },
        look(roomId) {
            const room = sdk.getRoom(roomId);
            if (room?.getMyMembership() === KnownMembership.Join) void load(room);
        },
        async loadRecent() {
            const rooms = sdk.getRooms().filter((room) => room.getMyMembership() === KnownMembership.Join);
            old = new Set(rooms.map(({ roomId }) => roomId));
            const recent = rooms
                .filter(isSmall)
                .toSorted((a, b) => b.getLastActiveTimestamp() - a.getLastActiveTimestamp())
                .slice(0, RECENT);
            for (const room of recent) await load(room);
        },
        online() {
            const again = [...failed].filter((room) => room.getMyMembership() === KnownMembership.Join);
            failed.clear();
            for (const room of again) void load(room);
        },
    };
}
