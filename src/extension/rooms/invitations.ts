/** **Hush: Invite Teammate…**, and the answers to invitations. */
import * as vscode from 'vscode';
import { commands } from '../manifest/commands.ts';
import { isHushError, type ErrorCode } from '../../core/base/errors.ts';
import { setStatusBarMessage, showErrorMessage, showInformationMessage, withProgress } from '../shell/dialogs.ts';
import { plainName } from '../shell/plainText.ts';
import { askForPerson } from './askForPerson.ts';
import { signedIn, type ActionContext, joinedRooms } from '../shell/actionContext.ts';
import { refused } from './refusals.ts';
import { onlyRoom, pickRoom, roomIdOf, type RoomArgument } from './pickRoom.ts';

/** After these failures, another answer or a short wait can help. */
const ASK_AGAIN: readonly ErrorCode[] = [
    'room.unknownUser',
    'room.invalidUserId',
    'network.offline',
    'network.timeout',
    'network.rateLimited',
];

/** Asks again, with the typed text in the field, until it works or the person gives up. */
export async function inviteTeammate(context: ActionContext, argument: RoomArgument): Promise<void> {
    const { account } = signedIn(context);
    const roomId =
        roomIdOf(argument) ??
        context.model.workspaceRoomId ??
        onlyRoom(context) ??
        (await pickRoom(context, 'Invite to Which Session?', 'invite'));
    if (roomId === undefined) return;
    const room = joinedRooms(context).find((r) => r.roomId === roomId);
    if (room && (await refused(context, room, 'invite'))) return;
    const inside = new Set([account.userId, ...(room?.members ?? []).map((m) => m.userId)]);
    for (let typed = ''; ;) {
        const userId = await askForPerson(account, inside, typed);
        if (userId === 'link') {
            await vscode.commands.executeCommand(commands.copyJoinLink, roomId);
            return;
        }
        if (userId === undefined) return;
        try {
            await withProgress({ location: vscode.ProgressLocation.Window, title: `Hush: inviting ${userId}` }, () =>
                account.invite(roomId, userId),
            );
            setStatusBarMessage('mail', `Invited ${userId}`, 5_000);
            return;
        } catch (error) {
            if (!isHushError(error) || !ASK_AGAIN.includes(error.code)) throw error;
            const again = 'Try Again';
            if ((await showErrorMessage(error.message, again)) !== again) return;
            typed = userId;
        }
    }
}

export async function acceptInvite(context: ActionContext, argument: RoomArgument): Promise<void> {
    const { account } = signedIn(context);
    const roomId = roomIdOf(argument);
    const room = context.model.rooms.find((r) => r.roomId === roomId);
    if (roomId === undefined) return;
    await withProgress({ location: vscode.ProgressLocation.Window, title: 'Hush: joining the room' }, () =>
        account.join(roomId),
    );
    // A room of a repository is offered when its clone is open. That offer knows better whether the room is this
    // workspace's.
    const joined = joinedRooms(context).find((r) => r.roomId === roomId);
    if (!joined || joined.workspaces.length > 0 || context.model.workspaceRoomId !== undefined) return;
    void tellJoined(plainName(room?.name ?? joined.name), roomId);
}

/** Tells the person that they joined, and offers the next step. */
export async function tellJoined(name: string, roomId: string): Promise<void> {
    const link = 'Use for This Workspace';
    const chosen = await showInformationMessage(`You are in ${name} now.`, link);
    if (chosen === link) await vscode.commands.executeCommand(commands.linkWorkspace, roomId);
}

export async function declineInvite(context: ActionContext, argument: RoomArgument): Promise<void> {
    const { account } = signedIn(context);
    const roomId = roomIdOf(argument);
    const room = context.model.rooms.find((r) => r.roomId === roomId);
    // The notification stays open after the person accepted in the tree. Its button must not leave the room then.
    if (room?.membership === 'invite') await account.leaveRoom(room.roomId);
}
