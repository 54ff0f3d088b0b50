/** The people of a room: who they are, removing and banning them, their roles, and whom this account ignores. */
import * as v from 'valibot';
import { EventType, Method, type MatrixClient, type Room } from 'matrix-js-sdk/lib/matrix.js';
import { HushError } from '../../core/base/errors.ts';
import type { RoomPerson, RoomsPort } from '../../core/rooms/roomsPort.ts';
import { acting, assertUserId, isNotFound, joinedRoom, MAX_REASON, NO_POWER } from './acting.ts';
import { optional } from '../../core/base/lenient.ts';
import { roomPowers } from './roomState.ts';
import { tellApart } from '../names/shownNames.ts';

type PeoplePort = Pick<RoomsPort, 'people' | 'kick' | 'ban' | 'unban' | 'setLevel' | 'ignored' | 'setIgnored'>;

export function createPeople(sdk: MatrixClient): PeoplePort {
    const reasonOf = (reason: string | undefined): string | undefined =>
        reason?.trim().slice(0, MAX_REASON) || undefined;
    return {
        people: (roomId) =>
            acting('Reading who is in the room', {}, async () => {
                return peopleOf(sdk, joinedRoom(sdk, roomId));
            }),
        kick: (roomId, userId, reason) =>
            acting(`Removing ${userId}`, NO_POWER, async () => {
                await sdk.kick(joinedRoom(sdk, roomId).roomId, userId, reasonOf(reason));
            }),
        ban: (roomId, userId, reason) =>
            acting(`Banning ${userId}`, NO_POWER, async () => {
                assertUserId(userId);
                await sdk.ban(joinedRoom(sdk, roomId).roomId, userId, reasonOf(reason));
            }),
        unban: (roomId, userId, reason) =>
            acting(`Lifting the ban of ${userId}`, NO_POWER, async () => {
                const path = `/rooms/${encodeURIComponent(joinedRoom(sdk, roomId).roomId)}/unban`;
                // The SDK's own method sends no reason.
                const why = reasonOf(reason);
                const body = { user_id: userId, ...(why === undefined ? {} : { reason: why }) };
                await sdk.http.authedRequest(Method.Post, path, undefined, body);
            }),
        setLevel: (roomId, userId, level) =>
            acting(`Changing the role of ${userId}`, NO_POWER, async () => {
                const room = joinedRoom(sdk, roomId);
                if (!Number.isSafeInteger(level)) throw new HushError('internal', 'A power level is a whole number.');
                // Checked here, because the server's error code for it is not specific.
                if (roomPowers(room)?.creators.includes(userId))
                    throw new HushError(
                        'room.forbidden',
                        `${userId} created this room: their power cannot be changed.`,
                    );
                const content = await currentLevels(sdk, room);
                const users = { ...(content['users'] as Record<string, unknown> | undefined), [userId]: level };
                await sdk.sendStateEvent(roomId, EventType.RoomPowerLevels, { ...content, users } as never, '');
            }),
        ignored: () => Promise.resolve(sdk.getIgnoredUsers()),
        setIgnored: (userId, ignored) =>
            acting(ignored ? `Ignoring ${userId}` : `Listening to ${userId} again`, {}, async () => {
                assertUserId(userId);
                if (userId === sdk.getSafeUserId())
                    throw new HushError('room.invalidUserId', 'That is you: you cannot ignore yourself.');
                // Another device may have changed the list, so the server's list is extended.
                const stored = await sdk.getAccountDataFromServer('m.ignored_user_list' as never);
                const list = (stored as { ignored_users?: Record<string, unknown> } | null)?.ignored_users ?? {};
                const others = Object.keys(list).filter((id) => id !== userId);
                await sdk.setIgnoredUsers(ignored ? [...others, userId] : others);
            }),
    };
}

/** The server's current levels. A change based on old levels would undo somebody else's change. */
async function currentLevels(sdk: MatrixClient, room: Room): Promise<Record<string, unknown>> {
    try {
        return await sdk.getStateEvent(room.roomId, 'm.room.power_levels', '');
    } catch (error) {
        if (!isNotFound(error)) throw error;
        // Without levels, the creator has all the power. The first levels must keep it.
        const powers = roomPowers(room);
        return { users: { ...powers?.users } };
    }
}

/** Asks the server each time: the person must see their latest action, and the sync may not have brought it yet. */
async function peopleOf(sdk: MatrixClient, room: Room): Promise<RoomPerson[]> {
    const { chunk } = await sdk.members(room.roomId, undefined, 'leave');
    const people = (chunk ?? []).flatMap((event) => {
        const parsed = v.safeParse(memberEvent, event);
        return parsed.success ? [parsed.output] : [];
    });
    const names = tellApart(
        people.map(({ state_key: id, content }) => {
            const known = room.getMember(id);
            // A ban event has no display name. The SDK knows the name from before.
            const before = known?.membership === content.membership ? known.rawDisplayName : undefined;
            return { id, raw: before ?? content.displayname ?? id };
        }),
    );
    return people.map(({ state_key: userId, content }) => {
        const { name } = names.get(userId) ?? { name: userId };
        return {
            userId,
            name,
            membership: content.membership,
            reason: content.reason?.slice(0, MAX_REASON) || undefined,
        };
    });
}

const memberEvent = v.looseObject({
    state_key: v.string(),
    content: v.looseObject({
        membership: v.picklist(['join', 'invite', 'knock', 'ban']),
        displayname: optional(v.string()),
        reason: optional(v.string()),
    }),
});
