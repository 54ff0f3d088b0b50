/** Rooms of any version with people in them, for the tests of permissions. */
import { isHushError } from '../../../src/core/base/errors.ts';
import type { RoomSnapshot } from '../../../src/core/rooms/room.ts';
import { obstacle, type RoomAction } from '../../../src/core/rooms/powerLevels.ts';
import { untilRoom, type Person } from './matrixAccounts.ts';
import { lastClientOf } from './matrixClients.ts';

/** `owner` makes a room, and everybody joins it. */
export async function roomOf(
    owner: Person,
    others: readonly Person[],
    options: { readonly version: string; readonly creation?: Readonly<Record<string, unknown>> },
): Promise<string> {
    const { room_id: roomId } = await lastClientOf(owner.userId).createRoom({
        preset: 'private_chat' as never,
        room_version: options.version,
        invite: others.map(({ userId }) => userId),
        creation_content: { ...options.creation },
        initial_state: [{ type: 'm.room.encryption', state_key: '', content: { algorithm: 'm.megolm.v1.aes-sha2' } }],
    });
    for (const { account } of others) {
        await untilRoom(account, roomId, (room) => room.membership === 'invite', 'the invitation');
        await account.join(roomId);
    }
    const all = [owner, ...others];
    for (const person of all) await untilMembers(person, roomId, all);
    return roomId;
}

/** Resolves when `person` sees exactly these members. */
export function untilMembers(person: Person, roomId: string, who: readonly Person[]): Promise<RoomSnapshot> {
    const wanted = who.map(({ userId }) => userId).toSorted();
    const joined = (room: RoomSnapshot): string[] =>
        room.members.filter((m) => m.membership === 'join').map((m) => m.userId);
    return untilRoom(
        person.account,
        roomId,
        (room) => room.membership === 'join' && JSON.stringify(joined(room).toSorted()) === JSON.stringify(wanted),
        `members ${wanted.join(' ')}`,
    );
}

/** Returns the answer that Hush predicts, and the answer of the homeserver. */
export async function foretold(
    person: Person,
    roomId: string,
    action: RoomAction,
    work: () => Promise<unknown>,
): Promise<{ readonly said: boolean; readonly was: boolean }> {
    const room = person.account.rooms().find((r) => r.roomId === roomId);
    if (!room?.powers) throw new Error('no powers');
    const said = obstacle(room.powers, person.userId, action) === undefined;
    try {
        await work();
        return { said, was: true };
    } catch (error) {
        if (!isHushError(error) || error.code !== 'room.forbidden') throw error;
        return { said, was: false };
    }
}
