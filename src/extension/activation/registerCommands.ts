/**
 * Binds every command of the table to its action. Shows an error as a sentence, so that no rejection stays unhandled.
 */
import * as vscode from 'vscode';
import type { SignOutScope } from '../../core/account/account.ts';
import type { ActionContext } from '../shell/actionContext.ts';
import { actOnRow } from '../tree/actOnRow.ts';
import { callTeammate } from '../share/callCommands.ts';
import { commandPicture } from '../share/pictureMenu.ts';
import { linkWorkspace } from '../rooms/linkWorkspace.ts';
import { startSession } from '../workspace/startSession.ts';
import type { RoomArgument } from '../rooms/pickRoom.ts';
import {
    leaveSession,
    pauseShare,
    shareScreen,
    stopSharing,
    viewShare,
    type ViewerArgument,
} from '../share/shareCommands.ts';
import { commands, roomCommandIds, type CommandId, type RoomCommandId } from '../manifest/commands.ts';
import { userMessage } from '../../core/base/errors.ts';
import { DisposableScope } from '../../core/base/disposable.ts';
import { showFailure } from '../shell/failure.ts';

export interface AccountCommands {
    signIn(): Promise<void>;
    createAccount(): Promise<void>;
    switchAccount(): Promise<void>;
    signOut(scope: SignOutScope): Promise<void>;
    setUpLiveKit(): Promise<void>;
    showLog(): void;
    showDiagnostics(): Promise<void>;
    follow(): Promise<void>;
    stopFollowing(): Promise<void>;
}

/** The person's action, for the sentence about an unexpected problem. */
const doing: Readonly<Record<CommandId, string>> = {
    [commands.signIn]: 'Signing in',
    [commands.createAccount]: 'Creating the account',
    [commands.switchAccount]: 'Switching the account',
    [commands.signOut]: 'Signing out',
    [commands.signOutEverywhere]: 'Signing out everywhere',
    [commands.manageDevices]: 'Managing your devices',
    [commands.startSession]: 'Starting the session',
    [commands.startSessionAndCopyLink]: 'Starting the session',
    [commands.copyMyId]: 'Copying your ID',
    [commands.linkWorkspace]: 'Linking the workspace',
    [commands.unlinkWorkspace]: 'Unlinking the workspace',
    [commands.inviteTeammate]: 'Inviting',
    [commands.acceptInvite]: 'Joining the room',
    [commands.declineInvite]: 'Declining the invitation',
    [commands.joinInvitation]: 'Joining the room',
    [commands.declineInvitation]: 'Declining the invitation',
    [commands.people]: 'Showing the people of the room',
    [commands.changeRole]: 'Changing the role',
    [commands.removePerson]: 'Removing',
    [commands.banPerson]: 'Banning',
    [commands.ignorePerson]: 'Ignoring',
    [commands.ignoredPeople]: 'Showing whom you ignore',
    [commands.leaveRoom]: 'Leaving the room',
    [commands.createRoom]: 'Creating the room',
    [commands.copyJoinLink]: 'Making the link',
    [commands.joinByLink]: 'Joining by the link',
    [commands.acceptKnock]: 'Letting them in',
    [commands.denyKnock]: 'Denying the request',
    [commands.withdrawKnock]: 'Withdrawing the request',
    [commands.answerRequest]: 'Answering the request',
    [commands.withdrawRequest]: 'Withdrawing the request',
    [commands.followUpgrade]: 'Going on in the new room',
    [commands.continueInNewRoom]: 'Going on in the new room',
    [commands.roomSettings]: 'Showing the room’s settings',
    [commands.upgradeRoom]: 'Upgrading the room',
    [commands.shareScreen]: 'Sharing your screen',
    [commands.stopSharing]: 'Stopping the share',
    [commands.pauseShare]: 'Pausing the share',
    [commands.resumeShare]: 'Resuming the share',
    [commands.showAnyway]: 'Showing the file',
    [commands.viewShare]: 'Opening the share',
    [commands.leaveSession]: 'Leaving the session',
    [commands.showMenu]: 'Showing the menu',
    [commands.actOnRow]: 'That',
    [commands.callTeammate]: 'Calling',
    [commands.openChat]: 'Opening the chat',
    [commands.sendSelection]: 'Sending the selection',
    [commands.sendProblem]: 'Sending the problem',
    [commands.sendSelectionFile]: 'Sending the selection',
    [commands.sendFile]: 'Sending the file',
    [commands.sendChanges]: 'Sending the changes',
    [commands.sendSnapshot]: 'Sending the snapshot',
    [commands.pointHere]: 'Pointing',
    [commands.goToPointer]: 'Opening the file',
    [commands.keepPointers]: 'Keeping the pointers',
    [commands.removePointers]: 'Removing the pointers',
    [commands.copyPicture]: 'Copying the picture',
    [commands.zoomIn]: 'Zooming',
    [commands.zoomOut]: 'Zooming',
    [commands.zoomToFit]: 'Zooming',
    [commands.actualPixels]: 'Zooming',
    [commands.whoCanSee]: 'Showing who can see this',
    [commands.follow]: 'Following',
    [commands.stopFollowing]: 'Ending to follow',
    [commands.verifyDevice]: 'Verifying this device',
    [commands.verifyTeammate]: 'Verifying',
    [commands.setUpRecovery]: 'Setting up recovery',
    [commands.recover]: 'Recovering',
    [commands.resetIdentity]: 'Resetting your identity',
    [commands.setUpLiveKit]: 'Setting up the LiveKit server',
    [commands.showLog]: 'Showing the log',
    [commands.showDiagnostics]: 'Showing the diagnostics',
};

export function registerCommands(context: ActionContext, account: AccountCommands): vscode.Disposable {
    const scope = new DisposableScope();
    // VS Code passes arguments as unknown. Each action checks for the one shape that it takes.
    const room = (run: (context: ActionContext, argument: RoomArgument) => unknown) => (argument: unknown) =>
        run(context, roomArgument(argument));
    const ofRooms = Object.fromEntries(
        roomCommandIds.map((id) => [
            id,
            async (argument: unknown): Promise<void> => {
                const { roomCommands } = await import('../rooms/roomCommands.ts');
                await roomCommands(context, room)[id](argument);
            },
        ]),
    ) as Record<RoomCommandId, (argument: unknown) => Promise<void>>;
    const chatDesk = () => import('../chat/chatDesk.ts');
    const trust = () => import('../trust/trustCommands.ts');
    const actions: Readonly<Record<CommandId, (argument: unknown, selected: unknown) => unknown>> = {
        [commands.signIn]: () => account.signIn(),
        [commands.createAccount]: () => account.createAccount(),
        [commands.switchAccount]: () => account.switchAccount(),
        [commands.signOut]: () => account.signOut('here'),
        [commands.signOutEverywhere]: () => account.signOut('everywhere'),
        [commands.manageDevices]: async () => (await trust()).manageDevices(context),
        [commands.startSession]: () => startSession(context),
        [commands.linkWorkspace]: room(linkWorkspace),
        [commands.unlinkWorkspace]: () => context.unmapWorkspace(),
        ...ofRooms,
        [commands.shareScreen]: room(shareScreen),
        [commands.stopSharing]: () => stopSharing(context),
        [commands.pauseShare]: () => pauseShare(context, true),
        [commands.resumeShare]: () => pauseShare(context, false),
        [commands.showAnyway]: () => context.shield.showAnyway(),
        [commands.viewShare]: (argument) => viewShare(context, viewerArgument(context, argument)),
        [commands.leaveSession]: room(leaveSession),
        [commands.showMenu]: async () => (await import('../tree/showStatusMenu.ts')).showStatusMenu(context),
        [commands.actOnRow]: () => actOnRow(context),
        [commands.callTeammate]: (argument) =>
            callTeammate(context, typeof argument === 'string' ? argument : undefined),
        [commands.openChat]: room(async (_, argument) => (await chatDesk()).openChat(context, argument)),
        [commands.sendSelection]: async () => (await chatDesk()).sendSelection(context),
        [commands.sendProblem]: async () => (await chatDesk()).sendProblem(context),
        [commands.sendSelectionFile]: async () => (await chatDesk()).sendSelectionFile(context),
        [commands.sendFile]: async (argument, selected) => (await chatDesk()).sendFile(context, argument, selected),
        [commands.sendChanges]: async (argument) =>
            (await import('../changes/changesDesk.ts')).sendChanges(context, roomArgument(argument), argument),
        [commands.sendSnapshot]: async (argument) =>
            commandPicture(context, argument, 'snapshot') || (await chatDesk()).sendSnapshot(context),
        [commands.pointHere]: async () => (await context.pointers()).pointHere(),
        [commands.goToPointer]: async () => (await context.pointers()).goTo(),
        [commands.keepPointers]: async () => (await context.pointers()).keep(),
        [commands.removePointers]: async () => (await context.pointers()).remove(),
        [commands.copyPicture]: (argument) => commandPicture(context, argument, 'copyPicture'),
        [commands.zoomIn]: (argument) => commandPicture(context, argument, 'zoomIn'),
        [commands.zoomOut]: (argument) => commandPicture(context, argument, 'zoomOut'),
        [commands.zoomToFit]: (argument) => commandPicture(context, argument, 'fit'),
        [commands.actualPixels]: (argument) => commandPicture(context, argument, 'exact'),
        [commands.whoCanSee]: async (argument) =>
            commandPicture(context, argument, 'whoCanSee') || (await trust()).whoCanSee(context, undefined),
        [commands.follow]: () => account.follow(),
        [commands.stopFollowing]: () => account.stopFollowing(),
        [commands.verifyDevice]: async () => (await trust()).verifyDevice(context),
        [commands.verifyTeammate]: async (argument) =>
            (await trust()).verifyTeammate(context, typeof argument === 'string' ? argument : undefined),
        [commands.setUpRecovery]: async () => (await trust()).setUpRecovery(context),
        [commands.recover]: async () => (await trust()).recover(context),
        [commands.resetIdentity]: async () => (await trust()).resetIdentity(context),
        [commands.setUpLiveKit]: () => account.setUpLiveKit(),
        [commands.showLog]: () => account.showLog(),
        [commands.showDiagnostics]: () => account.showDiagnostics(),
    };
    for (const id of Object.values(commands)) {
        scope.add(
            vscode.commands.registerCommand(id, async (argument: unknown, selected: unknown) => {
                try {
                    await actions[id](argument, selected);
                } catch (error) {
                    context.log.warn(`${id} failed`, error);
                    void showFailure(userMessage(error, doing[id]));
                }
            }),
        );
    }
    return scope;
}

/** Takes a room ID, a tree element (the tree's node resolves `room:<id>` and similar), or nothing. */
function roomArgument(argument: unknown): RoomArgument {
    if (typeof argument !== 'string') return undefined;
    return argument.startsWith('!') ? argument : roomIdOfRow(argument);
}

/**
 * Row IDs are `<kind>:<room ID>…`. A room ID contains no `|`, and ends before the user ID in a row of a member or
 * share.
 */
function roomIdOfRow(row: string): string | undefined {
    return /^(?:room|invite):(!.*)$/u.exec(row)?.[1];
}

function viewerArgument(context: ActionContext, argument: unknown): ViewerArgument {
    if (typeof argument !== 'string') return undefined;
    const target = context.targetOfRow(argument);
    return target && { target };
}
