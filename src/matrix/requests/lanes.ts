/** Which requests to the homeserver wait for each other: by the room they send to, and by the limit they count against. Pure. */

export interface Lane {
    /** Requests with the same order go out one after the other, in the order they were made; undefined: at once. */
    readonly order: string | undefined;
    /** A pause that the server asks for holds for every request with the same limit. */
    readonly limit: string;
    /** Who asks has another way, and is told of a pause at once. */
    readonly impatient?: boolean;
}

const API = /^.*?\/_matrix\/(client|media)\/(?:v\d+|r0|unstable(?:\/[^/]*\.[^/]*)?)\//u;
/** What servers count as a person's sending (in Synapse: `rc_message`). */
const SENDS = new Set(['send', 'state', 'redact']);

/**
 * `path`: of the URL, without the query. Identifiers in it do not tell limits apart: a server counts what a person does,
 * not where.
 */
export function laneOf(method: string, path: string): Lane {
    const [kind, ...rest] = path.replace(API, '$1/').split('/');
    const [collection, roomId, action] = rest;
    if (method === 'PUT' && collection === 'rooms' && roomId !== undefined && SENDS.has(action ?? '')) {
        // State has an order of its own: a membership of a call must not wait for a message that hangs.
        return { order: `${action === 'state' ? 'state' : 'send'} ${roomId}`, limit: 'send' };
    }
    const named = rest.findIndex((part) => NAMES_WHAT_FOLLOWS.has(part));
    const fixed = (named === -1 ? rest : rest.slice(0, named + 1)).map((part) => (SIGIL.test(part) ? '*' : part));
    const limit = `${method} ${[kind, ...fixed].join('/')}`;
    return { order: undefined, limit, impatient: limit === RESERVES };
}

/** Gives an address for an upload, which can go without one. */
const RESERVES = 'POST media/create';
/** Of the specification's identifiers, percent-encoded or not. */
const SIGIL = /^(?:[@!#$]|%40|%21|%23|%24)/iu;
/** What comes after these names one thing of a kind. */
const NAMES_WHAT_FOLLOWS: ReadonlySet<string> = new Set([
    'account_data',
    'delayed_events',
    'devices',
    'download',
    'filter',
    'join',
    'knock',
    'sendToDevice',
    'thumbnail',
    'upload',
]);
