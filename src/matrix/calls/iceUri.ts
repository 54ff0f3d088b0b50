/** The form of `stun:` and `turn:` addresses (RFC 7064, RFC 7065). Browsers are stricter or laxer in places. Pure. */

const FORM = /^(?<scheme>stuns?|turns?):(?<host>\[[\d.:a-f]+\]|[^\s/?#@:[\]]+)(?::(?<port>\d{1,5}))?(?<query>\?.*)?$/iu;
const LONGEST = 512;

/**
 * Why this is not an address of an ICE server, in words for the log. Undefined: it is one.
 * `credentials`: whether the homeserver gives a user name and a password, without which browsers refuse TURN.
 */
export function iceUriProblem(uri: unknown, credentials: boolean): string | undefined {
    if (typeof uri !== 'string') return 'it is no text';
    if (uri.length > LONGEST) return 'it is too long';
    const { scheme, host, port, query } = FORM.exec(uri)?.groups ?? {};
    if (scheme === undefined || host === undefined) return 'it is no stun: or turn: address';
    if (host.startsWith('[') && URL.parse(`http://${host}/`) === null) return 'its host is no address';
    if (port !== undefined && (Number(port) === 0 || Number(port) > 65_535)) return 'its port does not exist';
    if (scheme.toLowerCase().startsWith('stun')) return query === undefined ? undefined : 'stun: takes no parameters';
    if (query !== undefined && !/^\?transport=(?:udp|tcp)$/iu.test(query)) return 'its transport is not udp or tcp';
    return credentials ? undefined : 'turn: needs a user name and a password';
}
