/**
 * Who is in a room. Asks the homeserver where nobody may be missing, because the sync loads the members of most rooms
 * only when somebody looks at them. Pure.
 */
import { type Powers, levelOf, stateLevel } from '../../core/rooms/powerLevels.ts';
import type { RoomSnapshot } from '../../core/rooms/room.ts';
import type { RoomPerson } from '../../core/rooms/roomsPort.ts';

export interface Inside {
    readonly userIds: readonly string[];
    /** False: only the members that the sync has loaded. */
    readonly everybody: boolean;
}

/** `people`: the answer of the homeserver. If it rejects, or `limit` resolves first, the known members are returned. */
export async function whoIsInside(
    { members }: Pick<RoomSnapshot, 'members'>,
    people: Promise<readonly RoomPerson[]>,
    limit: Promise<unknown>,
): Promise<Inside> {
    const joined = (all: readonly { userId: string; membership: string }[]): string[] =>
        all.filter(({ membership }) => membership === 'join').map(({ userId }) => userId);
    const known = { userIds: joined(members), everybody: false };
    return Promise.race([
        people.then(
            (all) => ({ userIds: joined(all), everybody: true }),
            () => known,
        ),
        limit.then(() => known),
    ]);
}

/** Returns whether others stay and none of them may change roles. `perhaps`: none of the known members may. */
export function isLastManager(
    powers: Powers | undefined,
    self: string,
    { userIds, everybody }: Inside,
): 'no' | 'perhaps' | 'yes' {
    if (!powers) return 'no';
    const needed = stateLevel(powers, 'm.room.power_levels');
    const manages = (userId: string): boolean => levelOf(powers, userId) >= needed;
    const others = userIds.filter((userId) => userId !== self);
    if (!manages(self) || others.some(manages)) return 'no';
    if (everybody) return others.length > 0 ? 'yes' : 'no';
    return 'perhaps';
}
