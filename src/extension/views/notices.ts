/** Notifications, each with a way on. */
import * as vscode from 'vscode';
import { commands } from '../commands.ts';
import type { Failure, Notice } from '../session/state.ts';
import { withheldSentence } from '../session/trust.ts';
import type { RoomSnapshot } from '../session/types.ts';
import { serverMissedWords } from './serverMissed.ts';

/** Shows a notice of the session core. Errors also offer the log. */
export async function showNotice(notice: Notice): Promise<void> {
    switch (notice.kind) {
        case 'alreadySharing': {
            const stop = 'Stop Sharing';
            const text = `You are already sharing your screen in ${notice.roomName}.`;
            if ((await vscode.window.showInformationMessage(text, stop)) === stop) {
                await vscode.commands.executeCommand(commands.stopSharing);
            }
            return;
        }
        case 'shareEnded':
            vscode.window.setStatusBarMessage(`$(device-desktop) Sharing ended. ${notice.reason}`, 8_000);
            return;
        case 'held':
            await withLog(vscode.window.showWarningMessage, `Your share is on hold: ${notice.message}`);
            return;
        case 'notAnswered':
            void vscode.window.showInformationMessage(`${notice.name} did not answer.`);
            return;
        case 'serverMissed':
            await serverMissed(notice);
            return;
        case 'withheld': {
            const { name, userId, reason } = notice.device;
            const [who, verify] = ['Who Can See This', 'Verify…'] as const;
            const ways = reason === 'notVerified' || reason === 'identityChanged' ? [who, verify] : [who];
            const show =
                reason === 'identityChanged' ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
            const chosen = await show(`${name} cannot see your screen. ${withheldSentence(reason, name)}`, ...ways);
            if (chosen === who) await vscode.commands.executeCommand(commands.whoCanSee);
            if (chosen === verify)
                await vscode.commands.executeCommand(commands.verifyTeammate, `member:${notice.roomId}:${userId}`);
            return;
        }
        case 'shareFailed':
            await retryable(notice.failure, commands.shareScreen);
            return;
        case 'viewFailed':
            await retryable(notice.failure, commands.viewShare);
            return;
    }
}

/** A direct share goes on as it is, though a media server would serve it better. */
async function serverMissed(notice: Extract<Notice, { kind: 'serverMissed' }>): Promise<void> {
    const [settings, log] = ['Open Settings', 'Show Log'] as const;
    const key = notice.why === 'setting' ? 'hush.transport' : 'hush.livekit.serviceUrl';
    const way = notice.why === 'failed' ? log : settings;
    const chosen = await vscode.window.showInformationMessage(serverMissedWords(notice), way);
    if (chosen === settings) await vscode.commands.executeCommand('workbench.action.openSettings', key);
    if (chosen === log) await vscode.commands.executeCommand(commands.showLog);
}

async function retryable({ code, message }: Failure, command: string): Promise<void> {
    const [retry, settings, log] = ['Try Again', 'Open Settings', 'Show Log'] as const;
    // Trying again cannot bring a media server; naming one can.
    const ways = code === 'media.noServer' ? [settings, log] : [retry, log];
    const chosen = await vscode.window.showErrorMessage(message, ...ways);
    if (chosen === retry) await vscode.commands.executeCommand(command);
    if (chosen === settings)
        await vscode.commands.executeCommand('workbench.action.openSettings', 'hush.livekit.serviceUrl');
    if (chosen === log) await vscode.commands.executeCommand(commands.showLog);
}

async function withLog(
    show: (text: string, ...items: string[]) => Thenable<string | undefined>,
    text: string,
): Promise<void> {
    const log = 'Show Log';
    if ((await show(text, log)) === log) await vscode.commands.executeCommand(commands.showLog);
}

/** An error of a command: its sentence, and the log one click away. */
export async function showFailure(text: string): Promise<void> {
    await withLog(vscode.window.showErrorMessage, text);
}

/** "<name> invites you to <room>", with Join and Decline. Closing it leaves the invitation in the tree. */
export async function showInvite(room: RoomSnapshot): Promise<void> {
    const [join, decline] = ['Join', 'Decline'] as const;
    const text = `${room.inviter?.name ?? 'Somebody'} invites you to ${room.name}`;
    const chosen = await vscode.window.showInformationMessage(text, join, decline);
    if (chosen === join) await vscode.commands.executeCommand(commands.acceptInvite, room.roomId);
    if (chosen === decline) await vscode.commands.executeCommand(commands.declineInvite, room.roomId);
}
