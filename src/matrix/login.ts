/** Signing in and out with a password (client-server API, "Login", "Logout", "Refreshing access tokens"). */
import * as v from 'valibot';
import { HushError } from '../extension/errors.ts';
import { matrixErrorBody, refusedAnswer, requestJson, type Fetch, type KnownErrors } from './http.ts';
import { parseUserId } from './serverName.ts';

export interface Session {
    readonly userId: string;
    readonly deviceId: string;
    readonly accessToken: string;
    readonly refreshToken: string | undefined;
    /** ms since the epoch; undefined when the token does not expire. */
    readonly expiresAt: number | undefined;
}
export interface LoginFlows {
    readonly password: boolean;
    /** All types that the server offers, for the sentence when none suits. */
    readonly types: readonly string[];
}
export interface PasswordLogin {
    readonly baseUrl: string;
    /** A user ID or its localpart. */
    readonly user: string;
    readonly password: string;
    /** Shown to the person in other clients: "Hush on <machine> (VS Code)". */
    readonly deviceName: string;
    /** To come back as the device we were, with its keys (after a soft logout). */
    readonly deviceId?: string | undefined;
}

const flowsAnswer = v.looseObject({ flows: v.array(v.looseObject({ type: v.string() })) });
const lifetime = v.optional(v.pipe(v.number(), v.minValue(0)));
const loginAnswer = v.looseObject({
    user_id: v.pipe(
        v.string(),
        v.check((id) => parseUserId(id) !== undefined),
    ),
    device_id: v.pipe(v.string(), v.minLength(1)),
    access_token: v.pipe(v.string(), v.minLength(1)),
    refresh_token: v.optional(v.string()),
    expires_in_ms: lifetime,
});
const refreshAnswer = v.looseObject({
    access_token: v.pipe(v.string(), v.minLength(1)),
    refresh_token: v.optional(v.string()),
    expires_in_ms: lifetime,
});

/** @throws HushError `server.*`, `network.*`. */
export async function loginFlows(baseUrl: string, fetch: Fetch): Promise<LoginFlows> {
    const answer = await requestJson(fetch, `${baseUrl}/_matrix/client/v3/login`);
    const result = v.safeParse(flowsAnswer, answer.body);
    if (answer.status !== 200 || !result.success) throw refusedAnswer(answer, 'Asking how to sign in');
    const types = result.output.flows.map(({ type }) => type);
    return { password: types.includes('m.login.password'), types };
}

const LOGIN_ERRORS: KnownErrors = {
    M_FORBIDDEN: ['login.wrongPassword', 'The user name or the password is wrong. Check both and try again.'],
    M_USER_DEACTIVATED: ['login.deactivated', 'This account has been deactivated, so nobody can sign in with it.'],
    M_INVALID_USERNAME: [
        'login.wrongPassword',
        'That is not a user name this server can have. Type it like @alice:example.org.',
    ],
};

/** @throws HushError `login.*`, `network.*`, `server.*`. `now` in ms since the epoch. */
export async function logInWithPassword(request: PasswordLogin, fetch: Fetch, now: () => number): Promise<Session> {
    const flows = await loginFlows(request.baseUrl, fetch);
    if (!flows.password) {
        throw new HushError(
            'login.noSupportedFlow',
            `This server does not let people sign in with a password (it offers ${flows.types.join(', ') || 'nothing'}), and Hush knows no other way yet.`,
        );
    }
    const answer = await requestJson(fetch, `${request.baseUrl}/_matrix/client/v3/login`, {
        timeoutMs: 30_000, // password hashing on a small server takes its time
        body: {
            type: 'm.login.password',
            identifier: { type: 'm.id.user', user: request.user },
            password: request.password,
            initial_device_display_name: request.deviceName,
            refresh_token: true,
            ...(request.deviceId === undefined ? {} : { device_id: request.deviceId }),
        },
    });
    if (answer.status !== 200) throw refusedAnswer(answer, 'Signing in', LOGIN_ERRORS);
    const result = v.safeParse(loginAnswer, answer.body);
    if (!result.success)
        throw new HushError(
            'login.refused',
            `The server answered the sign-in in a way Hush does not understand: ${result.issues[0].message}.`,
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
    /** The server does not know the refresh token any more. */
    | { readonly kind: 'refused'; readonly softLogout: boolean };

/** @throws HushError when there is no answer, or one worth asking again for. */
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
    if (answer.status === 401 || answer.status === 403)
        return { kind: 'refused', softLogout: matrixErrorBody(answer.body)?.soft_logout ?? false };
    throw refusedAnswer(answer, 'Renewing the sign-in');
}

/** Invalidates the tokens on the server and deletes the device there. An unknown token counts as done. @throws HushError. */
export async function logOut(baseUrl: string, accessToken: string, fetch: Fetch): Promise<void> {
    const answer = await requestJson(fetch, `${baseUrl}/_matrix/client/v3/logout`, {
        body: {},
        accessToken,
        timeoutMs: 5_000,
    });
    if (answer.status !== 200 && answer.status !== 401) throw refusedAnswer(answer, 'Signing out');
}

/** Whose token it is. @throws HushError `account.expired` when the server does not know it. */
export async function whoami(
    baseUrl: string,
    accessToken: string,
    fetch: Fetch,
): Promise<{ userId: string; deviceId: string | undefined }> {
    const answer = await requestJson(fetch, `${baseUrl}/_matrix/client/v3/account/whoami`, { accessToken });
    const result = v.safeParse(v.looseObject({ user_id: v.string(), device_id: v.optional(v.string()) }), answer.body);
    if (answer.status === 200 && result.success)
        return { userId: result.output.user_id, deviceId: result.output.device_id };
    throw refusedAnswer(answer, 'Asking who is signed in', {
        M_UNKNOWN_TOKEN: ['account.expired', 'The server ended this sign-in. Sign in again.'],
    });
}
