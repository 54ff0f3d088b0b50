/**
 * Explains why a room refuses an action and offers what to do instead. The palette and old notifications need this,
 * because no tree row hides the action there.
 */
import * as vscode from 'vscode';
import { CALL_MEMBER_TYPE } from '../../core/rooms/eventTypes.ts';
import { commands } from '../manifest/commands.ts';
import { mayEncrypt, refusalOf, type RoomUse } from './roomRow.ts';
import { letsAsk } from '../../core/rooms/roomWords.ts';
import type { RoomSnapshot } from '../../core/rooms/room.ts';
import { showErrorMessage } from '../shell/dialogs.ts';
import { plainName } from '../shell/plainText.ts';
import { signedIn, type ActionContext } from '../shell/actionContext.ts';

const WAYS = {
    'Start Session': commands.startSession,
    'Room Settings…': commands.roomSettings,
    'People in This Room…': commands.people,
    'Copy Join Link…': commands.copyJoinLink,
    'Invite Teammate…': commands.inviteTeammate,
} as const;
export type NoticeAction = keyof typeof WAYS;

/** Shows the text with a button for each way and runs the chosen one. Resolves when the person has answered. */
export async function showErrorWithActions(
    show: typeof showErrorMessage,
    text: string,
    room: RoomSnapshot,
    ways: readonly NoticeAction[],
): Promise<void> {
    const chosen = await show(text, ...ways);
    if (chosen === undefined) return;
    const argument = chosen === 'Start Session' ? undefined : room.roomId;
    await vscode.commands.executeCommand(WAYS[chosen], argument);
}

export function sayRefused(text: string, room: RoomSnapshot, ways: readonly NoticeAction[]): Promise<void> {
    return showErrorWithActions(showErrorMessage, text, room, ways);
}

/** Returns true if the room refuses the action; then the person was told. */
export async function refused(context: ActionContext, room: RoomSnapshot, deed: RoomUse): Promise<boolean> {
    const self = signedIn(context).account.userId;
    const why = refusalOf(room, self, deed);
    if (why === undefined) return false;
    const name = plainName(room.name);
    if (!room.encrypted && deed !== 'invite') {
        const what = {
            share: 'Hush does not share a screen in it',
            link: 'no session of Hush can be in it',
            chat: 'Hush has no chat in it',
        }[deed];
        const text = `${name} is not encrypted, so ${what}. Start a session, or take an encrypted room.`;
        await sayRefused(text, room, [
            ...(mayEncrypt(room, self) ? (['Room Settings…'] as const) : []),
            'Start Session',
        ]);
        return true;
    }
    if (deed === 'invite') {
        const text = `You may not invite people to ${name}. ${why}`;
        const link = letsAsk(room.joinRule) || room.joinRule === 'public' ? (['Copy Join Link…'] as const) : [];
        await sayRefused(text, room, [...link, 'People in This Room…']);
    } else {
        const text = `You may not start calls in ${name}, nor watch what is shared there. ${why} Ask somebody who manages the room to allow "${CALL_MEMBER_TYPE}" for everybody.`;
        await sayRefused(text, room, ['People in This Room…', 'Start Session']);
    }
    return true;
}
