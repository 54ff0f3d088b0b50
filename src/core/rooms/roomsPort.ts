/** What a person does to rooms and to the people in them. `src/matrix/rooms` implements it. */
import type { Disposable } from '../base/disposable.ts';
import type { JoinTarget } from './joinLink.ts';
import type { History, JoinRule } from './roomWords.ts';

export interface RoomPerson {
    readonly userId: string;
    readonly name: string;
    readonly membership: 'join' | 'invite' | 'knock' | 'ban';
    /** The reason of the knock or the ban. */
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
    /** Members of these rooms may join a restricted room. */
    readonly allow: readonly string[];
    readonly version: string;
}

export type RoomChange =
    | { readonly kind: 'name'; readonly name: string }
    | { readonly kind: 'topic'; readonly topic: string }
    /** A picture on this machine. It is uploaded unencrypted, because everybody may see it. Undefined: removes it. */
    | { readonly kind: 'avatar'; readonly path: string | undefined }
    /** The main address. Undefined: removes it. */
    | { readonly kind: 'alias'; readonly alias: string | undefined }
    | { readonly kind: 'history'; readonly history: History }
    | { readonly kind: 'joinRule'; readonly rule: JoinRule; readonly allow: readonly string[] }
    /** Turns encryption on, permanently. */
    | { readonly kind: 'encryption' };

interface Upgraded {
    readonly roomId: string;
    /** User IDs of people who could not be invited. */
    readonly notInvited: readonly string[];
}

export type RoomNotice =
    /** A person asks to join, and we may let them in. */
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
          /** Name of the person who did it. */
          readonly by: string;
          readonly how: 'removed' | 'banned' | 'denied';
          readonly reason: string | undefined;
      }
    | { readonly kind: 'replaced'; readonly roomId: string; readonly roomName: string };

export interface RoomPreview {
    /** The room ID, if the link was an alias. */
    readonly target: JoinTarget;
    readonly name?: string | undefined;
    readonly topic?: string | undefined;
    /** `m.room.join_rules`, as on the server. */
    readonly joinRule?: string | undefined;
    readonly people?: number | undefined;
    /** Undefined: unknown. */
    readonly encrypted?: boolean | undefined;
    /** Our own membership. */
    readonly membership?: 'join' | 'invite' | 'knock' | 'ban' | undefined;
}

/** The homeserver's answer about a user ID. */
export type PersonLookUp =
    | { readonly kind: 'found'; readonly name: string | undefined }
    | { readonly kind: 'nobody' }
    /** The homeserver does not say, or the person's server is unreachable. */
    | { readonly kind: 'unknown' };

/** Every promise rejects with a `HushError`. */
export interface RoomsPort {
    /** Whether the person exists. */
    lookUp(userId: string): Promise<PersonLookUp>;
    /** Everybody with a membership in a joined room. Asks the server for those that the sync omitted. */
    people(roomId: string): Promise<readonly RoomPerson[]>;
    /** Removes a person, withdraws an invitation, or refuses a knock. */
    kick(roomId: string, userId: string, reason: string | undefined): Promise<void>;
    ban(roomId: string, userId: string, reason: string | undefined): Promise<void>;
    unban(roomId: string, userId: string, reason: string | undefined): Promise<void>;
    /** Gives a power level. */
    setLevel(roomId: string, userId: string, level: number): Promise<void>;
    /** People whose invitations and messages this account ignores, on all of its devices. */
    ignored(): Promise<readonly string[]>;
    setIgnored(userId: string, ignored: boolean): Promise<void>;
    /** The room behind a link, as far as the servers tell. */
    preview(target: JoinTarget): Promise<RoomPreview>;
    /** @returns the room's ID. Rejects with `room.notInvited` if an invitation is required. */
    joinTarget(target: JoinTarget): Promise<string>;
    /** Asks to join. @returns the room's ID. */
    knock(target: JoinTarget, reason: string | undefined): Promise<string>;
    /** The current settings on the server. */
    settings(roomId: string): Promise<RoomSettings>;
    /** A small `data:` URI of the room's picture. Undefined: the room has none, or none that can be shown at once. */
    picture(roomId: string): Promise<string | undefined>;
    change(roomId: string, change: RoomChange): Promise<void>;
    /** The stable room versions that the homeserver can create, the newest first. */
    versions(): Promise<{ readonly recommended: string; readonly stable: readonly string[] }>;
    /** Replaces the room. Invites its people to the new room, and links its workspaces there. */
    upgrade(roomId: string, version: string): Promise<Upgraded>;
    /** Events that we did not cause. Only the front window is told. */
    onNews(listener: (news: RoomNotice) => void): Disposable;
}
