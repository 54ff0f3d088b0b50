/** Notifies the person about a change in a room that they did not make, and offers what to do next. */
import * as vscode from 'vscode';
import { commands } from '../manifest/commands.ts';
import type { RoomNotice } from '../../core/rooms/roomsPort.ts';
import { showInformationMessage, showWarningMessage } from '../shell/dialogs.ts';
import { plainName, plainText } from '../shell/plainText.ts';

export async function tellRoomNews(news: RoomNotice): Promise<void> {
    const room = plainName(news.roomName);
    switch (news.kind) {
        case 'knock': {
            const [letIn, deny] = ['Let In', 'Deny…'] as const;
            const why = news.reason === undefined ? '' : `: “${plainText(news.reason, 200)}”`;
            const who = `${plainName(news.name)} (${plainText(news.userId, 300)})`;
            const chosen = await showInformationMessage(`${who} asks to join ${room}${why}`, letIn, deny);
            const row = `knock:${news.roomId}:${news.userId}`;
            if (chosen === letIn) await vscode.commands.executeCommand(commands.acceptKnock, row);
            if (chosen === deny) await vscode.commands.executeCommand(commands.denyKnock, row);
            return;
        }
        case 'removed': {
            const by = plainName(news.by);
            const why = news.reason === undefined ? '.' : `: “${plainText(news.reason, 200)}”`;
            const what = {
                removed: `${by} removed you from ${room}${why}`,
                banned: `${by} banned you from ${room}${why}`,
                denied: `Your request to join ${room} was denied by ${by}${why}`,
            }[news.how];
            void showWarningMessage(what);
            return;
        }
        case 'replaced': {
            const follow = 'Continue There';
            const text = `${room} was replaced by a newer room. Sessions go on there.`;
            if ((await showInformationMessage(text, follow)) === follow)
                await vscode.commands.executeCommand(commands.followUpgrade, news.roomId);
            return;
        }
    }
}
