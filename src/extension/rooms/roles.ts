/** Words for power levels: the roles, and why an action is refused. Pure. */
import { levelOf, obstacle, stateLevel, type Obstacle, type Powers } from '../../core/rooms/powerLevels.ts';

const ADMIN = 100;
const MODERATOR = 50;

/** "Admin", "Moderator (60)". A level that is not a common one shows its number. */
export function roleName(level: number, usersDefault = 0): string {
    if (level === Number.POSITIVE_INFINITY) return 'Creator';
    if (level === ADMIN) return 'Admin';
    if (level === MODERATOR) return 'Moderator';
    if (level === usersDefault) return 'Member';
    if (level > ADMIN) return `Admin (${level})`;
    if (level > MODERATOR) return `Moderator (${level})`;
    return level < usersDefault ? `Limited (${level})` : `Member (${level})`;
}

/** The role of a person in the room. */
export function roleOf(powers: Powers, userId: string): string {
    return roleName(levelOf(powers, userId), powers.usersDefault);
}

function levelWords(level: number): string {
    return level === Number.POSITIVE_INFINITY ? 'Creator' : `${roleName(level)}, level ${level}`;
}

/** A sentence for a tooltip or a row. `own`: it is about the person at this window. */
export function obstacleSentence(why: Obstacle, own = false): string {
    switch (why.kind) {
        case 'level':
            return `This room asks for level ${why.needed}; you have ${why.own}.`;
        case 'notAbove':
            return why.other === Number.POSITIVE_INFINITY
                ? 'They created this room: nobody is above them.'
                : `They have as much power as you or more (${levelWords(why.other)}).`;
        case 'tooMuch':
            return `You cannot give more power than you have (${levelWords(why.own)}).`;
        case 'creator':
            return own
                ? 'You created this room: your power cannot be changed.'
                : 'They created this room: their power cannot be changed.';
    }
}

export interface RoleChoice {
    readonly level: number;
    readonly label: string;
    /** The actions that this level allows in the room. */
    readonly detail: string;
    readonly current: boolean;
}

/** Returns the common roles that `self` may give to `target`. If there are none, {@link obstacle} says why. */
export function roleChoices(powers: Powers, self: string, target: string): RoleChoice[] {
    const now = levelOf(powers, target);
    const levels = [...new Set([ADMIN, MODERATOR, powers.usersDefault, now, -1])]
        .filter(Number.isFinite)
        .toSorted((a, b) => b - a);
    return levels
        .filter((level) => obstacle(powers, self, { kind: 'level', target, level }) === undefined)
        .map((level) => ({
            level,
            label: roleName(level, powers.usersDefault),
            detail: abilities(powers, level),
            current: level === now,
        }));
}

/** Lists the actions that a level allows, on one line. */
export function abilities(powers: Powers, level: number): string {
    const list = [
        level >= stateLevel(powers, 'm.room.power_levels') ? 'roles' : '',
        level >= stateLevel(powers, 'm.room.name') ? 'settings' : '',
        level >= powers.ban ? 'banning' : '',
        level >= powers.kick ? 'removing' : '',
        level >= powers.redact ? 'deleting messages' : '',
        level >= powers.invite ? 'inviting' : '',
        level >= powers.eventsDefault ? 'writing and sharing' : '',
    ].filter(Boolean);
    const text = list.join(', ');
    return text === '' ? 'Reads along only.' : `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

/** Returns a warning before a role changes, or undefined if the change can be undone. */
export function roleWarning(powers: Powers, self: string, target: string, level: number): string | undefined {
    const mine = levelOf(powers, self);
    if (self === target && level < mine) return 'You give up power that only somebody else can give back to you.';
    if (self !== target && level === mine) return 'They will have as much power as you: you cannot take it back.';
    return undefined;
}
