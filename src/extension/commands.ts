/** Every command, typed once. A unit test holds this table against `contributes.commands` and the menus. Pure. */

export const commands = {
    signIn: 'hush.signIn',
    createAccount: 'hush.createAccount',
    switchAccount: 'hush.switchAccount',
    signOut: 'hush.signOut',
    signOutEverywhere: 'hush.signOutEverywhere',
    manageDevices: 'hush.manageDevices',
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
    whoCanSee: 'hush.whoCanSee',
    verifyDevice: 'hush.verifyDevice',
    verifyTeammate: 'hush.verifyTeammate',
    setUpRecovery: 'hush.setUpRecovery',
    recover: 'hush.recover',
    resetIdentity: 'hush.resetIdentity',
    setUpLiveKit: 'hush.setUpLiveKit',
    showLog: 'hush.showLog',
    showDiagnostics: 'hush.showDiagnostics',
} as const;

export type CommandId = (typeof commands)[keyof typeof commands];

/** Commands that the palette does not list because they need a row of the tree. */
export const treeOnlyCommands: readonly CommandId[] = [commands.acceptInvite, commands.declineInvite];
