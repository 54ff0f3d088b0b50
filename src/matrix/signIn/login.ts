/**
 * Signs in with a password or a login token, and signs out (client-server API, "Login", "Logout", "Refreshing access
 * tokens").
 */
import * as v from 'valibot';
import { HushError } from '../../core/base/errors.ts';
import { entriesOf, optional } from '../../core/base/lenient.ts';
import { matrixErrorBody, refusedAnswer, requestJson, type Fetch, type KnownErrors } from '../requests/matrixHttp.ts';
import { parseUserId } from '../../core/base/identifiers.ts';

export interface Session {
    readonly userId: string;
    readonly deviceId: string;
    readonly accessToken: string;
    readonly refreshToken: string | undefined;
    /** ms since the epoch. Undefined: the token does not expire. */
    readonly expiresAt: number | undefined;
}
export interface IdentityProvider {
    readonly id: string;
    readonly name: string;
}
export interface LoginFlows {
    readonly password: boolean;
    /** Sign-in through the browser, with the providers if the server names any. */
    readonly sso: { readonly providers: readonly IdentityProvider[] } | undefined;
    /** A signed-in client can make a token for another one (`get_login_token`). */
    readonly token: boolean;
    /** All types that the server offers, for the sentence that says that none is supported. */
    readonly types: readonly string[];
}
export interface PasswordLogin {
    readonly baseUrl: string;
    /** A user ID, its localpart, or an e-mail address of the account. */
    readonly user: string;
    readonly password: string;
    /** Other clients show it to the person: "Hush on <machine> (VS Code)". */
    readonly deviceName: string;
    /** The earlier device, to keep it and its keys after a soft logout. */
    readonly deviceId?: string | undefined;
}

const provider = v.looseObject({
    id: v.pipe(v.string(), v.regex(/^[\w.~-]{1,255}$/u)),
    name: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
});
const flow = v.looseObject({
    type: v.pipe(v.string(), v.maxLength(255)),
    identity_providers: optional(entriesOf(provider)),
    get_login_token: optional(v.boolean()),
});
const flowsAnswer = v.looseObject({ flows: entriesOf(flow) });
const lifetime = optional(v.pipe(v.number(), v.minValue(0), v.finite()));
const token = v.pipe(v.string(), v.minLength(1));
const loginAnswer = v.looseObject({
    user_id: v.pipe(
        v.string(),
        v.check((id) => parseUserId(id) !== undefined),
    ),
    device_id: v.pipe(v.string(), v.minLength(1)),
    access_token: token,
    refresh_token: optional(token),
    expires_in_ms: lifetime,
});
const refreshAnswer = v.looseObject({
    access_token: token,
    refresh_token: optional(token),
    expires_in_ms: lifetime,
});

/** @throws HushError `server.*`, `network.*`. */
export async function loginFlows(baseUrl: string, fetch: Fetch): Promise<LoginFlows> {
    const answer = await requestJson(fetch, `${baseUrl}/_matrix/client/v3/login`);
    const result = v.safeParse(flowsAnswer, answer.body);
    if (answer.status !== 200 || !result.success) throw refusedAnswer(answer, 'Asking how to sign in');
    const { flows } = result.output;
    const types = flows.map(({ type }) => type);
    const sso = flows.find(({ type }) => type === 'm.login.sso');
    return {
        password: types.includes('m.login.password'),
        // A malformed provider is left out here. The server's own page still offers it.
        sso: sso && { providers: (sso.identity_providers ?? []).map(({ id, name }) => ({ id, name })) },
        token: flows.some((each) => each.type === 'm.login.token' && each.get_login_token === true),
        types,
    };
}

/**
 * The URL that the browser opens for SSO ("Client login via SSO"). The server then redirects to `redirectUrl` with a
 * `loginToken`.
 */
export function ssoUrl(baseUrl: string, redirectUrl: string, providerId: string | undefined): string {
    const path = providerId === undefined ? '' : `/${encodeURIComponent(providerId)}`;
    return `${baseUrl}/_matrix/client/v3/login/sso/redirect${path}?redirectUrl=${encodeURIComponent(redirectUrl)}`;
}

/** "Identifier types". An e-mail address has a dot after its `@`. A user ID begins with `@`. */
function identifierOf(user: string): Readonly<Record<string, string>> {
    const text = user.trim();
    return /^[^@\s]+@[^@\s]+\.[^@\s]+$/u.test(text)
        ? { type: 'm.id.thirdparty', medium: 'email', address: text.toLowerCase() }
        : { type: 'm.id.user', user: text };
}

const DEACTIVATED: KnownErrors[string] = [
    'login.deactivated',
    'This account has been deactivated, so nobody can sign in with it.',
];

/**
 * A server does not say whether the name or the password is wrong. The sentence names the account, so that a typing
 * error is visible.
 */
const passwordErrors = (user: string, host: string): KnownErrors => ({
    M_FORBIDDEN: ['login.wrongPassword', `${host} knows no account ${user} with this password.`],
    M_USER_DEACTIVATED: DEACTIVATED,
    M_INVALID_USERNAME: [
        'login.wrongPassword',
        'That is not a user name this server can have. Type it like @alice:example.org.',
    ],
});

const TOKEN_ERRORS: KnownErrors = {
    M_FORBIDDEN: ['login.wrongToken', 'This sign-in link or token has been used or is too old. Get a new one.'],
    M_USER_DEACTIVATED: DEACTIVATED,
};

/** The most characters of a name in a sentence. Matrix allows no longer user ID. */
const MAX_SHOWN = 255;

/** @throws HushError `login.*`, `network.*`, `server.*`. `now` in ms since the epoch. */
export async function logInWithPassword(request: PasswordLogin, fetch: Fetch, now: () => number): Promise<Session> {
    const flows = await loginFlows(request.baseUrl, fetch);
    if (!flows.password) {
        throw new HushError(
            'login.noSupportedFlow',
            `This server does not let people sign in with a password (it offers ${flows.types.join(', ') || 'nothing'}). Choose another way to sign in.`,
        );
    }
    const { user, password } = request;
    const credentials = { type: 'm.login.password', identifier: identifierOf(user), password };
    const known = passwordErrors(user.trim().slice(0, MAX_SHOWN), new URL(request.baseUrl).host);
    return logIn(request, credentials, known, fetch, now);
}

export type TokenLogin = Omit<PasswordLogin, 'user' | 'password'> & {
    /** A token from SSO, or from another client of the person. It works once and only for minutes. */
    readonly token: string;
};

/** @throws HushError `login.*`, `network.*`, `server.*`. `now` in ms since the epoch. */
export function logInWithToken(request: TokenLogin, fetch: Fetch, now: () => number): Promise<Session> {
    const credentials = { type: 'm.login.token', token: request.token };
    return logIn(request, credentials, TOKEN_ERRORS, fetch, now);
}

async function logIn(
    request: Omit<PasswordLogin, 'user' | 'password'>,
    credentials: Readonly<Record<string, unknown>>,
    known: KnownErrors,
    fetch: Fetch,
    now: () => number,
): Promise<Session> {
    const answer = await requestJson(fetch, `${request.baseUrl}/_matrix/client/v3/login`, {
        timeoutMs: 30_000, // password hashing is slow on a small server
        body: {
            ...credentials,
            initial_device_display_name: request.deviceName,
            refresh_token: true,
            ...(request.deviceId === undefined ? {} : { device_id: request.deviceId }),
        },
    });
    if (answer.status !== 200) throw refusedAnswer(answer, 'Signing in', known);
    return readSession(answer.body, now, 'Signing in');
}

/** Reads the answer to a sign-in or a registration. `now` in ms since the epoch. @throws HushError `login.refused`. */
export function readSession(body: unknown, now: () => number, doing: string): Session {
    const result = v.safeParse(loginAnswer, body);
    if (!result.success)
        throw new HushError(
            'login.refused',
            `${doing} worked on the server, but its answer makes no sense to Hush: ${result.issues[0].message}.`,
        );
    const {
        user_id: userId,
        device_id: deviceId,
        access_token: accessToken,
        refresh_token: refreshToken,
        expires_in_ms: ms,
    } = result.output;
    return { userId, deviceId, accessToken, refreshToken, expiresAt: ms === undefined ? undefined : now() + ms };
}

export type RefreshOutcome =
    | {
          readonly kind: 'tokens';
          readonly accessToken: string;
          readonly refreshToken: string;
          readonly expiresAt: number | undefined;
      }
    /** The server no longer knows the refresh token. */
    | { readonly kind: 'refused'; readonly softLogout: boolean };

/** @throws HushError when there is no answer, or when another attempt may succeed. */
export async function refreshTokens(
    baseUrl: string,
    refreshToken: string,
    fetch: Fetch,
    now: () => number,
): Promise<RefreshOutcome> {
    const answer = await requestJson(fetch, `${baseUrl}/_matrix/client/v3/refresh`, {
        body: { refresh_token: refreshToken },
    });
    const result = v.safeParse(refreshAnswer, answer.body);
    if (answer.status === 200 && result.success) {
        const { access_token: accessToken, refresh_token: next, expires_in_ms: ms } = result.output;
        return {
            kind: 'tokens',
            accessToken,
            refreshToken: next ?? refreshToken,
            expiresAt: ms === undefined ? undefined : now() + ms,
        };
    }
    // Synapse answers 401 if it does not have the token, for example because the device was deleted. It answers 403 if
    // the token is too old or was already used. It never sends soft_logout here.
    if (answer.status === 401 || answer.status === 403)
        return { kind: 'refused', softLogout: matrixErrorBody(answer.body)?.soft_logout ?? answer.status === 403 };
    throw refusedAnswer(answer, 'Renewing the sign-in');
}

/**
 * Invalidates the tokens on the server and deletes the device there. `everywhere`: all devices of the person. An
 * unknown token counts as success. @throws HushError.
 */
export async function logOut(
    baseUrl: string,
    accessToken: string,
    fetch: Fetch,
    everywhere: 'here' | 'everywhere' = 'here',
): Promise<void> {
    const path = everywhere === 'everywhere' ? 'logout/all' : 'logout';
    const answer = await requestJson(fetch, `${baseUrl}/_matrix/client/v3/${path}`, {
        body: {},
        accessToken,
        timeoutMs: everywhere === 'everywhere' ? 15_000 : 5_000,
    });
    if (answer.status !== 200 && answer.status !== 401) throw refusedAnswer(answer, 'Signing out');
}

/** The owner of the token. @throws HushError `account.expired` when the server does not know it. */
export async function whoami(
    baseUrl: string,
    accessToken: string,
    fetch: Fetch,
    timeoutMs = 15_000,
): Promise<{ userId: string; deviceId: string | undefined }> {
    const answer = await requestJson(fetch, `${baseUrl}/_matrix/client/v3/account/whoami`, { accessToken, timeoutMs });
    const result = v.safeParse(v.looseObject({ user_id: v.string(), device_id: optional(v.string()) }), answer.body);
    if (answer.status === 200 && result.success)
        return { userId: result.output.user_id, deviceId: result.output.device_id };
    throw refusedAnswer(answer, 'Asking who is signed in', {
        M_UNKNOWN_TOKEN: ['account.expired', 'The server ended this sign-in. Sign in again.'],
    });
}
