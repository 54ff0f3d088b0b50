/** What a newcomer who opened a link can choose, based on the text they typed. */
import { parseUserId } from '../base/identifiers.ts';
import { typedServerName, typedUserId } from '../base/typedNames.ts';
import type { RoomLink } from '../rooms/joinLink.ts';

export type SignInAnswer =
    /** `homeserver` names the account: a user ID or a server. */
    | { readonly kind: 'signIn'; readonly homeserver: string }
    /** On this server. Without one, the person is asked for a server. */
    | { readonly kind: 'create'; readonly homeserver: string | undefined }
    | { readonly kind: 'explain' };

export interface SignInRow {
    readonly icon: string;
    readonly label: string;
    readonly description: string;
    /** Undefined: the row only informs. */
    readonly answer: SignInAnswer | undefined;
}

/** The server that the link names: the server of the person who made the link, else the first server in the room. */
export function serverOfLink({ target, from }: RoomLink): string | undefined {
    return parseUserId(from ?? '')?.serverName ?? target.via[0] ?? serverOf(target.room);
}

function serverOf(room: string): string | undefined {
    const colon = room.indexOf(':');
    return colon < 0 ? undefined : room.slice(colon + 1);
}

/** `suggested`: the person's own server, from the settings or from an earlier sign-in. */
export function signInRows(typed: string, link: RoomLink, suggested: string | undefined): SignInRow[] {
    const text = typed.trim();
    const server = serverOfLink(link);
    const known = [...new Set([suggested, server])].filter((name) => name !== undefined && name !== '') as string[];
    return [
        ...accounts(text, known).map((homeserver) => ({
            icon: 'sign-in',
            label: homeserver.startsWith('@') ? `Sign in as ${homeserver}` : `Sign in on ${homeserver}`,
            description: '',
            answer: { kind: 'signIn' as const, homeserver },
        })),
        ...(text === '' ? [{ ...says('Type your user ID above, and press Enter'), icon: 'sign-in' }] : []),
        ...(text !== '' && accounts(text, known).length === 0
            ? [says('A user ID looks like @you:example.org. A server works, too: example.org')]
            : []),
        ...(server === undefined
            ? []
            : [create(`Create an account on ${server}`, 'the server that this link names', server)]),
        create(server === undefined ? 'Create an account…' : 'Create an account on another server…', '', undefined),
        {
            icon: 'question',
            label: 'What is a homeserver?',
            description: 'It holds your account, as a mail provider does for mail.',
            answer: { kind: 'explain' },
        },
    ];
}

function create(label: string, description: string, homeserver: string | undefined): SignInRow {
    return { icon: 'person-add', label, description, answer: { kind: 'create', homeserver } };
}

function says(label: string): SignInRow {
    return { icon: 'info', label, description: '', answer: undefined };
}

/** The accounts that the text may mean, the most likely first. */
function accounts(text: string, servers: readonly string[]): string[] {
    const userId = typedUserId(text);
    if (userId !== undefined) return [userId];
    if (/^https?:\/\/[^\s/]/iu.test(text)) return [text];
    const mail = /^([a-z0-9._=/+-]+)@([^@\s]+)$/iu.exec(text);
    if (mail) {
        const meant = typedUserId(`@${(mail[1] ?? '').toLowerCase()}:${mail[2] ?? ''}`);
        return meant === undefined ? [] : [meant];
    }
    const named = typedServerName(text);
    const server = named !== undefined && /[.:]/u.test(named) ? [named] : [];
    const local = /^@?([a-z0-9._=/+-]+):?$/u.exec(text.toLowerCase())?.[1];
    const guessed = local === undefined ? [] : servers.map((name) => `@${local}:${name}`);
    return [...server, ...guessed.filter((id) => parseUserId(id))];
}
