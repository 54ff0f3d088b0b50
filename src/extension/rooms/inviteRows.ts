/** The rows that **Hush: Invite Teammate…** offers for the typed text. Pure. */
import { parseUserId } from '../../core/base/identifiers.ts';
import { typedUserId } from '../../core/base/typedNames.ts';
import { isNear } from './nearName.ts';
import type { PersonLookUp } from '../../core/rooms/roomsPort.ts';

export interface KnownPerson {
    readonly userId: string;
    readonly name: string;
}

export interface InviteRow {
    /**
     * `typed`: made from the text alone. `nobody`: made from the text, but no such user exists. `similar`: almost the
     * typed text.
     */
    readonly kind: 'typed' | 'nobody' | 'similar' | 'known' | 'found' | 'hint';
    readonly text: string;
    readonly description: string;
    /** Undefined: the row invites nobody. */
    readonly userId: string | undefined;
}

const hint = (text: string): InviteRow => ({ kind: 'hint', text, description: '', userId: undefined });

/** Returns the user ID that the text means: a whole user ID, or a name on the person's own homeserver. */
export function personTyped(typed: string, self: string): string | undefined {
    const userId = typedUserId(typed);
    if (userId !== undefined) return userId;
    const local = /^@?([a-z0-9._=/+-]+)$/u.exec(typed.toLowerCase())?.[1];
    const guess = `@${local ?? ''}:${parseUserId(self)?.serverName ?? ''}`;
    return local !== undefined && parseUserId(guess) && guess !== self ? guess : undefined;
}

/**
 * The palette filters `known`. A row for a plain name stands below people whom Hush knows by that name. `lookUp`: the
 * homeserver's answer about the typed person, or undefined before it comes.
 */
export function inviteRows(
    typed: string,
    self: string,
    known: readonly KnownPerson[],
    found: readonly KnownPerson[],
    lookUp?: PersonLookUp,
): InviteRow[] {
    const whole = typedUserId(typed) !== undefined;
    const person = personTyped(typed, self);
    const others = found.filter(({ userId }) => !known.some((one) => one.userId === userId) && userId !== self);
    const everybody = [...known.filter(({ userId }) => userId !== self), ...others];
    const listed = person !== undefined && everybody.some(({ userId }) => userId === person);
    const meant = lookUp?.kind === 'nobody' && person !== undefined ? similarTo(person, everybody) : [];
    const fresh = others.filter((one) => !meant.includes(one));
    const own = person === undefined || listed ? [] : typedRows(person, whole, lookUp, meant);
    const first = whole || lookUp?.kind === 'nobody';
    return [
        ...(first ? own : []),
        ...known.map(({ userId, name }) => ({ kind: 'known' as const, text: name, description: userId, userId })),
        ...fresh.map(({ userId, name }) => ({ kind: 'found' as const, text: name, description: userId, userId })),
        ...(first ? [] : own),
        ...(typed !== '' && person === undefined && typed !== self && !isOwnName(typed, self)
            ? [hint('Somebody on another homeserver? Type their user ID, like @name:server.org')]
            : []),
    ];
}

function isOwnName(typed: string, self: string): boolean {
    return typed.toLowerCase().replace(/^@/u, '') === parseUserId(self)?.localpart;
}

function typedRows(
    person: string,
    whole: boolean,
    lookUp: PersonLookUp | undefined,
    meant: readonly KnownPerson[],
): InviteRow[] {
    const where = whole ? '' : 'on your homeserver';
    switch (lookUp?.kind) {
        case undefined:
            return [{ kind: 'typed', text: `Invite ${person}`, description: where, userId: person }];
        case 'found': {
            // Show the ID first, because anybody can use a teammate's name.
            const description = lookUp.name === undefined || lookUp.name === person ? where : lookUp.name;
            return [{ kind: 'typed', text: `Invite ${person}`, description, userId: person }];
        }
        case 'unknown':
            return [
                {
                    kind: 'typed',
                    text: `Invite ${person}`,
                    description: 'their server does not say whether there is such a person',
                    userId: person,
                },
            ];
        case 'nobody':
            return [
                ...meant.map(({ userId, name }) => ({
                    kind: 'similar' as const,
                    text: `Did you mean ${name}?`,
                    description: userId,
                    userId,
                })),
                {
                    kind: 'nobody',
                    text: `Nobody has the ID ${person}`,
                    description: whole ? 'Check the spelling' : 'No such name on your homeserver',
                    userId: undefined,
                },
            ];
    }
}

/** Finds people whose user ID differs by a typing error. */
function similarTo(person: string, everybody: readonly KnownPerson[]): KnownPerson[] {
    return everybody.filter(({ userId }) => isSlip(person, userId)).slice(0, 3);
}

/**
 * Returns whether `typed` may be `userId` with a typing error: two errors in the name, or one in a short name, and one
 * in the server.
 */
export function isSlip(typed: string, userId: string): boolean {
    const [own, other] = [parseUserId(typed), parseUserId(userId)];
    if (!own || !other) return false;
    const most = own.localpart.length > 4 ? 2 : 1;
    return isNear(own.localpart, other.localpart, most) && isNear(own.serverName, other.serverName, 1);
}
