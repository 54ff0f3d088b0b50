/** What a person does to rooms and to the people in them. Implemented by `src/matrix/rooms`. */
import type { Disposable } from '../base/disposable.ts';
import type { JoinTarget } from './joinLink.ts';
import type { History, JoinRule } from './roomWords.ts';

export interface RoomPerson {
    readonly userId: string;
    readonly name: string;
    readonly membership: 'join' | 'invite' | 'knock' | 'ban';
    /** Of the knock, or of the ban. */
    readonly reason: string | undefined;
}

export interface RoomSettings {
    readonly name: string | undefined;
    readonly topic: string | undefined;
    /** An mxc URI. */
    readonly avatar: string | undefined;
    readonly alias: string | undefined;
    readonly history: History;
    readonly joinRule: JoinRule;
    /** Rooms whose members a restricted room lets in. */
    readonly allow: readonly string[];
    readonly version: string;
}

export type RoomChange =
    | { readonly kind: 'name'; readonly name: string }
    | { readonly kind: 'topic'; readonly topic: string }
    /** A picture of this machine, uploaded in clear as everybody may see it; undefined: none any more. */
    | { readonly kind: 'avatar'; readonly path: string | undefined }
    /** The main address; undefined: none any more. */
    | { readonly kind: 'alias'; readonly alias: string | undefined }
    | { readonly kind: 'history'; readonly history: History }
    | { readonly kind: 'joinRule'; readonly rule: JoinRule; readonly allow: readonly string[] }
    /** Turns it on, for good. */
    | { readonly kind: 'encryption' };

interface Upgraded {
    readonly roomId: string;
    /** Who could not be invited. */
    readonly notInvited: readonly string[];
}

export type RoomNews =
    /** Somebody asks to be let in, and we may do so. */
    | {
          readonly kind: 'knock';
          readonly roomId: string;
          readonly roomName: string;
          readonly userId: string;
          readonly name: string;
          readonly reason: string | undefined;
      }
    | {
          readonly kind: 'removed';
          readonly roomName: string;
          /** Name of who did it. */
          readonly by: string;
          readonly how: 'removed' | 'banned' | 'denied';
          readonly reason: string | undefined;
      }
    | { readonly kind: 'replaced'; readonly roomId: string; readonly roomName: string };

export interface RoomPreview {
    /** The room itself where the link was an alias. */
    readonly target: JoinTarget;
    readonly name?: string | undefined;
    readonly topic?: string | undefined;
    /** `m.room.join_rules`, as the server has it. */
    readonly joinRule?: string | undefined;
    readonly people?: number | undefined;
    /** Undefined: not known. */
    readonly encrypted?: boolean | undefined;
    /** Ours. */
    readonly membership?: 'join' | 'invite' | 'knock' | 'ban' | undefined;
}

/** What the homeserver says about a user ID. */
export type PersonLookUp =
    | { readonly kind: 'found'; readonly name: string | undefined }
    | { readonly kind: 'nobody' }
    /** It does not tell, or their server is away. */
    | { readonly kind: 'unknown' };

/** Every promise rejects with a `HushError`. */
export interface RoomsPort {
    /** Whether there is such a person. */
    lookUp(userId: string): Promise<PersonLookUp>;
    /** Everybody with a standing in a joined room, asked of the server where the sync left some out. */
    people(roomId: string): Promise<readonly RoomPerson[]>;
    /** Removes somebody, takes an invitation back, or refuses a knock. */
    kick(roomId: string, userId: string, reason: string | undefined): Promise<void>;
    ban(roomId: string, userId: string, reason: string | undefined): Promise<void>;
    unban(roomId: string, userId: string, reason: string | undefined): Promise<void>;
    /** Gives a power level. */
    setLevel(roomId: string, userId: string, level: number): Promise<void>;
    /** People whose invitations and messages are kept away from this account, on all of its devices. */
    ignored(): Promise<readonly string[]>;
    setIgnored(userId: string, ignored: boolean): Promise<void>;
    /** What a link leads to, as far as the servers tell. */
    preview(target: JoinTarget): Promise<RoomPreview>;
    /** @returns the room's ID. Rejects with `room.notInvited` where one must be invited. */
    joinTarget(target: JoinTarget): Promise<string>;
    /** Asks to be let in. @returns the room's ID. */
    knock(target: JoinTarget, reason: string | undefined): Promise<string>;
    /** As the server has them now. */
    settings(roomId: string): Promise<RoomSettings>;
    /** A `data:` URI of the room's picture, small; undefined: it has none, or none that can be shown at once. */
    picture(roomId: string): Promise<string | undefined>;
    change(roomId: string, change: RoomChange): Promise<void>;
    /** Room versions that the homeserver makes rooms of; stable ones, the newest first. */
    versions(): Promise<{ readonly recommended: string; readonly stable: readonly string[] }>;
    /** Replaces the room; its people are invited to the new one, and its workspaces linked there. */
    upgrade(roomId: string, version: string): Promise<Upgraded>;
    /** What happens without our doing; told to the window in front only. */
    onNews(listener: (news: RoomNews) => void): Disposable;
}
