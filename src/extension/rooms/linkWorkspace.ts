/** **Hush: Link Workspace to Room…** */
import { matchesRemote } from '../../core/workspace/workspaceHash.ts';
import { askForRepository, linkTo } from '../workspace/askForRepository.ts';
import { whyLinkIsOwn } from './roomRow.ts';
import { offeredRooms } from '../../core/workspace/workspaceRooms.ts';
import { signedIn, type ActionContext, joinedRooms } from '../shell/actionContext.ts';
import { refused } from './refusals.ts';
import { showInformationMessage } from '../shell/dialogs.ts';
import { plainName } from '../shell/plainText.ts';
import { type RoomArgument, roomIdOf, pickRoom } from './pickRoom.ts';
import { pickFolder } from '../workspace/startSession.ts';

export async function linkWorkspace(context: ActionContext, argument: RoomArgument): Promise<void> {
    const { account } = signedIn(context);
    const roomId = roomIdOf(argument) ?? (await pickRoom(context, 'Link Workspace to Room', 'link'));
    const room = joinedRooms(context).find((r) => r.roomId === roomId);
    if (roomId === undefined || !room || (await refused(context, room, 'link'))) return;
    const folder = await pickFolder(context);
    if (!folder) return;
    const repository = await askForRepository(context, folder.folder);
    if (!repository) return;
    await context.mapWorkspace(roomId, folder.folder);
    const { remote } = repository;
    const link = remote && linkTo(remote);
    if (!remote || !link || offeredRooms([room], [remote.url], matchesRemote).length > 0) return;
    const own = whyLinkIsOwn(room, account.userId);
    if (own === undefined) return account.linkWorkspace(roomId, link);
    const text = `This workspace is linked to ${plainName(room.name)} for you alone: teammates who open the same repository are not offered the room. ${own}`;
    void showInformationMessage(text);
}
