/** What the extension needs from a signed-in account. Implemented by `src/matrix`; types only. */
import type { ChatPort } from './chat/chatPort.ts';
import type { Disposable } from './lifecycle.ts';
import type { TrustLevel } from '../webview/protocol/messages.ts';
import type { CallsPort, RtcPort } from './session/ports.ts';
import type { AccountState, RoomSnapshot, WorkspaceLink } from './session/types.ts';

export interface Person {
    readonly userId: string;
    readonly name: string;
}

export interface CreateSession {
    readonly name: string;
    readonly invite: readonly string[];
    readonly workspaceLink: WorkspaceLink | undefined;
}

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
    /** People we share a room with, self excluded. */
    people(): Promise<readonly Person[]>;
    readonly rtc: RtcPort;
    readonly calls: CallsPort;
    readonly chat: ChatPort;
    deviceTrust(userId: string, deviceId: string): Promise<TrustLevel>;
    createSessionRoom(session: CreateSession): Promise<string>;
    invite(roomId: string, userId: string): Promise<void>;
    join(roomId: string): Promise<void>;
    /** Declines an invitation or leaves a room, and forgets it. */
    leaveRoom(roomId: string): Promise<void>;
    linkWorkspace(roomId: string, link: WorkspaceLink): Promise<void>;
    /** Lines of "name: value"; no secrets. */
    diagnostics(): Promise<readonly (readonly [string, string])[]>;
    /** Invalidates the tokens on the server, then deletes tokens, keys and stores here. */
    signOut(): Promise<void>;
    /**
     * Stops syncing and closes the stores; the sign-in stays. `handOver`: another window goes on with the account, so
     * nobody is told that its calls ended.
     */
    stop(options?: { readonly handOver?: boolean }): Promise<void>;
}
