/** What the extension needs from a signed-in account. `src/matrix` implements it. */
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
     * Who may join: only invited people (default); invited people, with the creator's power; or also people who ask and
     * are accepted.
     */
    readonly access?: 'private' | 'trusted' | 'knock';
    /** False: people of other homeservers can never join. Default true. */
    readonly federate?: boolean;
}

export type SignOutScope = 'here' | 'everywhere';

/** One of the person's own devices, as the homeserver lists it. */
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
    /** `delegated`: the server lets people remove devices only on a web page (see `page`). */
    server(): Promise<{ readonly baseUrl: string; readonly delegated: boolean }>;
    /** This device first, then the most recently used. */
    list(): Promise<readonly OwnDevice[]>;
    rename(deviceId: string, name: string): Promise<void>;
    /**
     * Sends one request to remove devices. User-interactive authentication repeats it. Status 200 means done (see
     * removeDevices.ts).
     */
    askRemoval(deviceIds: readonly string[], auth: Readonly<Record<string, unknown>> | undefined): Promise<JsonAnswer>;
    /** The page of the server that manages devices. Undefined when the server has none. */
    page(action: 'list' | 'delete', deviceId?: string): Promise<string | undefined>;
}

/** Where else the keys to encrypted history are: in the server's backup, or else on the person's other devices. */
export type KeysElsewhere = 'backup' | 'devices' | 'nowhere';

/** Every promise rejects with a `HushError` whose message is the sentence for the person. */
export interface Account extends Disposable {
    readonly userId: string;
    readonly deviceId: string;
    readonly state: AccountState;
    onState(listener: (state: AccountState) => void): Disposable;
    rooms(): readonly RoomSnapshot[];
    /** Called at most once per tick. */
    onRooms(listener: () => void): Disposable;
    /** An invitation that arrives while we run. Invitations found at the start do not count. */
    onInvite(listener: (room: RoomSnapshot) => void): Disposable;
    /**
     * People who share a room with us, without ourselves. With `search`: people that the homeserver's directory finds.
     */
    people(search?: string): Promise<readonly Person[]>;
    readonly rtc: RtcPort;
    readonly calls: CallsPort;
    readonly chat: ChatPort;
    readonly presence: PresencePort;
    readonly files: FilesPort;
    readonly trust: TrustPort;
    readonly roomAdmin: RoomsPort;
    deviceTrust(userId: string, deviceId: string): Promise<TrustLevel>;
    /** The name that the device's person gave it. Empty when it has no name or the name is unknown. */
    deviceName(userId: string, deviceId: string): Promise<string>;
    createSessionRoom(session: CreateSession): Promise<string>;
    invite(roomId: string, userId: string): Promise<void>;
    join(roomId: string): Promise<void>;
    /** Declines an invitation or leaves a room, and forgets it. */
    leaveRoom(roomId: string): Promise<void>;
    linkWorkspace(roomId: string, link: WorkspaceLink): Promise<void>;
    /** Starts the sync, once. Call it after every listener that must miss nothing is in place. */
    start(): void;
    /** Lines of "name: value"; no secrets. */
    diagnostics(): Promise<readonly (readonly [string, string])[]>;
    readonly devices: Devices;
    keysElsewhere(): Promise<KeysElsewhere>;
    /**
     * Invalidates the tokens on the server (`everywhere`: of all devices). Then deletes tokens, keys and stores here.
     */
    signOut(scope?: SignOutScope): Promise<void>;
    /**
     * Stops the sync and closes the stores. The sign-in stays. `handOver`: another window continues with the account,
     * so no listener is told that its calls ended.
     */
    stop(options?: { readonly handOver?: boolean }): Promise<void>;
}
