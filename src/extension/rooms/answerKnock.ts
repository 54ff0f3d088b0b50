/**
 * **Let In** and **Deny…**, on a row or in a notification. Somebody else may have answered before the notification was
 * clicked.
 */
import { isHushError } from '../../core/base/errors.ts';
import { knockFate } from '../../core/rooms/roomWords.ts';
import type { RoomPerson } from '../../core/rooms/roomsPort.ts';
import { showInformationMessage } from '../shell/dialogs.ts';
import { plainName } from '../shell/plainText.ts';
import { signedIn, type ActionContext, joinedRooms } from '../shell/actionContext.ts';
import { letIn, personOfRow, removePerson } from './personActions.ts';
import { showErrorWithActions } from './refusals.ts';

export const admit = (context: ActionContext, row: unknown): Promise<void> => answer(context, row, letIn);
export const deny = (context: ActionContext, row: unknown): Promise<void> => answer(context, row, removePerson);

async function answer(context: ActionContext, row: unknown, give: typeof letIn): Promise<void> {
    const [, roomId, userId] = (typeof row === 'string' ? /^knock:(!.+?):(@.+)$/u.exec(row) : undefined) ?? [];
    signedIn(context);
    if (roomId === undefined || userId === undefined) return;
    const knock = personOfRow(context, row as string);
    if (knock?.membership !== 'knock') return sayFate(context, roomId, userId, await standing(context, roomId, userId));
    try {
        await give(context, knock);
    } catch (error) {
        // Somebody may have answered while the person typed. The homeserver only says that it is forbidden.
        if (!isHushError(error) || error.code !== 'room.forbidden') throw error;
        const now = await standing(context, roomId, userId);
        if (now?.membership === 'knock') throw error;
        await sayFate(context, roomId, userId, now);
    }
}

/** Asks the homeserver. Returns undefined if the user is not in the room and does not want to be. */
async function standing(context: ActionContext, roomId: string, userId: string): Promise<RoomPerson | undefined> {
    const people = await signedIn(context).account.roomAdmin.people(roomId);
    return people.find((person) => person.userId === userId);
}

async function sayFate(
    context: ActionContext,
    roomId: string,
    userId: string,
    now: RoomPerson | undefined,
): Promise<void> {
    const room = joinedRooms(context).find((r) => r.roomId === roomId);
    if (!room) return;
    const text = knockFate(plainName(now?.name ?? userId), plainName(room.name), now?.membership);
    const ways = now ? (['People in This Room…'] as const) : (['Invite Teammate…', 'People in This Room…'] as const);
    await showErrorWithActions(showInformationMessage, text, room, ways);
}
