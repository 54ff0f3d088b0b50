/** Offers the next steps after a session was made. Its room exists, and nobody else is in it yet. */
import * as vscode from 'vscode';
import { commands } from '../manifest/commands.ts';
import { showInformationMessage } from '../shell/dialogs.ts';

/** Resolves when the person has answered. */
export async function tellSessionReady(name: string, roomId: string): Promise<void> {
    const ways = {
        'Share Screen': commands.shareScreen,
        'Invite Teammate…': commands.inviteTeammate,
        'Copy Link': commands.copyJoinLink,
    } as const;
    const buttons = Object.keys(ways) as (keyof typeof ways)[];
    const chosen = await showInformationMessage(`The session “${name}” is ready.`, ...buttons);
    if (chosen) await vscode.commands.executeCommand(ways[chosen], roomId);
}
