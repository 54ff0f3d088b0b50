/** Presence, typing and read markers, as a port. `src/matrix/rooms/presence.ts` implements it. */
import type { Disposable } from '../base/disposable.ts';

/** What others may see of us. `hidden`: nothing is sent. */
export type OwnStatus = 'online' | 'away' | 'hidden';
/** `send`: the person allows it. `active`: they use this window, or did a moment ago. */
export function ownStatus(send: boolean, active: boolean): OwnStatus {
    if (!send) return 'hidden';
    return active ? 'online' : 'away';
}
/** What the homeserver says about a person. */
export type Presence = 'online' | 'away' | 'offline';

/** How far a person has read. */
export interface ReadMark {
    readonly userId: string;
    readonly name: string;
    readonly eventId: string;
    /** ms since the epoch, of the event. If the event is unknown here: of the reading. */
    readonly ts: number;
}
export interface RoomActivity {
    /** Names of other people who are typing now. */
    readonly typing: readonly string[];
    /** Read markers of others. */
    readonly read: readonly ReadMark[];
    /** How far we have read, on any device. */
    readonly ownRead: ReadMark | undefined;
}

/** No failure here is important: if a message does not reach the server, that is logged. */
export interface PresencePort {
    /** The person looks at this room, so the names of its people are loaded. */
    look(roomId: string): void;
    show(status: OwnStatus): void;
    /** Call it every few seconds while the person types. */
    type(roomId: string, typing: boolean): void;
    /** Everything up to this event was read. Tells the room and our other devices. */
    markRead(roomId: string, eventId: string): void;
    activity(roomId: string): Promise<RoomActivity>;
    /** The activity of a room changed. Only for rooms whose activity was requested. At most once per tick. */
    onActivity(listener: (roomId: string) => void): Disposable;
}

export const NO_ACTIVITY: RoomActivity = { typing: [], read: [], ownRead: undefined };
