/**
 * Renews an account's tokens below the SDK. The SDK gets {@link PLACEHOLDER_TOKEN} and this fetch, which replaces it
 * with the current token. matrix-js-sdk 43 refreshes tokens only for OAuth 2 sign-ins, not for those of `/login` with
 * `refresh_token: true`. Here the new pair also reaches the keychain before its first use.
 */
import { HushError, isHushError } from '../../core/base/errors.ts';
import type { Log } from '../../core/base/log.ts';
import { refreshOAuth, type OAuthClient } from '../signIn/oauth.ts';
import { refusalJson } from '../requests/boundedAnswer.ts';
import { matrixErrorBody, type Fetch } from '../requests/matrixHttp.ts';
import { refreshTokens } from '../signIn/login.ts';

/** Stands for "the current access token" in the SDK's requests. Not a secret. */
export const PLACEHOLDER_TOKEN = 'hush-current-token';

export interface Tokens {
    readonly accessToken: string;
    readonly refreshToken: string | undefined;
    /** ms since the epoch. */
    readonly expiresAt: number | undefined;
}
export interface TokenKeeperOptions {
    readonly baseUrl: string;
    readonly initial: Tokens;
    /** Set when an OAuth server issues and renews the tokens. */
    readonly oauth?: OAuthClient | undefined;
    /** Stores a new pair. The pair is used only after this resolves. */
    readonly save: (tokens: Tokens) => Promise<void>;
    readonly fetch: Fetch;
    readonly now: () => number;
    readonly log: Log;
    /** The server ended the sign-in. Nothing is sent in its name afterwards. Called once. */
    readonly onExpired: (reason: { softLogout: boolean }) => void;
    /** A renewed pair could not be stored and so is not used. Undefined: a later pair was stored. */
    readonly onUnsaved?: (error: HushError | undefined) => void;
}
export interface TokenKeeper {
    /** For `createClient({ fetchFn })`. */
    readonly fetch: Fetch;
    current(): Tokens;
    /** The server ended the sign-in. `soft`: it still has the device. */
    readonly expired: 'soft' | 'hard' | undefined;
}

/** A token is renewed this many ms before it expires. A token with a shorter life is renewed after 9/10 of it. */
const REFRESH_AHEAD_MS = 60_000;

export function createTokenKeeper(options: TokenKeeperOptions): TokenKeeper {
    const { baseUrl, now, log } = options;
    let tokens = options.initial;
    let since = now();
    let refreshing: Promise<void> | undefined;
    let expired: 'soft' | 'hard' | undefined;

    const expire = (softLogout: boolean): void => {
        if (expired) return;
        expired = softLogout ? 'soft' : 'hard';
        log.warn(`The server ended the session (${expired} logout)`);
        options.onExpired({ softLogout });
    };
    const refresh = async (refreshToken: string): Promise<void> => {
        const outcome = await (options.oauth
            ? refreshOAuth(options.oauth, refreshToken, options.fetch, now)
            : refreshTokens(baseUrl, refreshToken, options.fetch, now));
        if (outcome.kind === 'refused') return expire(outcome.softLogout);
        // The pair is saved before its first use. A server forgets the old refresh token when it first sees the new
        // access token. After a crash before the save, the old refresh token is still known and works once more.
        try {
            await options.save(outcome);
        } catch (cause) {
            const error = notStored(cause);
            options.onUnsaved?.(error);
            throw error;
        }
        options.onUnsaved?.(undefined);
        tokens = outcome;
        since = now();
        log.debug('Access token renewed');
    };
    /** All requests that need a new token wait for the same refresh. */
    const renew = (refreshToken: string): Promise<void> =>
        (refreshing ??= refresh(refreshToken).finally(() => {
            refreshing = undefined;
        }));

    const dueAt = (): number => {
        if (tokens.expiresAt === undefined || tokens.refreshToken === undefined) return Infinity;
        return tokens.expiresAt - Math.min(REFRESH_AHEAD_MS, (tokens.expiresAt - since) / 10);
    };
    const send = async (input: string | URL | Request, init: RequestInit): Promise<Response> => {
        const headers = new Headers(init.headers);
        headers.set('Authorization', `Bearer ${tokens.accessToken}`);
        return options.fetch(input, { ...init, headers });
    };
    const authorised: Fetch = async (input, init = {}) => {
        if (new Headers(init.headers).get('Authorization') !== `Bearer ${PLACEHOLDER_TOKEN}`)
            return options.fetch(input, init);
        if (!expired && tokens.refreshToken !== undefined && (refreshing || now() >= dueAt())) {
            const stillValid = tokens.expiresAt === undefined || now() < tokens.expiresAt;
            await renew(tokens.refreshToken).catch((error: unknown) => {
                if (!stillValid) throw error; // otherwise the old token works for this request
                log.warn('Renewing the access token early did not work', error);
            });
        }
        if (expired) return unknownToken();
        const used = tokens.accessToken;
        const response = await send(input, init);
        const refused = await unknownTokenOf(response);
        if (!refused) return response;
        if (used === tokens.accessToken) {
            // A hard logout deletes the device and its refresh token. With soft_logout, the refresh token may still
            // work. A homeserver with an OAuth server cannot tell the two apart (Synapse says soft_logout: false), but
            // the OAuth server can.
            const delegated = options.oauth !== undefined;
            if (tokens.refreshToken === undefined || (!delegated && refused.soft_logout !== true)) {
                expire(delegated || (refused.soft_logout ?? false));
                return response;
            }
            await renew(tokens.refreshToken);
            const renewed = tokens.accessToken;
            if (expired || !delegated) return expired ? response : send(input, init);
            const second = await send(input, init);
            // The server does not know a token that was just made, so the device is gone. Another token would not help.
            if (renewed === tokens.accessToken && (await unknownTokenOf(second))) expire(false);
            return second;
        }
        return expired ? response : send(input, init);
    };
    return {
        fetch: authorised,
        current: () => tokens,
        get expired() {
            return expired;
        },
    };
}

function notStored(cause: unknown): HushError {
    if (isHushError(cause) && cause.code === 'account.windowSilent') return cause;
    return new HushError(
        'account.storeFailed',
        'The renewed sign-in could not be stored. Unlock the keychain of this machine and try again.',
        { cause },
    );
}

/** The server does not, or no longer, know the token. */
async function unknownTokenOf(response: Response): Promise<ReturnType<typeof matrixErrorBody>> {
    if (response.status !== 401) return undefined;
    const refused = matrixErrorBody(await refusalJson(response));
    return refused?.errcode === 'M_UNKNOWN_TOKEN' ? refused : undefined;
}

/** The answer that the server would give again. It is made here so that nothing is sent with a dead token. */
function unknownToken(): Response {
    return Response.json({ errcode: 'M_UNKNOWN_TOKEN', error: 'The session has ended' }, { status: 401 });
}
