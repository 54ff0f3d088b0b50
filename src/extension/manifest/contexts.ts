/** Context keys that `when` clauses of the manifest read. A unit test finds keys that only one side knows. Pure. */

export const contexts = {
    /** `signedOut` | `starting` | `ready` | `expired` | `failed` */
    account: 'hush.account',
    /** With `expired`: the server deleted the device, so that signing in makes a new one. */
    deviceGone: 'hush.deviceGone',
    /** Accounts are known here besides the active one. */
    otherAccounts: 'hush.otherAccounts',
    /** A share of ours exists, in whatever phase. */
    sharing: 'hush.sharing',
    /** We hold a membership in some room. */
    inSession: 'hush.inSession',
    /** This workspace is mapped to a room that we are in. */
    linked: 'hush.workspaceLinked',
    /** We are in an encrypted room: one that has a chat. */
    hasRooms: 'hush.hasRooms',
    /** The room that **Share Screen** takes lets us share: this workspace's, or without one any, or a new one. */
    mayShare: 'hush.mayShare',
    /** The room of this workspace lets us invite. */
    mayInvite: 'hush.mayInvite',
    /** We are in some room, encrypted or not. */
    inRoom: 'hush.inRoom',
    /** Somebody shows a screen that may be watched here. */
    hasScreens: 'hush.hasScreens',
    /** A tab of ours shows a screen. */
    watching: 'hush.watching',
    /** Our share goes the direct way, by which other Matrix clients can be called. */
    mayCall: 'hush.mayCall',
    /** Some room can be replaced by us. */
    mayUpgrade: 'hush.mayUpgrade',
    /** We are invited to some room. */
    hasInvitations: 'hush.hasInvitations',
    /** Somebody asks to be let in, and we may answer. */
    hasRequests: 'hush.hasRequests',
    /** We asked to be let in somewhere. */
    hasOwnRequests: 'hush.hasOwnRequests',
    /** A room of ours was replaced by another. */
    hasReplacedRooms: 'hush.hasReplacedRooms',
} as const;

export type ContextKey = (typeof contexts)[keyof typeof contexts];

/** `contextValue`s of tree rows, matched by `viewItem ==` in the manifest. */
export const rows = {
    invite: 'hush.invite',
    room: 'hush.room',
    roomInCall: 'hush.room.inCall',
    share: 'hush.share',
    ownShare: 'hush.ownShare',
    member: 'hush.member',
    caller: 'hush.member.otherClient',
    /** Somebody who asks to be let in, and whom we may answer. */
    knock: 'hush.knock',
    /** A room that we asked to be let in to. */
    knocking: 'hush.knocking',
    /** A room that was replaced by another. */
    replaced: 'hush.replaced',
} as const;

/** Appended to the row of a room, a person or a share: what its menu offers. Matched by `viewItem =~`. */
export const rowFlags = {
    /** A screen may be shared in the room. */
    share: '+share',
    /** The screen may be watched. */
    view: '+view',
    /** A workspace may be linked to the room. */
    link: '+link',
    /** The room has a chat. */
    chat: '+chat',
    role: '+role',
    remove: '+remove',
    ban: '+ban',
    /** People may be invited to the room; this one, who asks, may be let in. */
    invite: '+invite',
    /** Somebody else than the person at this window. */
    other: '+other',
} as const;
