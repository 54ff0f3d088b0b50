/** Notifications about shares, each with a button for the next step. */
import * as vscode from 'vscode';
import { commands } from '../manifest/commands.ts';
import type { LiveShare } from './liveShareNotices.ts';
import type { Failure, Notice } from '../../core/session/state.ts';
import { withheldSentence } from '../../core/trust/shareTrust.ts';
import { noIceServersWords } from './noIceServersWords.ts';
import { serverMissedWords } from './serverMissed.ts';
import { setStatusBarMessage, showErrorMessage, showInformationMessage, showWarningMessage } from '../shell/dialogs.ts';
import { plainName } from '../shell/plainText.ts';
import { withLog } from '../shell/failure.ts';

/** Shows a notice of the session core. An error also offers the log. */
export async function showNotice(notice: Notice): Promise<void> {
    switch (notice.kind) {
        case 'alreadySharing': {
            const stop = 'Stop Sharing';
            const text = `You are already sharing your screen in ${plainName(notice.roomName)}.`;
            if ((await showInformationMessage(text, stop)) === stop) {
                await vscode.commands.executeCommand(commands.stopSharing);
            }
            return;
        }
        case 'shareEnded':
            setStatusBarMessage('device-desktop', `Sharing ended. ${notice.reason}`, 8_000);
            return;
        case 'noIceServers':
            await noIceServers(notice);
            return;
        case 'held':
            await withLog(showWarningMessage, `Your share is on hold: ${notice.message}`);
            return;
        case 'notAnswered':
            void showInformationMessage(`${plainName(notice.name)} did not answer.`);
            return;
        case 'serverMissed':
            await serverMissed(notice);
            return;
        case 'withheld': {
            const { userId, reason } = notice.device;
            const name = plainName(notice.device.name);
            const [who, verify, here] = ['Who Can See This', 'Verify…', 'Verify This Device…'] as const;
            const ways =
                reason === 'notVerified' || reason === 'identityChanged'
                    ? [who, verify]
                    : reason === 'sharerUnverified'
                      ? [who, here]
                      : [who];
            const show = reason === 'identityChanged' ? showWarningMessage : showInformationMessage;
            const chosen = await show(`${name} cannot see your screen. ${withheldSentence(reason, name)}`, ...ways);
            if (chosen === who) await vscode.commands.executeCommand(commands.whoCanSee);
            if (chosen === here) await vscode.commands.executeCommand(commands.verifyDevice);
            if (chosen === verify)
                await vscode.commands.executeCommand(commands.verifyTeammate, `member:${notice.roomId}:${userId}`);
            return;
        }
        case 'shareFailed':
            await retryable(notice.failure, commands.shareScreen);
            return;
        case 'viewerTabFailed':
            await retryable(notice.failure, commands.viewShare);
            return;
    }
}

/** Devices in one network still reach each other, unless only relays are allowed. */
async function noIceServers(notice: Extract<Notice, { kind: 'noIceServers' }>): Promise<void> {
    const [diagnostics, settings] = ['Show Diagnostics', 'Open Settings'] as const;
    const ways = notice.relayOnly ? [settings, diagnostics] : [diagnostics];
    const chosen = await showWarningMessage(noIceServersWords(notice), ...ways);
    if (chosen === diagnostics) await vscode.commands.executeCommand(commands.showDiagnostics);
    if (chosen === settings)
        await vscode.commands.executeCommand('workbench.action.openSettings', 'hush.mesh.relayOnly');
}

/** The direct share continues, but a media server would serve it better. */
async function serverMissed(notice: Extract<Notice, { kind: 'serverMissed' }>): Promise<void> {
    const [settings, log] = ['Open Settings', 'Show Log'] as const;
    const key = notice.why === 'setting' ? 'hush.transport' : 'hush.livekit.serviceUrl';
    const way = notice.why === 'failed' ? log : settings;
    const chosen = await showInformationMessage(serverMissedWords(notice), way);
    if (chosen === settings) await vscode.commands.executeCommand('workbench.action.openSettings', key);
    if (chosen === log) await vscode.commands.executeCommand(commands.showLog);
}

async function retryable({ code, message }: Failure, command: string): Promise<void> {
    const [retry, settings, log] = ['Try Again', 'Open Settings', 'Show Log'] as const;
    // A second try does not bring a media server, but a setting can.
    const ways = code === 'media.noServer' ? [settings, log] : [retry, log];
    const chosen = await showErrorMessage(message, ...ways);
    if (chosen === retry) await vscode.commands.executeCommand(command);
    if (chosen === settings)
        await vscode.commands.executeCommand('workbench.action.openSettings', 'hush.livekit.serviceUrl');
    if (chosen === log) await vscode.commands.executeCommand(commands.showLog);
}

/** Offers to watch with one click, wherever in VS Code the person is. */
export async function showLiveScreen({ sharerName, roomName, row }: LiveShare): Promise<void> {
    const view = 'View Share';
    const text = `${plainName(sharerName)} is sharing a screen in ${plainName(roomName)}.`;
    if ((await showInformationMessage(text, view)) === view)
        await vscode.commands.executeCommand(commands.viewShare, row);
}
