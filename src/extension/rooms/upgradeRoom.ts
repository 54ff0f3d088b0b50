/** **Hush: Upgrade Room…**: replaces a room by one of another version. Its people and workspaces move along. */
import * as vscode from 'vscode';
import { obstacle } from '../../core/rooms/powerLevels.ts';
import { newerVersions, versionTraits } from '../../core/rooms/roomVersions.ts';
import { obstacleSentence } from './roles.ts';
import { showInformationMessage, showQuickPick, showWarningMessage, withProgress } from '../shell/dialogs.ts';
import { plainName, plainText } from '../shell/plainText.ts';
import { signedIn, type ActionContext, joinedRooms } from '../shell/actionContext.ts';
import { sayRefused } from './refusals.ts';
import { roomForCommand, type RoomArgument } from './pickRoom.ts';

export async function upgradeRoom(context: ActionContext, argument: RoomArgument): Promise<void> {
    const { account } = signedIn(context);
    const roomId = await roomForCommand(context, argument, 'Upgrade which room?');
    const room = joinedRooms(context).find((r) => r.roomId === roomId);
    if (!room) return;
    const why = room.powers && obstacle(room.powers, account.userId, { kind: 'state', type: 'm.room.tombstone' });
    if (why) {
        const text = `You cannot upgrade ${plainName(room.name)}. ${obstacleSentence(why)}`;
        return sayRefused(text, room, ['People in This Room…']);
    }
    const now = room.version ?? '1';
    const version = await pickVersion(context, now);
    if (version === undefined) return;
    const upgrade = 'Upgrade';
    const detail = [
        'A new room takes the place of this one. Its people are invited there, and workspaces follow by themselves.',
        'What was written stays in the old room, and is not shown in the new one. Running shares go on in the old room until they are stopped.',
    ].join('\n\n');
    const question = `Replace ${plainName(room.name)} (version ${now}) by a room of version ${version}?`;
    if ((await showWarningMessage(question, { modal: true, detail }, upgrade)) !== upgrade) return;
    const { notInvited } = await withProgress(
        { location: vscode.ProgressLocation.Notification, title: `Hush: upgrading ${plainName(room.name)}` },
        () => account.roomAdmin.upgrade(room.roomId, version),
    );
    if (notInvited.length === 0)
        void showInformationMessage(`${plainName(room.name)} goes on in a room of version ${version}.`);
    else
        void showWarningMessage(
            `${plainName(room.name)} goes on in a new room, but these people could not be invited: ${plainText(notInvited.join(', '), 500)}`,
        );
}

/** Offers newer versions only. An older version would lose features, such as the power of the creators. */
async function pickVersion(context: ActionContext, now: string): Promise<string | undefined> {
    const { recommended, stable } = await signedIn(context).account.roomAdmin.versions();
    const newer = newerVersions(now, stable, recommended);
    if (newer.length === 0) {
        void showInformationMessage(
            `This room has version ${plainText(now, 64)}: your homeserver offers no newer one.`,
        );
        return undefined;
    }
    const picked = await showQuickPick(
        newer.map((version) => ({
            label: `Version ${plainText(version, 64)}`,
            description: version === recommended ? 'recommended by your homeserver' : '',
            detail: versionTraits(version).infiniteCreators
                ? 'Who upgrades becomes the creator, whose power nobody can take.'
                : '',
            version,
        })),
        { title: `Upgrade Room (now version ${now})`, placeHolder: 'To which room version?' },
    );
    return picked?.version;
}
