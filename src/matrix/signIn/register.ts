/**
 * Creates an account (client-server API, "Account registration"). Checks what the server offers, explains refusals, and
 * sends the request.
 */
import * as v from 'valibot';
import { HushError } from '../../core/base/errors.ts';
import { matrixErrorBody, refusedAnswer, requestJson, type Fetch, type KnownErrors } from '../requests/matrixHttp.ts';
import type { JsonAnswer } from '../../core/account/jsonAnswer.ts';
import { readSession, type Session } from './login.ts';
import { runUia, type UiaPrompts } from '../../core/account/runUia.ts';
import { readChallenge } from '../../core/account/uia.ts';

export interface Registration {
    readonly baseUrl: string;
    /** The localpart: the text between `@` and `:`. */
    readonly username: string;
    readonly password: string;
    readonly deviceName: string;
}

const NAME_ERRORS: KnownErrors = {
    M_USER_IN_USE: ['register.username', 'Somebody has this name already. Choose another.'],
    M_EXCLUSIVE: ['register.username', 'This name is reserved on this server. Choose another.'],
    M_INVALID_USERNAME: [
        'register.username',
        'This server does not allow that name. Use lowercase letters, digits and . _ = - / only.',
    ],
};
const PASSWORD_ERRORS: KnownErrors = {
    M_WEAK_PASSWORD: ['register.password', 'The server finds this password too weak. Choose a longer one.'],
    M_PASSWORD_TOO_SHORT: ['register.password', 'The server wants a longer password.'],
    M_PASSWORD_NO_DIGIT: ['register.password', 'The server wants a digit in the password.'],
    M_PASSWORD_NO_UPPERCASE: ['register.password', 'The server wants an uppercase letter in the password.'],
    M_PASSWORD_NO_LOWERCASE: ['register.password', 'The server wants a lowercase letter in the password.'],
    M_PASSWORD_NO_SYMBOL: ['register.password', 'The server wants a symbol in the password, such as ! or %.'],
    M_PASSWORD_IN_DICTIONARY: ['register.password', 'This password is a known word. Choose another.'],
};

/** Characters of new user names ("User Identifiers"). Historical characters are not allowed. */
const NEW_LOCALPART = /^[a-z0-9._=/+-]+$/u;

/** Why `username` is invalid. It is checked before any server is asked. Pure. */
export function usernameProblem(username: string): string | undefined {
    if (username === '') return 'Type the name you want.';
    if (!NEW_LOCALPART.test(username)) return 'Use lowercase letters, digits and . _ = - / + only.';
    return username.length > 200 ? 'This name is too long.' : undefined;
}

function refused(answer: JsonAnswer, host: string): HushError {
    const body = matrixErrorBody(answer.body);
    const errors = { ...NAME_ERRORS, ...PASSWORD_ERRORS };
    if (body?.errcode !== undefined && body.errcode in PASSWORD_ERRORS && body.error) {
        // The server's own sentence names the required length or the missing characters.
        return new HushError('register.password', `The server says: ${body.error.slice(0, 200)}`);
    }
    // Synapse answers M_FORBIDDEN if registration is closed, and M_UNRECOGNIZED if another service creates the
    // accounts.
    if (answer.status === 403 || answer.status === 404 || answer.status === 405 || body?.errcode === 'M_UNRECOGNIZED')
        return new HushError(
            'register.disabled',
            `${host} does not let people create accounts from here. Choose another server, ask its administrator for an account, or sign in with one you have.`,
        );
    return refusedAnswer(answer, 'Creating the account', errors);
}

/**
 * Whether the server lets people register from a client. False if it does not. @throws HushError for any other refusal.
 */
export async function registrationOffered(baseUrl: string, fetch: Fetch): Promise<boolean> {
    const answer = await requestJson(fetch, `${baseUrl}/_matrix/client/v3/register`, { body: {} });
    if (answer.status === 401 && readChallenge(answer.body)) return true;
    const error = refused(answer, new URL(baseUrl).host);
    if (error.code === 'register.disabled') return false;
    // The server asks for a user name first, so registration is open.
    if (answer.status === 400) return true;
    throw error;
}

/**
 * A sentence that says why this name is not available. Undefined if it is. @throws HushError when the server did not
 * say.
 */
export async function nameTaken(baseUrl: string, username: string, fetch: Fetch): Promise<string | undefined> {
    const url = `${baseUrl}/_matrix/client/v3/register/available?username=${encodeURIComponent(username)}`;
    const answer = await requestJson(fetch, url);
    if (answer.status === 200) return undefined;
    const error = refused(answer, new URL(baseUrl).host);
    if (error.code === 'register.username') return error.message;
    throw error;
}

/**
 * The first request. The server checks name and password before it asks for anything else.
 * @throws HushError `register.username`, `register.password`, `register.disabled`, `network.*`, `server.*`.
 */
export async function beginRegistration(request: Registration, fetch: Fetch): Promise<JsonAnswer> {
    const answer = await sendRegistration(request, undefined, fetch);
    if (answer.status === 200 || (answer.status === 401 && readChallenge(answer.body))) return answer;
    throw refused(answer, new URL(request.baseUrl).host);
}

function sendRegistration(
    { baseUrl, username, password, deviceName }: Registration,
    auth: Readonly<Record<string, unknown>> | undefined,
    fetch: Fetch,
): Promise<JsonAnswer> {
    return requestJson(fetch, `${baseUrl}/_matrix/client/v3/register`, {
        timeoutMs: 30_000,
        body: {
            username,
            password,
            initial_device_display_name: deviceName,
            refresh_token: true,
            ...(auth === undefined ? {} : { auth }),
        },
    });
}

export interface FinishRegistration {
    readonly request: Registration;
    /** The answer of {@link beginRegistration}. */
    readonly first: JsonAnswer;
    readonly prompts: UiaPrompts;
    readonly fetch: Fetch;
    /** ms since the epoch. */
    readonly now: () => number;
    readonly random: (bytes: number) => Buffer;
}

/** Completes the stages and signs in. Undefined: the person gave up. @throws HushError. */
export async function finishRegistration(options: FinishRegistration): Promise<Session | undefined> {
    const { request, first, prompts, fetch, now, random } = options;
    const { baseUrl } = request;
    const secret = random(24).toString('base64url');
    const answer = await runUia({
        baseUrl,
        first,
        prompts,
        send: (auth) => sendRegistration(request, auth, fetch),
        requestMail: async (address, attempt) => ({
            sid: await requestMail(baseUrl, address, secret, attempt, fetch),
            secret,
        }),
    });
    if (!answer) return undefined;
    if (answer.status !== 200) throw refused(answer, new URL(baseUrl).host);
    return readSession(answer.body, now, 'Creating the account');
}

const mailAnswer = v.looseObject({ sid: v.pipe(v.string(), v.minLength(1), v.maxLength(255)) });

async function requestMail(
    baseUrl: string,
    email: string,
    secret: string,
    attempt: number,
    fetch: Fetch,
): Promise<string> {
    const answer = await requestJson(fetch, `${baseUrl}/_matrix/client/v3/register/email/requestToken`, {
        body: { client_secret: secret, email, send_attempt: attempt },
        timeoutMs: 30_000,
    });
    const result = v.safeParse(mailAnswer, answer.body);
    if (answer.status === 200 && result.success) return result.output.sid;
    throw refusedAnswer(answer, 'Sending the mail', {
        M_THREEPID_IN_USE: ['register.email', 'An account has this address already. Sign in, or type another address.'],
        M_THREEPID_DENIED: ['register.email', 'This server does not accept that address. Type another.'],
        M_INVALID_EMAIL: ['register.email', 'That is no e-mail address.'],
        M_BAD_JSON: ['register.email', 'That is no e-mail address.'],
    });
}
