/** Every command, typed once. A unit test holds this table against `contributes.commands` and the menus. Pure. */

export const commands = {
    signIn: 'hush.signIn',
    signOut: 'hush.signOut',
    startSession: 'hush.startSession',
    linkWorkspace: 'hush.linkWorkspace',
    unlinkWorkspace: 'hush.unlinkWorkspace',
    inviteTeammate: 'hush.inviteTeammate',
    acceptInvite: 'hush.acceptInvite',
    declineInvite: 'hush.declineInvite',
    shareScreen: 'hush.shareScreen',
    stopSharing: 'hush.stopSharing',
    viewShare: 'hush.viewShare',
    leaveSession: 'hush.leaveSession',
    callTeammate: 'hush.callTeammate',
    openChat: 'hush.openChat',
    sendSelection: 'hush.sendSelection',
    sendProblem: 'hush.sendProblem',
    setUpLiveKit: 'hush.setUpLiveKit',
    showLog: 'hush.showLog',
    showDiagnostics: 'hush.showDiagnostics',
} as const;

export type CommandId = (typeof commands)[keyof typeof commands];

/** Commands that the palette does not list because they need a row of the tree. */
export const treeOnlyCommands: readonly CommandId[] = [commands.acceptInvite, commands.declineInvite];
