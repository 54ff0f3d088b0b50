/** **Continue in New Room**: goes from a replaced room to the room that took its place. */
import * as vscode from 'vscode';
import { HushError, isHushError } from '../../core/base/errors.ts';
import { withProgress } from '../shell/dialogs.ts';
import { plainName } from '../shell/plainText.ts';
import { signedIn, type ActionContext } from '../shell/actionContext.ts';
import { roomIdOf, type RoomArgument } from './pickRoom.ts';

/** Links of workspaces move to the new room if both rooms name each other. */
export async function followUpgrade(context: ActionContext, argument: RoomArgument): Promise<void> {
    const { account } = signedIn(context);
    if (argument === undefined) return;
    const old = context.model.rooms.find((r) => r.roomId === roomIdOf(argument) && r.membership === 'join');
    const target = old?.replacement;
    if (!old || !target) throw new HushError('room.notFound', 'This room has no successor that Hush knows of.');
    const joining = withProgress(
        { location: vscode.ProgressLocation.Window, title: `Hush: going on in the new ${plainName(old.name)}` },
        () => account.roomAdmin.joinTarget(target),
    );
    await Promise.resolve(joining).catch((error: unknown) => {
        if (!isHushError(error) || error.code !== 'room.notInvited') throw error;
        throw new HushError(
            'room.notInvited',
            'The new room is not open to you yet. Whoever replaced this one has to invite you there; the invitation shows in the side bar.',
            { cause: error },
        );
    });
}
