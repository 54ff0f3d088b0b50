import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface OidcProvider {
    readonly issuer: string;
    /** Returns the owner of the token. */
    ownerOf(accessToken: string): Promise<{ readonly accountId: string; readonly scope: string } | undefined>;
    stop(): Promise<void>;
}

export interface OidcProviderOptions {
    /** Clients that are known from the start, such as a homeserver for its SSO. */
    readonly clients?: readonly Record<string, unknown>[];
    /** s; default 300. */
    readonly accessTokenSeconds?: number;
    readonly port?: number;
    /** Devices that clients may ask for, because the package knows no scopes with a free part. */
    readonly devices?: readonly string[];
}

/**
 * A real OpenID provider on 127.0.0.1 with its own plain pages. It accepts every sign-in. It serves a homeserver's SSO,
 * and OAuth 2.0 with dynamic registration, device codes, rotation and revocation.
 */
export async function startOidcProvider(options: OidcProviderOptions = {}): Promise<OidcProvider> {
    const { default: Provider } = await import('oidc-provider');
    const server = createServer();
    await new Promise<void>((done, fail) => {
        server.once('error', fail);
        server.listen(options.port ?? 0, '127.0.0.1', done);
    });
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const devices = (options.devices ?? []).map((id) => `urn:matrix:client:device:${id}`);
    const provider = new Provider(issuer, {
        clients: options.clients ?? [],
        cookies: { keys: ['test'] },
        claims: { openid: ['sub'], profile: ['name', 'preferred_username'] },
        scopes: ['openid', 'profile', 'offline_access', 'urn:matrix:client:api:*', ...devices],
        findAccount: (_context: unknown, id: string) => ({
            accountId: id,
            claims: () => ({ sub: id, name: `Person ${id}`, preferred_username: id }),
        }),
        features: {
            devInteractions: { enabled: true },
            deviceFlow: { enabled: true },
            registration: { enabled: true },
            revocation: { enabled: true },
        },
        issueRefreshToken: () => true,
        rotateRefreshToken: true,
        ttl: {
            AccessToken: options.accessTokenSeconds ?? 300,
            RefreshToken: 86_400,
            AuthorizationCode: 60,
            DeviceCode: 300,
            Session: 3_600,
            Grant: 86_400,
            Interaction: 600,
            IdToken: 300,
        },
    });
    server.on('request', provider.callback() as never);
    return {
        issuer,
        async ownerOf(accessToken) {
            const found = await provider.AccessToken.find(accessToken);
            return found && { accountId: found.accountId, scope: found.scope };
        },
        stop: () =>
            new Promise((done) => {
                server.close(() => done());
                server.closeAllConnections();
            }),
    };
}
