/**
 * Signs in through OAuth 2.0 (client-server API, "OAuth 2.0 API"; RFC 6749, 7591, 7636, 8252, 8628). The helper of
 * matrix-js-sdk uses the global fetch without a time limit and cannot be cancelled. It would also load the engine to
 * renew a token. So these requests use matrixHttp.ts.
 */
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { HushError } from '../../core/base/errors.ts';
import { entriesOf, optional } from '../../core/base/lenient.ts';
import { requestForm, requestJson, type Fetch } from '../requests/matrixHttp.ts';
import type { JsonAnswer } from '../../core/account/jsonAnswer.ts';
import { isLoopbackHost } from '../../core/base/identifiers.ts';

/**
 * Requests carry codes and tokens, and Hush opens some of these addresses for the person. So they must be https, or
 * http on this machine.
 */
const endpoint = v.pipe(
    v.string(),
    v.maxLength(2_000),
    v.check((text) => {
        const url = URL.parse(text);
        return url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopbackHost(url.hostname));
    }, 'not an https address'),
);
const listWith = (needed: string) =>
    v.pipe(
        entriesOf(v.string()),
        v.check((all) => all.includes(needed), `without ${needed}`),
    );
const list = optional(entriesOf(v.string()));
/** A value that is not a text counts as absent. An unsafe address makes the whole metadata invalid. */
const optionalEndpoint = v.pipe(
    v.optional(v.unknown()),
    v.transform((value) => (typeof value === 'string' ? value : undefined)),
    v.optional(endpoint),
);
const authMetadata = v.looseObject({
    issuer: v.string(),
    authorization_endpoint: endpoint,
    token_endpoint: endpoint,
    revocation_endpoint: endpoint,
    registration_endpoint: endpoint,
    response_types_supported: listWith('code'),
    grant_types_supported: list,
    code_challenge_methods_supported: listWith('S256'),
    device_authorization_endpoint: optionalEndpoint,
    account_management_uri: optionalEndpoint,
    account_management_actions_supported: list,
    prompt_values_supported: list,
    authorization_response_iss_parameter_supported: optional(v.boolean()),
});
export type AuthMetadata = v.InferOutput<typeof authMetadata>;

/** The data for renewing and revoking tokens. It holds no secret, because Hush is a public client. */
export interface OAuthClient {
    readonly issuer: string;
    readonly clientId: string;
    readonly tokenEndpoint: string;
    readonly revocationEndpoint: string;
}

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

/** Undefined: this homeserver has no OAuth. Stable since Matrix 1.15, under MSC2965 before. @throws HushError. */
export async function fetchAuthMetadata(
    baseUrl: string,
    versions: readonly string[],
    fetch: Fetch,
): Promise<AuthMetadata | undefined> {
    const path = versions.includes('v1.15') ? 'v1' : 'unstable/org.matrix.msc2965';
    const answer = await requestJson(fetch, `${baseUrl}/_matrix/client/${path}/auth_metadata`);
    if (answer.status === 404 || answer.status === 405 || answer.status === 400) return undefined;
    const result = v.safeParse(authMetadata, answer.body);
    if (answer.status === 200 && result.success) return result.output;
    const why = answer.status === 200 && !result.success ? result.issues[0].message : `status ${answer.status}`;
    throw new HushError('login.refused', `${hostOf(baseUrl)} does not say properly how to sign in (${why}).`);
}

/** Whether this server sent an answer with this `iss` (null: without one), and not another server (RFC 9207). */
export function isIssuedBy(metadata: AuthMetadata, iss: string | null): boolean {
    return iss === null ? metadata.authorization_response_iss_parameter_supported !== true : iss === metadata.issuer;
}

export function offersDeviceCode(metadata: AuthMetadata): boolean {
    return (
        metadata.device_authorization_endpoint !== undefined &&
        metadata.grant_types_supported?.includes(DEVICE_GRANT) === true
    );
}

const CLIENT_URI = 'https://github.com/hush/hush';
const registered = v.looseObject({ client_id: v.pipe(v.string(), v.minLength(1), v.maxLength(500)) });

/** Registers dynamically as a native client with loopback redirects (RFC 8252, 7.3: the port is not compared). */
export async function registerClient(metadata: AuthMetadata, redirectUri: string, fetch: Fetch): Promise<string> {
    const answer = await requestJson(fetch, metadata.registration_endpoint, {
        body: {
            application_type: 'native',
            client_name: 'Hush for VS Code',
            client_uri: CLIENT_URI,
            redirect_uris: [redirectUri],
            response_types: ['code'],
            grant_types: ['authorization_code', 'refresh_token', ...(offersDeviceCode(metadata) ? [DEVICE_GRANT] : [])],
            token_endpoint_auth_method: 'none',
        },
    });
    const result = v.safeParse(registered, answer.body);
    if (answer.status < 300 && result.success) return result.output.client_id;
    throw oauthRefusal(answer, 'Introducing Hush to the server', metadata.issuer);
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
    readonly random: (bytes: number) => Buffer;
}

export function authorizationRequest(metadata: AuthMetadata, options: AuthorizationOptions): AuthorizationRequest {
    const verifier = options.random(48).toString('base64url');
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
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        ...(create ? { prompt: 'create' } : {}),
    };
    for (const [key, value] of Object.entries(parameters)) url.searchParams.set(key, value);
    return { url: url.href, verifier };
}

const tokenAnswer = v.looseObject({
    access_token: v.pipe(v.string(), v.minLength(1)),
    token_type: v.pipe(
        v.string(),
        v.check((type) => type.toLowerCase() === 'bearer', 'not a bearer token'),
    ),
    refresh_token: optional(v.pipe(v.string(), v.minLength(1))),
    /** s */
    expires_in: optional(v.pipe(v.number(), v.minValue(0), v.finite())),
});
export interface OAuthTokens {
    readonly accessToken: string;
    readonly refreshToken: string | undefined;
    /** ms since the epoch. */
    readonly expiresAt: number | undefined;
}

function tokensOf(answer: JsonAnswer, now: () => number): OAuthTokens | undefined {
    const result = v.safeParse(tokenAnswer, answer.body);
    if (answer.status !== 200 || !result.success) return undefined;
    const { access_token: accessToken, refresh_token: refreshToken, expires_in: seconds } = result.output;
    return { accessToken, refreshToken, expiresAt: seconds === undefined ? undefined : now() + seconds * 1_000 };
}

/** @throws HushError `login.refused`, `network.*`. */
export async function exchangeCode(
    metadata: AuthMetadata,
    grant: { clientId: string; redirectUri: string; code: string; verifier: string },
    fetch: Fetch,
    now: () => number,
): Promise<OAuthTokens> {
    const answer = await requestForm(fetch, metadata.token_endpoint, {
        grant_type: 'authorization_code',
        client_id: grant.clientId,
        redirect_uri: grant.redirectUri,
        code: grant.code,
        code_verifier: grant.verifier,
    });
    const tokens = tokensOf(answer, now);
    if (!tokens) throw oauthRefusal(answer, 'Signing in', metadata.issuer);
    return tokens;
}

/** Like {@link RefreshOutcome} in login.ts. After `invalid_grant`, the person can sign in again as the same device. */
export async function refreshOAuth(
    oauth: OAuthClient,
    refreshToken: string,
    fetch: Fetch,
    now: () => number,
): Promise<(OAuthTokens & { kind: 'tokens'; refreshToken: string }) | { kind: 'refused'; softLogout: boolean }> {
    const answer = await requestForm(fetch, oauth.tokenEndpoint, {
        grant_type: 'refresh_token',
        client_id: oauth.clientId,
        refresh_token: refreshToken,
    });
    const tokens = tokensOf(answer, now);
    if (tokens) return { kind: 'tokens', ...tokens, refreshToken: tokens.refreshToken ?? refreshToken };
    if (oauthError(answer.body) === 'invalid_grant' || oauthError(answer.body) === 'invalid_client')
        return { kind: 'refused', softLogout: true };
    throw oauthRefusal(answer, 'Renewing the sign-in', oauth.issuer);
}

/** Signs out (RFC 7009; by the specification this also deletes the device). @throws HushError. */
export async function revokeOAuth(oauth: OAuthClient, token: string, fetch: Fetch): Promise<void> {
    const answer = await requestForm(
        fetch,
        oauth.revocationEndpoint,
        { token, client_id: oauth.clientId },
        { timeoutMs: 5_000 },
    );
    // 401: the server has forgotten this client, so it has no valid tokens.
    if (answer.status !== 200 && answer.status !== 401) throw oauthRefusal(answer, 'Signing out', oauth.issuer);
}

/** RFC 8628, section 3.2. */
const DEFAULT_INTERVAL_S = 5;

const deviceAnswer = v.looseObject({
    device_code: v.pipe(v.string(), v.minLength(1)),
    user_code: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
    verification_uri: endpoint,
    verification_uri_complete: optional(endpoint),
    /** s */
    expires_in: v.pipe(v.number(), v.minValue(1), v.maxValue(86_400)),
    /** s */
    interval: optional(v.pipe(v.number(), v.minValue(0), v.maxValue(600))),
});
export interface DeviceCode {
    readonly secret: string;
    /** The code that the person types on the page. */
    readonly userCode: string;
    readonly page: string;
    /** The same page with the code already filled in. */
    readonly completePage: string | undefined;
    /** ms from now. */
    readonly lifetimeMs: number;
    readonly intervalMs: number;
}

/** @throws HushError. */
export async function startDeviceCode(
    metadata: AuthMetadata,
    clientId: string,
    deviceId: string,
    fetch: Fetch,
): Promise<DeviceCode> {
    const answer = await requestForm(fetch, metadata.device_authorization_endpoint ?? '', {
        client_id: clientId,
        scope: scopeFor(deviceId),
    });
    const result = v.safeParse(deviceAnswer, answer.body);
    if (answer.status !== 200 || !result.success) throw oauthRefusal(answer, 'Asking for a code', metadata.issuer);
    const o = result.output;
    return {
        secret: o.device_code,
        userCode: o.user_code,
        page: o.verification_uri,
        completePage: o.verification_uri_complete,
        lifetimeMs: o.expires_in * 1_000,
        intervalMs: (o.interval ?? DEFAULT_INTERVAL_S) * 1_000,
    };
}

/**
 * Asks once whether the person has entered the code. `slower`: ask less often. @throws HushError when the code is no
 * longer valid.
 */
export async function lookAtDeviceCode(
    metadata: AuthMetadata,
    clientId: string,
    code: DeviceCode,
    fetch: Fetch,
    now: () => number,
): Promise<OAuthTokens | 'pending' | 'slower'> {
    const answer = await requestForm(fetch, metadata.token_endpoint, {
        grant_type: DEVICE_GRANT,
        client_id: clientId,
        device_code: code.secret,
    });
    const tokens = tokensOf(answer, now);
    if (tokens) return tokens;
    const error = oauthError(answer.body);
    if (error === 'authorization_pending') return 'pending';
    if (error === 'slow_down' || answer.status === 429 || answer.status >= 500) return 'slower';
    throw oauthRefusal(answer, 'Signing in', metadata.issuer);
}

const errorBody = v.looseObject({ error: v.string(), error_description: optional(v.string()) });

function oauthError(body: unknown): string | undefined {
    const result = v.safeParse(errorBody, body);
    return result.success ? result.output.error : undefined;
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

function oauthRefusal(answer: JsonAnswer, doing: string, issuer: string): HushError {
    const result = v.safeParse(errorBody, answer.body);
    if (answer.status >= 500 || !result.success)
        return new HushError(
            'server.error',
            `${doing} did not work: ${hostOf(issuer)} has a problem (status ${answer.status}). Try again in a while.`,
        );
    return new HushError('login.refused', oauthSentence(result.output.error, result.output.error_description));
}

/** The server's page where a person manages the devices and the account ("Account management URL discovery"). */
export function accountPage(metadata: AuthMetadata, wanted: readonly string[], deviceId?: string): string | undefined {
    if (metadata.account_management_uri === undefined) return undefined;
    const url = new URL(metadata.account_management_uri);
    const action = wanted.find((each) => metadata.account_management_actions_supported?.includes(each));
    if (action !== undefined) {
        url.searchParams.set('action', action);
        if (deviceId !== undefined) url.searchParams.set('device_id', deviceId);
    }
    return url.href;
}

function hostOf(url: string): string {
    return URL.parse(url)?.host ?? 'the server';
}
