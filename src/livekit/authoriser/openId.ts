/** Asks a homeserver whose OpenID token this is (Server-Server API, “OpenID”). */
import { lookup } from 'node:dns';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { isPublicAddress } from './publicAddress.ts';
import { belongsTo, isServerName, type OpenIdToken } from '../tokens/claims.ts';

type OpenIdResult =
    | { readonly ok: true; readonly userId: string }
    | { readonly ok: false; readonly cause: 'refused' | 'unreachable'; readonly reason: string };

/** Asks a homeserver whose OpenID token this is. Never rejects, and never mentions the token. */
export type OpenIdCheck = (token: OpenIdToken) => Promise<OpenIdResult>;

const TIMEOUT_MS = 5_000;
const MAX_BYTES = 16 * 1024;

/**
 * `homeservers` maps server names to base URLs that are asked directly. These may use http, because the operator wrote
 * them. Any other server is found by federation discovery, over https, and only on public addresses. So an invented
 * server name cannot point this service at its own network.
 */
export function createOpenIdCheck(homeservers: ReadonlyMap<string, string>): OpenIdCheck {
    return async ({ accessToken, serverName }) => {
        let answer: Answer;
        try {
            const configured = homeservers.get(serverName);
            const base = configured ?? (await discover(serverName));
            const url = new URL(`${base.replace(/\/+$/, '')}/_matrix/federation/v1/openid/userinfo`);
            url.searchParams.set('access_token', accessToken);
            answer = await get(url, configured === undefined);
        } catch {
            return { ok: false, cause: 'unreachable', reason: `The homeserver ${serverName} could not be asked.` };
        }
        if (answer.status >= 500) {
            return {
                ok: false,
                cause: 'unreachable',
                reason: `The homeserver ${serverName} answered with status ${answer.status}.`,
            };
        }
        if (answer.status !== 200)
            return { ok: false, cause: 'refused', reason: 'The homeserver does not know this OpenID token.' };
        const userId = property(answer.json, 'sub');
        if (userId === undefined || !belongsTo(userId, serverName)) {
            return { ok: false, cause: 'refused', reason: 'The OpenID token is not of a user of the server it names.' };
        }
        return { ok: true, userId };
    };
}

/** Server discovery without SRV records: `.well-known/matrix/server`, then port 8448 (server-server API). */
async function discover(serverName: string): Promise<string> {
    const { host, port } = split(serverName);
    if (isIP(host.replace(/^\[|\]$/g, '')) !== 0) throw new Error('addresses must be configured');
    if (port !== undefined) return `https://${serverName}`;
    const wellKnown = await get(new URL(`https://${host}/.well-known/matrix/server`), true).catch(() => undefined);
    const delegated = wellKnown?.status === 200 ? property(wellKnown.json, 'm.server') : undefined;
    if (delegated === undefined || !isServerName(delegated)) return `https://${host}:8448`;
    return split(delegated).port === undefined ? `https://${delegated}:8448` : `https://${delegated}`;
}

function split(serverName: string): { host: string; port: string | undefined } {
    const match = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(serverName);
    return { host: match?.[1] ?? serverName, port: match?.[2] };
}

interface Answer {
    readonly status: number;
    readonly json: unknown;
}

function get(url: URL, publicOnly: boolean): Promise<Answer> {
    // Follows no redirects: neither endpoint needs them, and each would be another address to check.
    return new Promise((done, fail) => {
        const send = url.protocol === 'http:' && !publicOnly ? httpRequest : httpsRequest;
        const guard = publicOnly ? { lookup: publicLookup } : {};
        const outgoing = send(
            url,
            { ...guard, signal: AbortSignal.timeout(TIMEOUT_MS), headers: { Accept: 'application/json' } },
            (incoming) => {
                const chunks: Buffer[] = [];
                let bytes = 0;
                incoming.on('data', (chunk: Buffer) => {
                    bytes += chunk.length;
                    if (bytes <= MAX_BYTES) return void chunks.push(chunk);
                    // If destroyed with an error, the socket would raise it a second time without a listener.
                    fail(new Error('answer too long'));
                    outgoing.destroy();
                });
                incoming.on('error', fail);
                incoming.on('end', () =>
                    done({ status: incoming.statusCode ?? 0, json: parse(Buffer.concat(chunks).toString('utf8')) }),
                );
            },
        );
        outgoing.on('error', fail);
        // A host that is an IP address is connected without a lookup, so it is refused here.
        if (!publicOnly || isIP(url.hostname.replace(/^\[|\]$/g, '')) === 0) return void outgoing.end();
        fail(new Error('an address'));
        outgoing.destroy();
    });
}

/** The check sits in the lookup of the connection itself, so a name cannot change its address in between. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
        if (error !== null) return callback(error, '', 0);
        const allowed = addresses.filter(({ address }) => isPublicAddress(address));
        const first = allowed[0];
        if (first === undefined) return callback(new Error('no public address'), '', 0);
        if (options.all === true) return callback(null, allowed);
        callback(null, first.address, first.family);
    });
};

function parse(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}

function property(value: unknown, name: string): string | undefined {
    if (typeof value !== 'object' || value === null) return undefined;
    const found: unknown = Reflect.get(value, name);
    return typeof found === 'string' ? found : undefined;
}
