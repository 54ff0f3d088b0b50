/** Context keys for the `when` clauses of the manifest. A unit test finds keys that only one side has. Pure. */

export const contexts = {
    /** `signedOut` | `starting` | `ready` | `expired` | `failed` */
    account: 'hush.account',
    /** Only with `expired`: the homeserver deleted the device, so the next sign-in makes a new one. */
    deviceGone: 'hush.deviceGone',
    /** This machine knows other accounts besides the active one. */
    otherAccounts: 'hush.otherAccounts',
    /** We have a share, in any phase. */
    sharing: 'hush.sharing',
    /** The person paused our share. */
    paused: 'hush.paused',
    /** Secret Shield hides our share. */
    shielded: 'hush.shielded',
    /** We hold a membership in some room. */
    inSession: 'hush.inSession',
    /** This workspace is mapped to a room that we have joined. */
    linked: 'hush.workspaceLinked',
    /** We have joined an encrypted room, so there is a chat. */
    hasRooms: 'hush.hasRooms',
    /** **Share Screen** may share: in this workspace's room, else in any room, else in a new one. */
    mayShare: 'hush.mayShare',
    /** We may invite people to the room of this workspace. */
    mayInvite: 'hush.mayInvite',
    /** We have joined a room, encrypted or not. */
    inRoom: 'hush.inRoom',
    /** Somebody has a share that we may watch here. */
    hasScreens: 'hush.hasScreens',
    /** One of our tabs shows a share. */
    watching: 'hush.watching',
    /** Our share uses the direct way, so it can call other Matrix clients. */
    mayCall: 'hush.mayCall',
    /** We may replace a room. */
    mayUpgrade: 'hush.mayUpgrade',
    /** We are invited to some room. */
    hasInvitations: 'hush.hasInvitations',
    /** Somebody asks to be let in, and we may answer. */
    hasRequests: 'hush.hasRequests',
    /** We asked to be let in to a room. */
    hasOwnRequests: 'hush.hasOwnRequests',
    /** One of our rooms was replaced by another. */
    hasReplacedRooms: 'hush.hasReplacedRooms',
    /** Somebody points at lines of this workspace. */
    pointers: 'hush.pointers',
    /** Somebody is in the side channel of a share, so their place in the code can be followed. */
    mayFollow: 'hush.mayFollow',
    /** Our editor follows somebody's. */
    following: 'hush.following',
} as const;

export type ContextKey = (typeof contexts)[keyof typeof contexts];

/** `contextValue`s of tree rows. The manifest matches them with `viewItem ==`. */
export const rows = {
    invite: 'hush.invite',
    room: 'hush.room',
    /** We hold a membership there. */
    roomInSession: 'hush.room.inSession',
    share: 'hush.share',
    ownShare: 'hush.ownShare',
    member: 'hush.member',
    caller: 'hush.member.otherClient',
    /** A person who asks to be let in, and we may answer. */
    knock: 'hush.knock',
    /** A room that we asked to be let in to. */
    knocking: 'hush.knocking',
    /** A room that was replaced by another. */
    replaced: 'hush.replaced',
} as const;

/**
 * Flags after the `contextValue` of a room, a person or a share. They decide what the menu offers. The manifest matches
 * them with `viewItem =~`.
 */
export const rowFlags = {
    /** We may share a screen in the room. */
    share: '+share',
    /** We may watch the share. */
    view: '+view',
    /** We may link a workspace to the room. */
    link: '+link',
    /** The room has a chat. */
    chat: '+chat',
    role: '+role',
    remove: '+remove',
    ban: '+ban',
    /** We may invite people to the room, or let in this person who asks. */
    invite: '+invite',
    /** The row is not about the person at this window. */
    other: '+other',
} as const;
