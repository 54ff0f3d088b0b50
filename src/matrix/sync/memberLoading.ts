/**
 * Members come lazily with the sync; these rooms get all of theirs: where a call or a session of Hush is, what somebody
 * looks at, and the few that were in use last, whose people are likely to be invited. The rest of an account with
 * hundreds of rooms costs no request.
 */
import { KnownMembership, type MatrixClient, type Room } from 'matrix-js-sdk/lib/matrix.js';
import type { Log } from '../../core/base/log.ts';
import { CALL_MEMBER_TYPE, LIVEKIT_SESSION_TYPE, WORKSPACE_TYPE } from '../../core/rooms/eventTypes.ts';

export interface MemberLoading {
    /** Something in this room changed. */
    consider(room: Room): void;
    /** Somebody looks at this room now. */
    look(roomId: string): void;
    /** The rooms are known: those that were in use last are loaded, one after the other. */
    loadRecent(): Promise<void>;
    /** There is a connection: what could not be loaded is. */
    online(): void;
}

/** Rooms in use last that are loaded without being looked at. */
const RECENT = 20;
/** Rooms with more members are loaded only when a call is on or somebody looks. */
const SMALL_ROOM = 50;

export function createMemberLoading(sdk: MatrixClient, loaded: (roomId: string) => void, log: Log): MemberLoading {
    /** Once: the SDK keeps what it loaded, until the room is left. */
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

    /** Rooms that were there when all became known; later ones are in use: they were made, or joined, just now. */
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
