/** The link to a room: made of what the room is, and put into the clipboard. */
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

/** By its address where it has one, which survives an upgrade of the room. */
async function targetOf(account: Account, room: RoomSnapshot): Promise<JoinTarget> {
    const { roomId, alias, powers } = room;
    if (alias !== undefined) return { room: alias, via: [] };
    const { userIds } = await insideOf(account, room);
    return { room: roomId, via: viaServers(userIds, (id) => (powers ? levelOf(powers, id) : 0)) };
}

/** For the editor that the setting names. Resolves when the link is in the clipboard. */
export async function copyLinkOfRoom(context: ActionContext, account: Account, room: RoomSnapshot): Promise<void> {
    const link = await linkOfRoom(account, room);
    const text = joinLinkText(linkEditorSetting(context.configuration()), link, vscode.env.uriScheme);
    await untilInFront();
    await vscode.env.clipboard.writeText(text);
}

/** A browser lets nobody write to the clipboard behind another tab, such as the one that is shared; VS Code does not tell. */
async function untilInFront(): Promise<void> {
    if (vscode.env.uiKind !== vscode.UIKind.Web || vscode.window.state.focused) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const watch = vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused) resolve();
    });
    await promise.finally(() => watch.dispose());
}
