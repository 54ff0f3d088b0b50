/** Binds every command of the table to its action; an error becomes its sentence, never an unhandled rejection. */
import * as vscode from 'vscode';
import type { SignOutScope } from './account.ts';
import type { ActionContext } from './actions/context.ts';
import { callTeammate } from './actions/calls.ts';
import { openChat, sendProblem, sendSelection } from './actions/chat.ts';
import {
    acceptInvite,
    declineInvite,
    inviteTeammate,
    linkWorkspace,
    startSession,
    type RoomArgument,
} from './actions/rooms.ts';
import { leaveSession, shareScreen, stopSharing, viewShare, type ViewArgument } from './actions/shares.ts';
import { manageDevices } from './actions/manageDevices.ts';
import { whoCanSee } from './actions/trust.ts';
import { recover, resetIdentity, setUpRecovery } from './actions/trustRecovery.ts';
import { verifyDevice, verifyTeammate } from './actions/trustVerify.ts';
import { commands, type CommandId } from './commands.ts';
import { userMessage } from './errors.ts';
import { DisposableScope } from './lifecycle.ts';
import { showFailure } from './views/notices.ts';

export interface AccountCommands {
    signIn(): Promise<void>;
    createAccount(): Promise<void>;
    switchAccount(): Promise<void>;
    signOut(scope: SignOutScope): Promise<void>;
    setUpLiveKit(): Promise<void>;
    showLog(): void;
    showDiagnostics(): Promise<void>;
}

/** What a person was doing, for the sentence about an unexpected problem. */
const doing: Readonly<Record<CommandId, string>> = {
    [commands.signIn]: 'Signing in',
    [commands.createAccount]: 'Creating the account',
    [commands.switchAccount]: 'Switching the account',
    [commands.signOut]: 'Signing out',
    [commands.signOutEverywhere]: 'Signing out everywhere',
    [commands.manageDevices]: 'Managing your devices',
    [commands.startSession]: 'Starting the session',
    [commands.linkWorkspace]: 'Linking the workspace',
    [commands.unlinkWorkspace]: 'Unlinking the workspace',
    [commands.inviteTeammate]: 'Inviting',
    [commands.acceptInvite]: 'Joining the room',
    [commands.declineInvite]: 'Declining the invitation',
    [commands.shareScreen]: 'Sharing your screen',
    [commands.stopSharing]: 'Stopping the share',
    [commands.viewShare]: 'Opening the share',
    [commands.leaveSession]: 'Leaving the session',
    [commands.callTeammate]: 'Calling',
    [commands.openChat]: 'Opening the chat',
    [commands.sendSelection]: 'Sending the selection',
    [commands.sendProblem]: 'Sending the problem',
    [commands.whoCanSee]: 'Showing who can see this',
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
    // VS Code hands arguments over as unknown; each action checks the one shape it takes.
    const room = (run: (context: ActionContext, argument: RoomArgument) => unknown) => (argument: unknown) =>
        run(context, roomArgument(argument));
    const actions: Readonly<Record<CommandId, (argument: unknown) => unknown>> = {
        [commands.signIn]: () => account.signIn(),
        [commands.createAccount]: () => account.createAccount(),
        [commands.switchAccount]: () => account.switchAccount(),
        [commands.signOut]: () => account.signOut('here'),
        [commands.signOutEverywhere]: () => account.signOut('everywhere'),
        [commands.manageDevices]: () => manageDevices(context),
        [commands.startSession]: () => startSession(context),
        [commands.linkWorkspace]: room(linkWorkspace),
        [commands.unlinkWorkspace]: () => context.unmapWorkspace(),
        [commands.inviteTeammate]: room(inviteTeammate),
        [commands.acceptInvite]: room(acceptInvite),
        [commands.declineInvite]: room(declineInvite),
        [commands.shareScreen]: room(shareScreen),
        [commands.stopSharing]: () => stopSharing(context),
        [commands.viewShare]: (argument) => viewShare(context, viewArgument(context, argument)),
        [commands.leaveSession]: room(leaveSession),
        [commands.callTeammate]: (argument) =>
            callTeammate(context, typeof argument === 'string' ? argument : undefined),
        [commands.openChat]: room(openChat),
        [commands.sendSelection]: () => sendSelection(context),
        [commands.sendProblem]: () => sendProblem(context),
        [commands.whoCanSee]: () => whoCanSee(context, undefined),
        [commands.verifyDevice]: () => verifyDevice(context),
        [commands.verifyTeammate]: (argument) =>
            verifyTeammate(context, typeof argument === 'string' ? argument : undefined),
        [commands.setUpRecovery]: () => setUpRecovery(context),
        [commands.recover]: () => recover(context),
        [commands.resetIdentity]: () => resetIdentity(context),
        [commands.setUpLiveKit]: () => account.setUpLiveKit(),
        [commands.showLog]: () => account.showLog(),
        [commands.showDiagnostics]: () => account.showDiagnostics(),
    };
    for (const id of Object.values(commands)) {
        scope.add(
            vscode.commands.registerCommand(id, async (argument: unknown) => {
                try {
                    await actions[id](argument);
                } catch (error) {
                    context.log.warn(`${id} failed`, error);
                    void showFailure(userMessage(error, doing[id]));
                }
            }),
        );
    }
    return scope;
}

/** A room ID, a tree element (`room:<id>` and the like are resolved by the tree's own node), or nothing. */
function roomArgument(argument: unknown): RoomArgument {
    if (typeof argument !== 'string') return undefined;
    return argument.startsWith('!') ? argument : roomIdOfRow(argument);
}

/** Row IDs are `<kind>:<room ID>…`; a room ID holds no `|`, and ends before the user ID of a member or share row. */
function roomIdOfRow(row: string): string | undefined {
    return /^(?:room|invite):(!.*)$/u.exec(row)?.[1];
}

function viewArgument(context: ActionContext, argument: unknown): ViewArgument {
    if (typeof argument !== 'string') return undefined;
    const target = context.targetOfRow(argument);
    return target && { target };
}
