/** Grammar of user IDs and server names (Matrix spec, Appendices: "Identifier Grammar"). */

const SERVER_NAME = /^(?:\[[0-9A-Fa-f:.]{2,45}\]|[0-9A-Za-z.-]{1,255})(?::\d{1,5})?$/u;
/** Includes historical localparts: any printable ASCII except ":" and space. */
const LOCALPART = /^[\u0021-\u0039\u003b-\u007e]+$/u;

export function isServerName(text: string): boolean {
    if (!SERVER_NAME.test(text) || text.startsWith('.') || text.includes('..')) return false;
    const port = portOf(text) ?? 1;
    if (port === 0 || port > 65_535) return false;
    return !text.startsWith('[') || URL.parse(`https://${text}/`) !== null;
}

export interface UserId {
    readonly localpart: string;
    readonly serverName: string;
}

/** Undefined when `text` is not a user ID (`@localpart:server`, at most 255 bytes). */
export function parseUserId(text: string): UserId | undefined {
    const colon = text.indexOf(':');
    if (!text.startsWith('@') || colon < 2 || new TextEncoder().encode(text).length > 255) return undefined;
    const localpart = text.slice(1, colon);
    const serverName = text.slice(colon + 1);
    return LOCALPART.test(localpart) && isServerName(serverName) ? { localpart, serverName } : undefined;
}

function portOf(serverName: string): number | undefined {
    const port = /:(\d{1,5})$/u.exec(serverName)?.[1];
    return port === undefined ? undefined : Number(port);
}

/** The hostname means this machine. */
export function isLoopbackHost(hostname: string): boolean {
    const host = hostname.replace(/^\[|\]$/gu, '').toLowerCase();
    return host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127(?:\.\d{1,3}){3}$/u.test(host);
}

/** Names and addresses that do not exist on the internet: RFC 1918, 3927, 4193, 6762, 8375, and names without a dot. */
export function isPrivateHost(hostname: string): boolean {
    const host = hostname.replace(/^\[|\]$/gu, '').toLowerCase();
    if (isLoopbackHost(host)) return true;
    if (host.includes(':')) return /^f[cd]|^fe[89ab]/u.test(host);
    if (/^(?:10|192\.168|169\.254|172\.(?:1[6-9]|2\d|3[01]))\.[\d.]+$/u.test(host)) return true;
    return !host.includes('.') || /\.(?:local|lan|internal|home\.arpa|test)$/u.test(host);
}
