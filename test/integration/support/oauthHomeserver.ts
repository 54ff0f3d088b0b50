/**
 * A homeserver with sign-in at an OAuth server. Synapse can do that only with the Matrix Authentication Service, which
 * cannot be installed here. So the OAuth server is real, and this file adds the few answers of a homeserver. All other
 * requests go to a real Synapse (if there is one) with its own token for the same person.
 */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { login } from '../../stack/accounts.ts';
import type { OidcProvider } from '../../stack/oidcProvider.ts';
import type { Synapse } from '../../stack/synapse.ts';

export interface OAuthHomeserver {
    readonly baseUrl: string;
    /** The accepted tokens, each once. */
    readonly tokensSeen: ReadonlySet<string>;
    stop(): Promise<void>;
}

export interface OAuthHomeserverOptions {
    readonly change?: (metadata: Record<string, unknown>) => Record<string, unknown>;
    readonly behind?: Pick<Synapse, 'baseUrl' | 'createAccount'>;
}

type Answer = readonly [status: number, body: unknown];
const UNKNOWN: Answer = [401, { errcode: 'M_UNKNOWN_TOKEN', error: 'Unknown', soft_logout: true }];
const UNRECOGNIZED: Answer = [404, { errcode: 'M_UNRECOGNIZED', error: 'Unrecognized request' }];
/** Endpoints that the Matrix Authentication Service answers itself, or refuses. */
const DELEGATED = /^\/(?:r0|v3)\/(?:login|register|logout|refresh|delete_devices|account\/password)/u;

export async function startOAuthHomeserver(
    provider: OidcProvider,
    { change = (metadata) => metadata, behind }: OAuthHomeserverOptions = {},
): Promise<OAuthHomeserver> {
    const found = await fetch(`${provider.issuer}/.well-known/openid-configuration`);
    const metadata = change({
        ...((await found.json()) as Record<string, unknown>),
        account_management_uri: `${provider.issuer}/account`,
        account_management_actions_supported: ['org.matrix.devices_list', 'org.matrix.session_end'],
    });
    const tokensSeen = new Set<string>();
    /** Synapse's token for a person, made at the first request. */
    const inside = new Map<string, Promise<string>>();
    const tokenInside = (owner: string, server: NonNullable<typeof behind>): Promise<string> => {
        const token =
            inside.get(owner) ??
            server.createAccount(owner).then(async (account) => (await login(server.baseUrl, account)).accessToken);
        inside.set(owner, token);
        return token;
    };

    const answer = async (request: IncomingMessage): Promise<Answer> => {
        const path = (request.url ?? '').replace(/\?.*$/u, '').replace('/_matrix/client', '');
        if (path === '/versions') return [200, { versions: ['v1.11', 'v1.15'] }];
        if (path === '/v1/auth_metadata') return [200, metadata];
        if (DELEGATED.test(path)) return UNRECOGNIZED;
        const token = (request.headers.authorization ?? '').replace(/^Bearer /u, '');
        const owner = token === '' ? undefined : await provider.ownerOf(token);
        if (!owner) return UNKNOWN;
        tokensSeen.add(token);
        if (behind) return forward(request, behind.baseUrl, await tokenInside(owner.accountId, behind));
        if (path !== '/v3/account/whoami') return UNRECOGNIZED;
        const device_id = /urn:matrix:client:device:(\w+)/u.exec(owner.scope)?.[1];
        return [200, { user_id: `@${owner.accountId}:oauth.test`, ...(device_id ? { device_id } : {}) }];
    };
    const server = createServer((request, response) => {
        answer(request).then(
            ([status, body]) => {
                response.writeHead(status, { 'Content-Type': 'application/json' });
                response.end(JSON.stringify(body));
            },
            () => response.destroy(), // Synapse is ending
        );
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return {
        baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        tokensSeen,
        stop: () =>
            new Promise((done) => {
                server.close(() => done());
                server.closeAllConnections();
            }),
    };
}

async function forward(request: IncomingMessage, baseUrl: string, token: string): Promise<Answer> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const { method = 'GET' } = request;
    const answer = await fetch(`${baseUrl}${request.url ?? ''}`, {
        method,
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
        ...(method === 'GET' || method === 'HEAD' ? {} : { body: Buffer.concat(parts) }),
    });
    return [answer.status, await answer.json()];
}
