/** The actions that this account may take on a person in a room, for the tree and the lists. Pure. */
import { obstacle, type Obstacle, type Powers } from '../../core/rooms/powerLevels.ts';
import { rowFlags } from '../manifest/contexts.ts';
import type { RoomSnapshot } from '../../core/rooms/room.ts';
import { obstacleSentence, roleChoices } from './roles.ts';

const PERSON_DEEDS = ['role', 'remove', 'ban'] as const;
export type PersonDeed = (typeof PERSON_DEEDS)[number];

/** Returns why the room refuses the action, or undefined if it allows it. `self` is in the room. */
export function deedObstacle(powers: Powers, self: string, target: string, deed: PersonDeed): Obstacle | undefined {
    if (deed !== 'role') return obstacle(powers, self, { kind: deed === 'remove' ? 'kick' : 'ban', target });
    // Try the lowest level. A room that refuses it allows no other level either.
    const lowest = Math.min(powers.usersDefault, -1);
    return roleChoices(powers, self, target).some(({ current }) => !current)
        ? undefined
        : (obstacle(powers, self, { kind: 'level', target, level: lowest }) ?? { kind: 'tooMuch', own: lowest });
}

type RowDeed = PersonDeed | 'invite';

/** Returns the actions for the row of a person, each with the reason if the room refuses it. */
function rowDeeds(room: RoomSnapshot, self: string, target: string): (readonly [RowDeed, Obstacle | undefined])[] {
    const { powers } = room;
    if (!powers) return [];
    const knocks = room.knocks?.some(({ userId }) => userId === target) ?? false;
    const deeds: readonly PersonDeed[] = target === self ? ['role'] : knocks ? ['remove', 'ban'] : PERSON_DEEDS;
    return [
        ...(knocks && target !== self ? [['invite', obstacle(powers, self, { kind: 'invite' })] as const] : []),
        ...deeds.map((deed) => [deed, deedObstacle(powers, self, target, deed)] as const),
    ];
}

/** Returns the flags for the row of a person. They decide what its menu offers. */
export function personFlags(room: RoomSnapshot, self: string | undefined, target: string): string {
    if (self === undefined) return '';
    const possible = rowDeeds(room, self, target).filter(([, why]) => why === undefined);
    return [...possible.map(([deed]) => rowFlags[deed]), target === self ? '' : rowFlags.other].join('');
}

/** Returns the people who ask to be let in, if this account may let them in or deny it. */
export function answerableKnocks(room: RoomSnapshot, self: string): NonNullable<RoomSnapshot['knocks']> {
    const { powers, knocks = [], mayInvite } = room;
    if (!powers) return [];
    return knocks.filter(({ userId }) => mayInvite || !deedObstacle(powers, self, userId, 'remove'));
}

/** Returns what the person may not do about this user, for a tooltip. One line for each reason. */
export function whyNotPerson(room: RoomSnapshot, self: string | undefined, target: string): string[] {
    if (self === undefined) return [];
    const knocks = room.knocks?.some(({ userId }) => userId === target) ?? false;
    const invited = room.members.some((m) => m.userId === target && m.membership === 'invite');
    const words: Readonly<Record<RowDeed, string>> = {
        invite: 'let them in',
        role: target === self ? 'change your role' : 'change their role',
        remove: knocks ? 'deny it' : invited ? 'take back the invitation' : 'remove them',
        ban: 'ban them',
    };
    const byReason = new Map<string, string[]>();
    for (const [deed, why] of rowDeeds(room, self, target)) {
        if (!why) continue;
        const reason = obstacleSentence(why, target === self);
        byReason.set(reason, [...(byReason.get(reason) ?? []), words[deed]]);
    }
    return [...byReason].map(([reason, deeds]) => `You cannot ${listed(deeds)}. ${reason}`);
}

/** "a", "a or b", "a, b or c" */
function listed(words: readonly string[]): string {
    return words.join(', ').replace(/, (?=[^,]*$)/u, ' or ');
}
