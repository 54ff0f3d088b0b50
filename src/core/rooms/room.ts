/** A room as data: its people, what the person may do in it, and its workspaces. */
import type { Presence } from './presencePort.ts';
import type { Powers } from './powerLevels.ts';
import type { JoinTarget } from './joinLink.ts';
import type { JoinRule, Knock } from './roomWords.ts';
import type { RtcMembership } from '../share/share.ts';

export interface RoomMember {
    readonly userId: string;
    /** One short line, unlike that of any other member. */
    readonly name: string;
    /** Present if the name is not all that the person calls themselves. */
    readonly wholeName?: string;
    readonly membership: 'join' | 'invite';
    /** Undefined when the homeserver does not say. */
    readonly presence?: Presence;
}

/** The content of `com.hush.workspace`: a salted hash of a normalised git remote. */
export interface WorkspaceLink {
    readonly salt: string;
    readonly hash: string;
}

export interface RoomSnapshot {
    readonly roomId: string;
    /** One short line, unlike that of any other room. */
    readonly name: string;
    /** Present if the name is not all that the room is called. */
    readonly wholeName?: string;
    /** `knock`: we asked to join. */
    readonly membership: 'join' | 'invite' | 'knock';
    /** Present on an invitation. */
    readonly inviter: { readonly userId: string; readonly name: string } | undefined;
    /** User ID of the room's creator. */
    readonly createdBy?: string;
    readonly encrypted: boolean;
    readonly isDirect: boolean;
    /** Joined and invited people, including ourselves. Complete once `membersLoaded`. */
    readonly members: readonly RoomMember[];
    readonly rtc: readonly RtcMembership[];
    readonly workspaces: readonly WorkspaceLink[];
    /** Our power level allows an RTC membership. */
    readonly mayJoinSession: boolean;
    readonly mayInvite: boolean;
    readonly mayLinkWorkspace: boolean;
    /** Chat messages and files, which are encrypted events. */
    readonly mayWrite: boolean;
    readonly mayReact: boolean;
    /** Who may do what. Only for a joined room. */
    readonly powers?: Powers;
    /** This and the following are only for a joined room. */
    readonly version?: string;
    readonly joinRule?: JoinRule;
    readonly alias?: string;
    /** People who ask to join. */
    readonly knocks?: readonly Knock[];
    /** This room replaced the room. */
    readonly replacement?: JoinTarget;
    /**
     * The room that this room (or the invitation's room) claims to replace. The claim is true only if that room
     * confirms it.
     */
    readonly predecessor?: string;
}
