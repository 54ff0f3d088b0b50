/** Context keys that `when` clauses of the manifest read. A unit test finds keys that only one side knows. Pure. */

export const contexts = {
    /** `signedOut` | `starting` | `ready` | `expired` | `failed` */
    account: 'hush.account',
    /** Accounts are known here besides the active one. */
    otherAccounts: 'hush.otherAccounts',
    /** A share of ours exists, in whatever phase. */
    sharing: 'hush.sharing',
    /** We hold a membership in some room. */
    inSession: 'hush.inSession',
    /** This workspace is mapped to a room that we are in. */
    linked: 'hush.workspaceLinked',
    /** Some room can be shared into. */
    hasRooms: 'hush.hasRooms',
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
} as const;
