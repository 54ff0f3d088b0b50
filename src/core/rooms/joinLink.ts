/**
 * Reads and makes links to rooms: bare IDs and aliases, `matrix:` URIs (Matrix spec, "URIs", MSC2312), matrix.to links,
 * and links that VS Code opens with Hush. Input comes from strangers.
 */
import { isServerName, parseUserId } from '../base/identifiers.ts';
import { typedServerName, typedUserId } from '../base/typedNames.ts';

export interface JoinTarget {
    /** `!id`, `!id:server` or `#alias:server`. */
    readonly room: string;
    /** Servers in the room through which to join. At most {@link MAX_VIA}. */
    readonly via: readonly string[];
}
/** What a link to a room says. A stranger wrote all of it, so nothing is trusted. */
export interface RoomLink {
    readonly target: JoinTarget;
    /** User ID of the person who claims to have made the link. */
    readonly from?: string;
}
export type ParsedLink =
    | ({ readonly kind: 'room' } & RoomLink)
    | { readonly kind: 'person'; readonly userId: string }
    | { readonly kind: 'invalid' };

/** The one that VS Code hands links over by: publisher and name of the manifest. */
const LINK_AUTHORITY = 'hush.hush';
export const MAX_VIA = 10;
const MAX_LINK = 4_096;
const INVALID = { kind: 'invalid' } as const;
/** Printable ASCII except ":" and space. From room version 12 on, no server follows. */
const OPAQUE_ID = /^[\u0021-\u0039\u003b-\u007e]+$/u;
/** Names the person who made a link, in links that only Hush reads. */
const FROM = 'from';
/** A link inside a sentence. */
const LINK_IN_TEXT = /(?<![^\s<("'])(?:[a-z][a-z\d+.-]*:\/\/|matrix:)[^\s<>"]+/giu;
/** Any visible character except ":". */
const ALIAS = /^[^\s:\p{C}]+$/u;

export function isRoomId(text: string): boolean {
    if (!text.startsWith('!') || byteLength(text) > 255) return false;
    const colon = text.indexOf(':');
    const id = colon < 0 ? text.slice(1) : text.slice(1, colon);
    return OPAQUE_ID.test(id) && (colon < 0 || isServerName(text.slice(colon + 1)));
}

export function isRoomAlias(text: string): boolean {
    const colon = text.indexOf(':');
    if (!text.startsWith('#') || colon < 2 || byteLength(text) > 255) return false;
    return ALIAS.test(text.slice(1, colon)) && isServerName(text.slice(colon + 1));
}

/** Reads pasted text: a link, an address, or a sentence with a link. Never throws. */
export function parseJoinLink(input: string): ParsedLink {
    const text = input.trim().replace(/^<(.*)>$/u, '$1');
    if (text === '' || text.length > MAX_LINK) return INVALID;
    const whole = parseOne(text);
    if (whole.kind !== 'invalid') return whole;
    for (const [found] of text.matchAll(LINK_IN_TEXT)) {
        const inside = parseOne(found.replace(/[).,;>]+$/u, ''));
        if (inside.kind === 'room') return inside;
    }
    return INVALID;
}

function parseOne(text: string): ParsedLink {
    if (/^[!#@]/u.test(text)) return named(text, []);
    const url = URL.parse(text);
    if (!url) return INVALID;
    if (url.protocol === 'matrix:') return fromMatrixUri(url);
    if (url.protocol === 'https:' && url.hostname === 'matrix.to') return fromMatrixTo(url);
    if (url.hostname.toLowerCase() === LINK_AUTHORITY) {
        const path = decoded(url.pathname);
        return path === undefined ? INVALID : fromOpenedUri({ path, query: url.search.slice(1) });
    }
    return INVALID;
}

/** The link that VS Code hands over: `/join/<room>`. VS Code's `Uri` has already decoded both parts once. */
export function fromOpenedUri({ path, query }: { readonly path: string; readonly query: string }): ParsedLink {
    const room = /^\/join\/(.+)$/su.exec(path)?.[1];
    if (room === undefined) return INVALID;
    const link = named(room, viaOf(query));
    const from = parametersOf(query).get(FROM) ?? '';
    return link.kind === 'room' && parseUserId(from) ? { ...link, from } : link;
}

/** `matrix:r/alias:server`, `matrix:roomid/id:server`, `matrix:u/user:server`. More may follow each. */
function fromMatrixUri(url: URL): ParsedLink {
    const [type = '', id = ''] = url.pathname.replace(/^\/\/[^/]*\//u, '').split('/');
    const sigil = { r: '#', room: '#', roomid: '!', u: '@', user: '@' }[type];
    const name = decoded(id);
    return sigil === undefined || name === undefined ? INVALID : named(sigil + name, viaOf(url.search.slice(1)));
}

/** `https://matrix.to/#/<room>[/<event>][?via=…]` */
function fromMatrixTo(url: URL): ParsedLink {
    const [path = '', query = ''] = url.hash.replace(/^#\/?/u, '').split('?');
    const name = decoded(path.split('/')[0] ?? '');
    return name === undefined ? INVALID : named(name, viaOf(query));
}

function named(name: string, via: readonly string[]): ParsedLink {
    if (isRoomId(name) || isRoomAlias(name)) return { kind: 'room', target: { room: name, via } };
    const userId = typedUserId(name);
    if (userId !== undefined) return { kind: 'person', userId };
    const alias = typedAlias(name);
    return alias === undefined ? INVALID : { kind: 'room', target: { room: alias, via } };
}

/** An address whose server is written as people write it, such as an international domain. */
function typedAlias(text: string): string | undefined {
    const colon = text.indexOf(':');
    const serverName = text.startsWith('#') && colon > 1 ? typedServerName(text.slice(colon + 1)) : undefined;
    const alias = `${text.slice(0, colon)}:${serverName ?? ''}`;
    return serverName !== undefined && isRoomAlias(alias) ? alias : undefined;
}

function viaOf(query: string): string[] {
    const servers = parametersOf(query).getAll('via').filter(isServerName);
    return [...new Set(servers)].slice(0, MAX_VIA);
}

/** A plus stays a plus, because user IDs may contain it. It is not a space. */
function parametersOf(query: string): URLSearchParams {
    return new URLSearchParams(query.replaceAll('+', '%2B'));
}

function decoded(text: string): string | undefined {
    try {
        return decodeURIComponent(text);
    } catch {
        return undefined;
    }
}

function byteLength(text: string): number {
    return new TextEncoder().encode(text).length;
}

export type LinkKind = 'vscode' | 'matrixTo' | 'matrix';

/**
 * `scheme`: of the editor that opens the link, such as `vscode`. Hush reads the link back unchanged. Links for other
 * clients omit `from`.
 */
export function buildJoinLink(kind: LinkKind, { target: { room, via }, from }: RoomLink, scheme: string): string {
    const vias = via.slice(0, MAX_VIA).map((server) => `via=${encoded(server)}`);
    const maker = from === undefined ? [] : [`${FROM}=${encoded(from)}`];
    if (kind === 'vscode') return `${scheme}://${LINK_AUTHORITY}/join/${encoded(room)}${queryOf([...vias, ...maker])}`;
    if (kind === 'matrixTo') return `https://matrix.to/#/${encoded(room)}${queryOf(vias)}`;
    const type = room.startsWith('#') ? 'r' : 'roomid';
    return `matrix:${type}/${encoded(room.slice(1))}${queryOf([...vias, 'action=join'])}`;
}

/** Also what ends a link in a sentence, so that a link keeps its last characters there. */
function encoded(part: string): string {
    return encodeURIComponent(part).replaceAll(/[).]+$/gu, (end) => (end.match(/./gu) ?? []).map(percent).join(''));
}

function percent(character: string): string {
    return `%${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}`;
}

function queryOf(parts: readonly string[]): string {
    return parts.length === 0 ? '' : `?${parts.join('&')}`;
}

/**
 * Up to three servers that will probably still be in the room when the link is used: the server of the most powerful
 * member, then those with the most members (Matrix spec, "Routing").
 */
export function viaServers(members: readonly string[], levelOf: (userId: string) => number): string[] {
    const serverOf = (userId: string): string => parseUserId(userId)?.serverName ?? '';
    const counts = new Map<string, number>();
    for (const userId of members) counts.set(serverOf(userId), (counts.get(serverOf(userId)) ?? 0) + 1);
    counts.delete('');
    const [top] = members.toSorted((a, b) => levelOf(b) - levelOf(a) || (a < b ? -1 : 1));
    const popular = [...counts].toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([server]) => server);
    const first = top === undefined ? [] : [serverOf(top)].filter(Boolean);
    return [...new Set([...first, ...popular])].slice(0, 3);
}
