/**
 * A link to a room that only lets in invited people does not work for others. Tells the person who copies such a link,
 * and offers to let people ask.
 */
import * as vscode from 'vscode';
import { obstacle } from '../../core/rooms/powerLevels.ts';
import { versionTraits } from '../../core/rooms/roomVersions.ts';
import { commands } from '../manifest/commands.ts';
import { isClosed } from '../../core/rooms/roomWords.ts';
import type { RoomSnapshot } from '../../core/rooms/room.ts';
import { setStatusBarMessage, showInformationMessage } from '../shell/dialogs.ts';
import { plainName } from '../shell/plainText.ts';
import { signedIn, type ActionContext } from '../shell/actionContext.ts';

/** Resolves at once if the room accepts requests, else when the person has answered. */
export async function offerRequests(context: ActionContext, room: RoomSnapshot): Promise<void> {
    if (!isClosed(room.joinRule)) return;
    const { account } = signedIn(context);
    const { powers, version } = room;
    const may =
        powers !== undefined &&
        version !== undefined &&
        versionTraits(version).knock &&
        obstacle(powers, account.userId, { kind: 'state', type: 'm.room.join_rules' }) === undefined;
    const [requests, invite] = ['Let People Ask', 'Invite Teammate…'] as const;
    const text = `${plainName(room.name)} lets in only who is invited: who opens the link learns that, and nothing else.`;
    const chosen = await showInformationMessage(text, ...(may ? [requests] : []), ...(room.mayInvite ? [invite] : []));
    if (chosen === invite) await vscode.commands.executeCommand(commands.inviteTeammate, room.roomId);
    if (chosen !== requests) return;
    await account.roomAdmin.change(room.roomId, { kind: 'joinRule', rule: 'knock', allow: [] });
    setStatusBarMessage('check', `People may ask to join ${room.name} now`, 5_000);
}
