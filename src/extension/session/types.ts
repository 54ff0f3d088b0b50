/**
 * The words of Hush, as data. A room has members; an RTC session has memberships; a media room has participants;
 * a share is one screen, keyed by (user, device, share id); a session is a workspace's room with its live shares.
 * Pure.
 */

import type { Presence } from '../presence/presencePort.ts';
import type { Powers } from '../../matrix/rooms/powerLevels.ts';
import type { JoinTarget } from '../rooms/joinLink.ts';
import type { JoinRule, Knock } from '../rooms/roomWords.ts';

/** A screen that a membership announces (our field `com.hush.shares` inside the MatrixRTC membership). */
export interface Share {
    /** ULID, unique per share. */
    readonly id: string;
    /** ms since the epoch, by the sharer's clock: for sorting and display only. */
    readonly startedTs: number;
    /** `mesh`: from device to device, on request. Absent: at the LiveKit SFU that the membership names. */
    readonly transport?: 'mesh';
}

/** One device in the room's RTC session (MSC4143), already validated: its sender is joined and it is not expired. */
export interface RtcMember {
    readonly userId: string;
    readonly deviceId: string;
    /** Display name in this room, made unique among its members; the user ID without one. */
    readonly name: string;
    /** `member.id` (sticky) or membershipID (state). */
    readonly memberId: string;
    /** ms since the epoch. */
    readonly createdTs: number;
    /** Identity of its participant in the LiveKit room it publishes in. */
    readonly identity: string;
    /** lk-jwt-service-compatible URL it publishes at; undefined when it advertises no LiveKit transport. */
    readonly serviceUrl: string | undefined;
    /** `hush` announces its shares; another client's screen is only known to the media room. */
    readonly client: 'hush' | 'other';
    readonly shares: readonly Share[];
}

export interface RoomMember {
    readonly userId: string;
    readonly name: string;
    readonly membership: 'join' | 'invite';
    /** Undefined where the homeserver does not say. */
    readonly presence?: Presence;
}

/** What `com.hush.workspace` says: a salted hash of a normalised git remote. */
export interface WorkspaceLink {
    readonly salt: string;
    readonly hash: string;
}

export interface RoomSnapshot {
    readonly roomId: string;
    readonly name: string;
    /** `knock`: we asked to be let in. */
    readonly membership: 'join' | 'invite' | 'knock';
    /** Present on an invitation. */
    readonly inviter: { readonly userId: string; readonly name: string } | undefined;
    /** Who made the room. */
    readonly createdBy?: string;
    readonly encrypted: boolean;
    readonly isDirect: boolean;
    /** Joined and invited people, self included; complete once `membersLoaded`. */
    readonly members: readonly RoomMember[];
    readonly rtc: readonly RtcMember[];
    readonly workspaces: readonly WorkspaceLink[];
    /** Power level allows this account to hold an RTC membership. */
    readonly mayJoinCall: boolean;
    readonly mayInvite: boolean;
    readonly mayLinkWorkspace: boolean;
    /** Write in the chat, and send files: encrypted events. */
    readonly mayWrite: boolean;
    readonly mayReact: boolean;
    /** Who may do what; of a joined room. */
    readonly powers?: Powers;
    /** Of a joined room, as those below. */
    readonly version?: string;
    readonly joinRule?: JoinRule;
    readonly alias?: string;
    /** Who asks to be let in. */
    readonly knocks?: readonly Knock[];
    /** The room was replaced by this one. */
    readonly replacement?: JoinTarget;
    /** What this room (or the one that the invitation is for) says it replaces: true only if that one says so too. */
    readonly predecessor?: string;
}

/** Where the account stands. */
export type AccountState =
    | { readonly kind: 'signedOut' }
    /** `unreachable`: the homeserver did not answer yet. */
    | { readonly kind: 'starting'; readonly userId: string; readonly unreachable?: boolean }
    | {
          readonly kind: 'ready';
          readonly userId: string;
          readonly deviceId: string;
          readonly online: boolean;
          /** Why the account will stop unless the person does something: a sentence. */
          readonly trouble?: string;
      }
    /**
     * The server ended the session for good; the device's keys are kept until the person signs in or out. `deviceGone`: the
     * server deleted the device too, so that they are of no use to the one that comes after.
     */
    | { readonly kind: 'expired'; readonly userId: string; readonly deviceGone: boolean }
    | { readonly kind: 'failed'; readonly userId: string; readonly message: string };
