/** What the extension needs from a signed-in account. Implemented by `src/matrix`; types only. */
import type { ChatPort } from '../chat/chatPort.ts';
import type { FilesPort } from '../files/filesPort.ts';
import type { Disposable } from '../base/disposable.ts';
import type { TrustLevel } from '../trust/trustLevels.ts';
import type { RoomsPort } from '../rooms/roomsPort.ts';
import type { PresencePort } from '../rooms/presencePort.ts';
import type { TrustPort } from '../trust/trustPort.ts';
import type { CallsPort } from '../session/callsPort.ts';
import type { RtcPort } from '../session/rtcPort.ts';
import type { JsonAnswer } from './jsonAnswer.ts';
import type { AccountState } from './accountState.ts';
import type { RoomSnapshot, WorkspaceLink } from '../rooms/room.ts';

export interface Person {
    readonly userId: string;
    readonly name: string;
}

export interface CreateSession {
    readonly name: string;
    readonly invite: readonly string[];
    readonly workspaceLink: WorkspaceLink | undefined;
    /**
     * Who gets in: the invited (default); the invited, with as much power as the creator; or also who asks and is let in.
     */
    readonly access?: 'private' | 'trusted' | 'knock';
    /** False: people of other homeservers never can join. Default true. */
    readonly federate?: boolean;
}

export type SignOutScope = 'here' | 'everywhere';

/** A device of the person's own, as the homeserver lists it. */
export interface OwnDevice {
    readonly deviceId: string;
    readonly name: string | undefined;
    readonly lastSeenIp: string | undefined;
    /** ms since the epoch. */
    readonly lastSeenTs: number | undefined;
    readonly isThis: boolean;
    /** `unknown`: it has no encryption keys. */
    readonly trust: TrustLevel;
}

/** Every promise rejects with a `HushError`. */
export interface Devices {
    /** `delegated`: the server lets devices be removed on a web page only (see `page`). */
    server(): Promise<{ readonly baseUrl: string; readonly delegated: boolean }>;
    /** This one first, then the one used last. */
    list(): Promise<readonly OwnDevice[]>;
    rename(deviceId: string, name: string): Promise<void>;
    /** One request to remove devices, as user-interactive authentication repeats it; done at 200 (see removeDevices.ts). */
    askRemoval(deviceIds: readonly string[], auth: Readonly<Record<string, unknown>> | undefined): Promise<JsonAnswer>;
    /** Where the server's own web page manages devices; undefined when it has none. */
    page(action: 'list' | 'delete', deviceId?: string): Promise<string | undefined>;
}

/** Where the keys to encrypted history are, beside this device: in the server's backup, else on other devices of the person. */
export type KeysElsewhere = 'backup' | 'devices' | 'nowhere';

/** Every promise rejects with a `HushError` whose message is the sentence for the person. */
export interface Account extends Disposable {
    readonly userId: string;
    readonly deviceId: string;
    readonly state: AccountState;
    onState(listener: (state: AccountState) => void): Disposable;
    rooms(): readonly RoomSnapshot[];
    /** Coalesced: at most once per tick. */
    onRooms(listener: () => void): Disposable;
    /** An invitation that came in while we run (not those found at start). */
    onInvite(listener: (room: RoomSnapshot) => void): Disposable;
    /** People we share a room with, self excluded; with `search`, those whom the homeserver's directory finds by it. */
    people(search?: string): Promise<readonly Person[]>;
    readonly rtc: RtcPort;
    readonly calls: CallsPort;
    readonly chat: ChatPort;
    readonly presence: PresencePort;
    readonly files: FilesPort;
    readonly trust: TrustPort;
    readonly roomAdmin: RoomsPort;
    deviceTrust(userId: string, deviceId: string): Promise<TrustLevel>;
    /** As its owner named it; empty: without a name, or not known. */
    deviceName(userId: string, deviceId: string): Promise<string>;
    createSessionRoom(session: CreateSession): Promise<string>;
    invite(roomId: string, userId: string): Promise<void>;
    join(roomId: string): Promise<void>;
    /** Declines an invitation or leaves a room, and forgets it. */
    leaveRoom(roomId: string): Promise<void>;
    linkWorkspace(roomId: string, link: WorkspaceLink): Promise<void>;
    /** Begins to sync, once; to be called when those listen who must miss nothing. */
    start(): void;
    /** Lines of "name: value"; no secrets. */
    diagnostics(): Promise<readonly (readonly [string, string])[]>;
    readonly devices: Devices;
    keysElsewhere(): Promise<KeysElsewhere>;
    /** Invalidates the tokens on the server (`everywhere`: of all devices), then deletes tokens, keys and stores here. */
    signOut(scope?: SignOutScope): Promise<void>;
    /**
     * Stops syncing and closes the stores; the sign-in stays. `handOver`: another window goes on with the account, so
     * nobody is told that its calls ended.
     */
    stop(options?: { readonly handOver?: boolean }): Promise<void>;
}
