/** The notification about a new invitation. */
import * as vscode from 'vscode';
import { commands } from '../manifest/commands.ts';
import type { RoomSnapshot } from '../../core/rooms/room.ts';
import { showInformationMessage } from '../shell/dialogs.ts';
import { plainName, plainText } from '../shell/plainText.ts';

/** "<name> invites you to <room>", with Join and Decline. If the person closes it, the invitation stays in the tree. */
export async function showInvite(room: RoomSnapshot): Promise<void> {
    const [join, decline] = ['Join', 'Decline'] as const;
    const { inviter } = room;
    // Show the ID, too, because anybody can use a teammate's name.
    const who = inviter ? `${plainName(inviter.name)} (${plainText(inviter.userId, 300)})` : 'Somebody';
    const text = `${who} invites you to ${plainName(room.name)}`;
    const chosen = await showInformationMessage(text, join, decline);
    if (chosen === join) await vscode.commands.executeCommand(commands.acceptInvite, room.roomId);
    if (chosen === decline) await vscode.commands.executeCommand(commands.declineInvite, room.roomId);
}
