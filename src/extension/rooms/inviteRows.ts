/** Whom **Hush: Invite Teammate…** offers for what was typed. Pure. */
import { parseUserId } from '../../core/base/identifiers.ts';
import { isNear } from './nearName.ts';
import type { PersonLookUp } from '../../core/rooms/roomsPort.ts';

export interface KnownPerson {
    readonly userId: string;
    readonly name: string;
}

export interface InviteRow {
    /**
     * `typed`: made from the words alone; `nobody`: made from them, and there is no such person; `similar`: almost what
     * was typed.
     */
    readonly kind: 'typed' | 'nobody' | 'similar' | 'known' | 'found' | 'hint';
    readonly text: string;
    readonly description: string;
    /** Undefined: nobody can be invited by this row. */
    readonly userId: string | undefined;
}

const hint = (text: string): InviteRow => ({ kind: 'hint', text, description: '', userId: undefined });

/** The user ID that the words stand for: a whole one, or a name alone for somebody of the person's own homeserver. */
export function personTyped(typed: string, self: string): string | undefined {
    if (parseUserId(typed)) return typed;
    const local = /^@?([a-z0-9._=/+-]+)$/u.exec(typed.toLowerCase())?.[1];
    const guess = `@${local ?? ''}:${parseUserId(self)?.serverName ?? ''}`;
    return local !== undefined && parseUserId(guess) && guess !== self ? guess : undefined;
}

/**
 * `known` are left to the palette to filter. A name alone stands below people whom Hush knows by that name. `lookUp`: what
 * the homeserver says about the person who is typed; undefined until it does.
 */
export function inviteRows(
    typed: string,
    self: string,
    known: readonly KnownPerson[],
    found: readonly KnownPerson[],
    lookUp?: PersonLookUp,
): InviteRow[] {
    const whole = parseUserId(typed) !== undefined;
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
            // The ID first: anybody may call themselves by a teammate's name.
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

/** Slips of the finger within the name; for a short one only one. The server may have one as well. */
function similarTo(person: string, everybody: readonly KnownPerson[]): KnownPerson[] {
    return everybody.filter(({ userId }) => isSlip(person, userId)).slice(0, 3);
}

/** Whether one user ID may be meant by the other. */
export function isSlip(typed: string, userId: string): boolean {
    const [own, other] = [parseUserId(typed), parseUserId(userId)];
    if (!own || !other) return false;
    const most = own.localpart.length > 4 ? 2 : 1;
    return isNear(own.localpart, other.localpart, most) && isNear(own.serverName, other.serverName, 1);
}
