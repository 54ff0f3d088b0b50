/** **Hush: Copy Join Link…**: a link to the room for VS Code, for any Matrix client, or as a Matrix URI. */
import * as vscode from 'vscode';
import { levelOf } from '../../matrix/rooms/powerLevels.ts';
import type { Account } from '../account.ts';
import { buildJoinLink, viaServers, type JoinTarget, type LinkKind } from '../rooms/joinLink.ts';
import { joinRuleSentence } from '../rooms/roomWords.ts';
import type { RoomSnapshot } from '../session/types.ts';
import { setStatusBarMessage } from '../views/messages.ts';
import { plainName } from '../views/plainText.ts';
import { withNotification } from './asking.ts';
import { signedIn, type ActionContext } from './context.ts';
import { insideOf } from './insideRoom.ts';
import { roomForCommand, type RoomArgument } from './rooms.ts';

export async function copyJoinLink(context: ActionContext, argument: RoomArgument): Promise<void> {
    const { account } = signedIn(context);
    const roomId = await roomForCommand(context, argument, 'Link to which room?');
    const room = context.model.rooms.find((r) => r.roomId === roomId);
    if (!room) return;
    const target = await withNotification('Looking who is in the room…', () => targetOf(account, room));
    if (!target) return;
    const item = (label: string, detail: string, kind: LinkKind) => ({
        label,
        detail,
        description: kind === 'vscode' ? 'opens in VS Code' : '',
        link: buildJoinLink(kind, target, vscode.env.uriScheme),
    });
    const picked = await vscode.window.showQuickPick(
        [
            item('$(vscode) VS Code link', 'For teammates who have Hush.', 'vscode'),
            item('$(globe) matrix.to link', 'For everybody: opens in whatever Matrix client they have.', 'matrixTo'),
            item('$(link) Matrix URI', 'matrix:… for clients that are registered for it.', 'matrix'),
        ],
        { title: `Join Link to ${plainName(room.name)}`, placeHolder: joinRuleSentence(room.joinRule) },
    );
    if (!picked) return;
    await vscode.env.clipboard.writeText(picked.link);
    setStatusBarMessage('clippy', 'The link is in the clipboard. It holds no secret.', 5_000);
}

/** By its address where it has one, which survives an upgrade of the room. */
async function targetOf(account: Account, room: RoomSnapshot): Promise<JoinTarget> {
    const { roomId, alias, powers } = room;
    if (alias !== undefined) return { room: alias, via: [] };
    const { userIds } = await insideOf(account, room);
    return { room: roomId, via: viaServers(userIds, (id) => (powers ? levelOf(powers, id) : 0)) };
}
