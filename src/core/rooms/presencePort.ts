/** Who is there, who types, who has read how far: what the rest of Hush needs of it. Implemented by `src/matrix/presence`. Pure. */
import type { Disposable } from '../base/disposable.ts';

/** What others may see of us. `hidden`: nothing is sent. */
export type OwnStatus = 'online' | 'away' | 'hidden';
/** `send`: the person lets it be told. `active`: they use this window, or did a moment ago. */
export function ownStatus(send: boolean, active: boolean): OwnStatus {
    if (!send) return 'hidden';
    return active ? 'online' : 'away';
}
/** What the homeserver says of somebody. */
export type Presence = 'online' | 'away' | 'offline';

/** How far somebody has read. */
export interface ReadMark {
    readonly userId: string;
    readonly name: string;
    readonly eventId: string;
    /** ms since the epoch: of the event where it is known here, else of the reading. */
    readonly ts: number;
}
export interface RoomActivity {
    /** Names of those who type now, self excluded. */
    readonly typing: readonly string[];
    /** Of others. */
    readonly read: readonly ReadMark[];
    /** How far we have read, on whichever device. */
    readonly ownRead: ReadMark | undefined;
}

/** Nothing here is important enough to fail: what does not reach the server is logged. */
export interface PresencePort {
    /** Somebody looks at this room: its people are to be known by name. */
    look(roomId: string): void;
    show(status: OwnStatus): void;
    /** To be said again every few seconds while it goes on. */
    type(roomId: string, typing: boolean): void;
    /** Everything up to this event was read: tells the room, and our other devices. */
    markRead(roomId: string, eventId: string): void;
    activity(roomId: string): Promise<RoomActivity>;
    /** The activity of a room changed that was asked for; at most once per tick. */
    onActivity(listener: (roomId: string) => void): Disposable;
}

export const NO_ACTIVITY: RoomActivity = { typing: [], read: [], ownRead: undefined };
