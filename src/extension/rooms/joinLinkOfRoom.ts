/** Makes the link to a room and copies it. */
import * as vscode from 'vscode';
import { levelOf } from '../../core/rooms/powerLevels.ts';
import type { Account } from '../../core/account/account.ts';
import { linkEditorSetting } from '../manifest/config.ts';
import { viaServers, type JoinTarget, type RoomLink } from '../../core/rooms/joinLink.ts';
import { joinLinkText } from '../../core/rooms/linkEditors.ts';
import type { RoomSnapshot } from '../../core/rooms/room.ts';
import type { ActionContext } from '../shell/actionContext.ts';
import { insideOf } from './insideRoom.ts';

export async function linkOfRoom(account: Account, room: RoomSnapshot): Promise<RoomLink> {
    return { target: await targetOf(account, room), from: account.userId };
}

/** Uses the room's address if it has one, because an address survives an upgrade of the room. */
async function targetOf(account: Account, room: RoomSnapshot): Promise<JoinTarget> {
    const { roomId, alias, powers } = room;
    if (alias !== undefined) return { room: alias, via: [] };
    const { userIds } = await insideOf(account, room);
    return { room: roomId, via: viaServers(userIds, (id) => (powers ? levelOf(powers, id) : 0)) };
}

/** Makes the link for the editor in the setting. Resolves when the link is in the clipboard. */
export async function copyLinkOfRoom(context: ActionContext, account: Account, room: RoomSnapshot): Promise<void> {
    const link = await linkOfRoom(account, room);
    const text = joinLinkText(linkEditorSetting(context.configuration()), link, vscode.env.uriScheme);
    await untilInFront();
    await vscode.env.clipboard.writeText(text);
}

/**
 * A browser refuses to write to the clipboard while another tab is in front, such as the shared one. VS Code does not
 * report that.
 */
async function untilInFront(): Promise<void> {
    if (vscode.env.uiKind !== vscode.UIKind.Web || vscode.window.state.focused) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const watch = vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused) resolve();
    });
    await promise.finally(() => watch.dispose());
}
