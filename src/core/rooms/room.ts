/** A room as data: who is in it, what the person may do there, and which workspaces it belongs to. */
import type { Presence } from './presencePort.ts';
import type { Powers } from './powerLevels.ts';
import type { JoinTarget } from './joinLink.ts';
import type { JoinRule, Knock } from './roomWords.ts';
import type { RtcMember } from '../share/share.ts';

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
