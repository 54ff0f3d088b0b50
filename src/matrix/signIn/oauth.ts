/**
 * Signs in through OAuth 2.0 (client-server API, "OAuth 2.0 API"; RFC 6749, 7591, 7636, 8252, 8628, 9207). The helper
 * of matrix-js-sdk uses the global fetch without a time limit and cannot be cancelled. It would also load the engine to
 * renew a token. So oauth4webapi makes the requests and checks the answers.
 */
import * as oauth from 'oauth4webapi';
import { HushError } from '../../core/base/errors.ts';
import type { Fetch } from '../requests/matrixHttp.ts';
import { DEVICE_GRANT, hostOf, offersDeviceCode, type AuthMetadata } from './authMetadata.ts';
import { exchange, type OAuthOutcome, type OAuthRefusal } from './oauthExchange.ts';

/** The data for renewing and revoking tokens. It holds no secret, because Hush is a public client. */
export interface OAuthClient {
    readonly issuer: string;
    readonly clientId: string;
    readonly tokenEndpoint: string;
    readonly revocationEndpoint: string;
}

const CLIENT_URI = 'https://github.com/hush/hush';
/** The most letters of a client ID that is stored. */
const MAX_CLIENT_ID = 500;

/** What oauth4webapi needs to know of a server. */
type Server = oauth.AuthorizationServer;

export function serverOf(metadata: AuthMetadata): Server {
    return {
        issuer: metadata.issuer,
        token_endpoint: metadata.token_endpoint,
        registration_endpoint: metadata.registration_endpoint,
        ...(metadata.device_authorization_endpoint === undefined
            ? {}
            : { device_authorization_endpoint: metadata.device_authorization_endpoint }),
        authorization_response_iss_parameter_supported:
            metadata.authorization_response_iss_parameter_supported === true,
    };
}
function storedServer({ issuer, tokenEndpoint, revocationEndpoint }: OAuthClient): Server {
    return { issuer, token_endpoint: tokenEndpoint, revocation_endpoint: revocationEndpoint };
}
/** Hush is a public client: it has no secret that it could show. */
export const publicClient = oauth.None();

/** Registers dynamically as a native client with loopback redirects (RFC 8252, 7.3: the port is not compared). */
export async function registerClient(metadata: AuthMetadata, redirectUri: string, fetch: Fetch): Promise<string> {
    const request = {
        application_type: 'native',
        client_name: 'Hush for VS Code',
        client_uri: CLIENT_URI,
        redirect_uris: [redirectUri],
        response_types: ['code'],
        grant_types: ['authorization_code', 'refresh_token', ...(offersDeviceCode(metadata) ? [DEVICE_GRANT] : [])],
        token_endpoint_auth_method: 'none',
    };
    const outcome = await exchange(fetch, async (options) =>
        oauth.processDynamicClientRegistrationResponse(
            await oauth.dynamicClientRegistrationRequest(serverOf(metadata), request, options),
        ),
    );
    if (outcome.kind === 'done' && outcome.value.client_id.length <= MAX_CLIENT_ID) return outcome.value.client_id;
    const refusal = outcome.kind === 'refused' ? outcome.refusal : NONSENSE;
    throw oauthRefusal(refusal, 'Introducing Hush to the server', metadata.issuer);
}

/** The request. The browser's redirect must match it. */
export interface AuthorizationRequest {
    readonly url: string;
    readonly verifier: string;
}

/** The scope names the device. After a soft logout it names the same one again. */
export function scopeFor(deviceId: string): string {
    return `urn:matrix:client:api:* urn:matrix:client:device:${deviceId}`;
}

const DEVICE_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** A new device ID. OAuth needs one from the client. It has ten letters. */
export function newDeviceId(random: (bytes: number) => Buffer): string {
    return [...random(10)].map((byte) => DEVICE_ALPHABET[byte % DEVICE_ALPHABET.length]).join('');
}

export interface AuthorizationOptions {
    readonly clientId: string;
    readonly redirectUri: string;
    readonly state: string;
    readonly deviceId: string;
    /** Begin with creating an account, if the server supports it. */
    readonly create?: boolean;
}

export async function authorizationRequest(
    metadata: AuthMetadata,
    options: AuthorizationOptions,
): Promise<AuthorizationRequest> {
    const verifier = oauth.generateRandomCodeVerifier();
    const url = new URL(metadata.authorization_endpoint);
    const create = options.create === true && metadata.prompt_values_supported?.includes('create') === true;
    const parameters = {
        response_type: 'code',
        response_mode: 'query', // a loopback server does not see a fragment
        client_id: options.clientId,
        redirect_uri: options.redirectUri,
        scope: scopeFor(options.deviceId),
        state: options.state,
        code_challenge_method: 'S256',
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
        ...(create ? { prompt: 'create' } : {}),
    };
    for (const [key, value] of Object.entries(parameters)) url.searchParams.set(key, value);
    return { url: url.href, verifier };
}

export interface OAuthTokens {
    readonly accessToken: string;
    readonly refreshToken: string | undefined;
    /** ms since the epoch. */
    readonly expiresAt: number | undefined;
}

/** A token of a type that Matrix does not know is a refusal. */
export function tokensOf(
    outcome: OAuthOutcome<oauth.TokenEndpointResponse>,
    now: () => number,
): OAuthOutcome<OAuthTokens> {
    if (outcome.kind === 'refused') return outcome;
    const { access_token: accessToken, token_type: type, refresh_token: refreshToken, expires_in: s } = outcome.value;
    if (type !== 'bearer') return { kind: 'refused', refusal: NONSENSE };
    const expiresAt = s === undefined ? undefined : now() + s * 1_000;
    return { kind: 'done', value: { accessToken, refreshToken, expiresAt } };
}

/** What the browser brought back. `foreign`: another server sent it (RFC 9207), or it is no answer. */
export type AuthorizationAnswer =
    | { readonly kind: 'code'; readonly parameters: URLSearchParams }
    | { readonly kind: 'refused'; readonly error: string; readonly description: string | undefined }
    | { readonly kind: 'foreign' };

/** The state was checked where the answer came in (redirectServer.ts). */
export function authorizationAnswer(
    metadata: AuthMetadata,
    clientId: string,
    back: URLSearchParams,
): AuthorizationAnswer {
    try {
        const client = { client_id: clientId };
        const parameters = oauth.validateAuthResponse(serverOf(metadata), client, back, oauth.skipStateCheck);
        return parameters.get('code') ? { kind: 'code', parameters } : { kind: 'foreign' };
    } catch (error) {
        if (!(error instanceof oauth.AuthorizationResponseError)) return { kind: 'foreign' };
        return { kind: 'refused', error: error.error, description: error.error_description };
    }
}

/** `parameters`: of {@link authorizationAnswer}. @throws HushError `login.refused`, `network.*`. */
export async function exchangeCode(
    metadata: AuthMetadata,
    grant: { clientId: string; redirectUri: string; parameters: URLSearchParams; verifier: string },
    fetch: Fetch,
    now: () => number,
): Promise<OAuthTokens> {
    const { redirectUri, parameters, verifier } = grant;
    const [server, client] = [serverOf(metadata), { client_id: grant.clientId }];
    const outcome = await exchange(fetch, async (options) =>
        oauth.processAuthorizationCodeResponse(
            server,
            client,
            await oauth.authorizationCodeGrantRequest(
                server,
                client,
                publicClient,
                parameters,
                redirectUri,
                verifier,
                options,
            ),
        ),
    );
    const tokens = tokensOf(outcome, now);
    if (tokens.kind === 'done') return tokens.value;
    throw oauthRefusal(tokens.refusal, 'Signing in', metadata.issuer);
}

/** Like {@link RefreshOutcome} in login.ts. After `invalid_grant`, the person can sign in again as the same device. */
export async function refreshOAuth(
    stored: OAuthClient,
    refreshToken: string,
    fetch: Fetch,
    now: () => number,
): Promise<(OAuthTokens & { kind: 'tokens'; refreshToken: string }) | { kind: 'refused'; softLogout: boolean }> {
    const [server, client] = [storedServer(stored), { client_id: stored.clientId }];
    const outcome = await exchange(fetch, async (options) =>
        oauth.processRefreshTokenResponse(
            server,
            client,
            await oauth.refreshTokenGrantRequest(server, client, publicClient, refreshToken, options),
        ),
    );
    const tokens = tokensOf(outcome, now);
    if (tokens.kind === 'done')
        return { kind: 'tokens', ...tokens.value, refreshToken: tokens.value.refreshToken ?? refreshToken };
    const { refusal } = tokens;
    if (refusal.error === 'invalid_grant' || refusal.error === 'invalid_client')
        return { kind: 'refused', softLogout: true };
    throw oauthRefusal(refusal, 'Renewing the sign-in', stored.issuer);
}

/** ms. Signing out does not wait long for a server. */
const REVOKE_TIMEOUT_MS = 5_000;

/** Signs out (RFC 7009; by the specification this also deletes the device). @throws HushError. */
export async function revokeOAuth(stored: OAuthClient, token: string, fetch: Fetch): Promise<void> {
    const revoke = async (options: oauth.RevocationRequestOptions): Promise<undefined> =>
        oauth.processRevocationResponse(
            await oauth.revocationRequest(
                storedServer(stored),
                { client_id: stored.clientId },
                publicClient,
                token,
                options,
            ),
        );
    const outcome = await exchange(fetch, revoke, REVOKE_TIMEOUT_MS);
    // 401: the server has forgotten this client, so it has no valid tokens.
    if (outcome.kind === 'refused' && outcome.refusal.status !== 401)
        throw oauthRefusal(outcome.refusal, 'Signing out', stored.issuer);
}

const SENTENCES: Readonly<Record<string, string>> = {
    access_denied: 'The sign-in was refused on the web page. Begin again to choose differently.',
    expired_token: 'The code was not entered in time. Begin again.',
    invalid_grant: 'This way back from the browser was used already or is too old. Begin again.',
};

/** Turns an OAuth error code into a sentence. The server's description helps its administrator. */
export function oauthSentence(error: string, description?: string): string {
    const known = SENTENCES[error];
    if (known !== undefined) return known;
    return `The server refused the sign-in: ${(description ?? error).slice(0, 200)}`;
}

/** The answer has the form that the specification asks for, but Hush cannot use it. */
export const NONSENSE: OAuthRefusal = { status: 200, error: undefined, description: undefined };

export function oauthRefusal({ status, error, description }: OAuthRefusal, doing: string, issuer: string): HushError {
    if (status >= 500 || error === undefined)
        return new HushError(
            'server.error',
            `${doing} did not work: ${hostOf(issuer)} has a problem (status ${status}). Try again in a while.`,
        );
    return new HushError('login.refused', oauthSentence(error, description));
}
