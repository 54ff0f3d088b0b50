/**
 * Server names and user IDs as people type them. The result is a name by the grammar of identifiers.ts: lower case, an
 * international domain in its ASCII form (punycode). The ASCII form also shows letters that only look like others. Pure.
 */
import { isServerName, parseUserId } from './identifiers.ts';

const HOST_AND_PORT = /^(?<host>\[[\d.:a-f]+\]|[^:[\]]+)(?::(?<port>\d{1,5}))?$/iu;
/** Characters of an address that is more than a server name, and characters that a URL would decode or drop. */
const MORE_THAN_A_NAME = /[\s/?#@\\%]/u;
const DOTTED_QUAD = /^\d{1,3}(?:\.\d{1,3}){3}$/u;

/** Undefined when it is no server name. Takes a trailing dot or slash, and an IPv6 address without its brackets. */
export function typedServerName(typed: string): string | undefined {
    const text = typed.trim().normalize('NFKC').replace(/\/+$/u, '');
    if (MORE_THAN_A_NAME.test(text)) return undefined;
    const bare = /^[\da-f]*:[\d.:a-f]*:[\d.:a-f]*$/iu.test(text);
    const { host, port } = HOST_AND_PORT.exec(bare ? `[${text}]` : text)?.groups ?? {};
    const hostname = host === undefined ? undefined : asciiHost(host);
    if (hostname === undefined) return undefined;
    const name = port === undefined ? hostname : `${hostname}:${Number(port)}`;
    return isServerName(name) ? name : undefined;
}

/** Undefined when it is no user ID. The name before the server stays as typed. */
export function typedUserId(typed: string): string | undefined {
    const text = typed.trim();
    const colon = text.indexOf(':');
    if (!text.startsWith('@') || colon < 2) return undefined;
    const serverName = typedServerName(text.slice(colon + 1));
    const userId = `${text.slice(0, colon)}:${serverName ?? ''}`;
    return serverName !== undefined && parseUserId(userId) ? userId : undefined;
}

/** A host as it stands in URLs (UTS 46), without the dot at its end. */
function asciiHost(host: string): string | undefined {
    const hostname = URL.parse(`https://${host}/`)?.hostname.replace(/\.$/u, '');
    // Some texts still leave an invalid host here, for example one with two dots at the end.
    if (hostname === undefined || URL.parse(`https://${hostname}/`)?.hostname !== hostname) return undefined;
    if (hostname.endsWith('.')) return undefined;
    // A URL reads other numbers as addresses too: 127.1 or 0x7f000001. Nobody means that.
    const readAsNumber = DOTTED_QUAD.test(hostname) && hostname !== host.replace(/\.$/u, '');
    return readAsNumber ? undefined : hostname;
}
