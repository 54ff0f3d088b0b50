/** Whom **Hush: Invite Teammate…** offers for what was typed. Pure. */
import { parseUserId } from '../../matrix/serverName.ts';

export interface KnownPerson {
    readonly userId: string;
    readonly name: string;
}

export interface InviteRow {
    /** `typed`: made from the words alone, so that nobody knows yet whether there is such a person. */
    readonly kind: 'typed' | 'known' | 'found' | 'hint';
    readonly text: string;
    readonly description: string;
    /** Undefined: nobody can be invited by this row. */
    readonly userId: string | undefined;
}

const hint = (text: string): InviteRow => ({ kind: 'hint', text, description: '', userId: undefined });

/**
 * `known` are left to the palette to filter. A name alone is taken for one of the person's own homeserver, and stands
 * below people whom Hush knows by that name.
 */
export function inviteRows(
    typed: string,
    self: string,
    known: readonly KnownPerson[],
    found: readonly KnownPerson[],
): InviteRow[] {
    const server = parseUserId(self)?.serverName ?? '';
    const local = /^@?([a-z0-9._=/+-]+)$/u.exec(typed.toLowerCase())?.[1];
    const whole = parseUserId(typed) ? typed : undefined;
    const guess = whole === undefined && local !== undefined ? `@${local}:${server}` : undefined;
    const listed = new Set([...known, ...found].map(({ userId }) => userId));
    const fresh = found.filter(({ userId }) => !known.some((person) => person.userId === userId) && userId !== self);
    return [
        ...(whole !== undefined && !listed.has(whole)
            ? [{ kind: 'typed' as const, text: `Invite ${whole}`, description: '', userId: whole }]
            : []),
        ...known.map(({ userId, name }) => ({ kind: 'known' as const, text: name, description: userId, userId })),
        ...fresh.map(({ userId, name }) => ({ kind: 'found' as const, text: name, description: userId, userId })),
        ...(guess !== undefined && parseUserId(guess) && !listed.has(guess) && guess !== self
            ? [{ kind: 'typed' as const, text: `Invite ${guess}`, description: 'on your homeserver', userId: guess }]
            : []),
        ...(typed !== '' && whole === undefined && guess === undefined
            ? [hint('Somebody on another homeserver? Type their user ID, like @name:server.org')]
            : []),
    ];
}
