/**
 * Decides which requests to the homeserver wait for each other: by the room that they send to, and by the rate limit
 * that they count against. Pure.
 */

export interface Lane {
    /**
     * Requests with the same order are sent one after another, in the order in which they were made. Undefined: at
     * once.
     */
    readonly order: string | undefined;
    /** A pause that the server asks for applies to every request with the same limit. */
    readonly limit: string;
    /** The caller has another way to continue, so it learns of a pause at once. */
    readonly impatient?: boolean;
}

const API = /^.*?\/_matrix\/(client|media)\/(?:v\d+|r0|unstable(?:\/[^/]*\.[^/]*)?)\//u;
/** Actions that servers count against one limit for sending (in Synapse: `rc_message`). */
const SENDS = new Set(['send', 'state', 'redact']);

/**
 * `path`: the path of the URL. Identifiers in it do not change the limit, because a server counts a person's actions,
 * not their targets.
 */
export function laneOf(method: string, path: string): Lane {
    const [kind, ...rest] = path.replace(API, '$1/').split('/');
    const [collection, roomId, action] = rest;
    if (method === 'PUT' && collection === 'rooms' && roomId !== undefined && SENDS.has(action ?? '')) {
        // State has its own order: a membership of a call must not wait for a message that hangs.
        return { order: `${action === 'state' ? 'state' : 'send'} ${roomId}`, limit: 'send' };
    }
    const named = rest.findIndex((part) => NAMES_WHAT_FOLLOWS.has(part));
    const fixed = (named === -1 ? rest : rest.slice(0, named + 1)).map((part) => (SIGIL.test(part) ? '*' : part));
    const limit = `${method} ${[kind, ...fixed].join('/')}`;
    return { order: undefined, limit, impatient: limit === RESERVES };
}

/** Gives an address for an upload. An upload can also continue without one. */
const RESERVES = 'POST media/create';
/** The first character of an identifier, percent-encoded or not. */
const SIGIL = /^(?:[@!#$]|%40|%21|%23|%24)/iu;
/** The path part after one of these names a single item. */
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
