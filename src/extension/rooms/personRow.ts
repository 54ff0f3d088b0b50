/** What may be done to a person of a room, for the tree and the lists. Pure. */
import { obstacle, type Obstacle, type Powers } from '../../core/rooms/powerLevels.ts';
import { rowFlags } from '../manifest/contexts.ts';
import type { RoomSnapshot } from '../../core/rooms/room.ts';
import { obstacleSentence, roleChoices } from './roles.ts';

const PERSON_DEEDS = ['role', 'remove', 'ban'] as const;
export type PersonDeed = (typeof PERSON_DEEDS)[number];

/** Why a deed would be refused; undefined: it would not. `self` is in the room. */
export function deedObstacle(powers: Powers, self: string, target: string, deed: PersonDeed): Obstacle | undefined {
    if (deed !== 'role') return obstacle(powers, self, { kind: deed === 'remove' ? 'kick' : 'ban', target });
    // Whatever is there to give, one's own level least of all.
    const lowest = Math.min(powers.usersDefault, -1);
    return roleChoices(powers, self, target).some(({ current }) => !current)
        ? undefined
        : (obstacle(powers, self, { kind: 'level', target, level: lowest }) ?? { kind: 'tooMuch', own: lowest });
}

type RowDeed = PersonDeed | 'invite';

/** What a person's row could offer, and why each of these would be refused. */
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

/** Appended to a person's row: which entries its menu has. */
export function personFlags(room: RoomSnapshot, self: string | undefined, target: string): string {
    if (self === undefined) return '';
    const possible = rowDeeds(room, self, target).filter(([, why]) => why === undefined);
    return [...possible.map(([deed]) => rowFlags[deed]), target === self ? '' : rowFlags.other].join('');
}

/** Who asks to be let in, and may be let in or denied by this account. */
export function answerableKnocks(room: RoomSnapshot, self: string): NonNullable<RoomSnapshot['knocks']> {
    const { powers, knocks = [], mayInvite } = room;
    if (!powers) return [];
    return knocks.filter(({ userId }) => mayInvite || !deedObstacle(powers, self, userId, 'remove'));
}

/** For a tooltip: what nobody offers to do about this person, a line for each reason. */
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
