/**
 * JSON over fetch for requests outside the SDK (discovery, login, refresh, media tokens). Turns every failure into a
 * sentence.
 */
import * as v from 'valibot';
import { HushError, isHushError, type ErrorCode } from '../../core/base/errors.ts';
import { optional } from '../../core/base/lenient.ts';
import { visibleLine } from '../../core/base/visibleText.ts';
import { boundedText } from './boundedAnswer.ts';
import { errcodeSentence } from './errcodes.ts';
import { NOT_SENT_TOO_LARGE, tooLarge } from './eventSize.ts';
import type { JsonAnswer } from '../../core/account/jsonAnswer.ts';

export type Fetch = typeof globalThis.fetch;

/**
 * The same fetch, but its promise rejects as soon as the request's signal does. Steps before a request (a token
 * renewal, the store) do not know the signal, but a person's request must still end within its time limit.
 */
export function abortable(fetch: Fetch): Fetch {
    return async (input, init) => {
        const signal = init?.signal;
        if (!signal) return fetch(input, init);
        signal.throwIfAborted();
        const { promise, reject } = Promise.withResolvers<never>();
        const giveUp = (): void => reject(signal.reason as Error);
        signal.addEventListener('abort', giveUp, { once: true });
        try {
            return await Promise.race([fetch(input, init), promise]);
        } finally {
            signal.removeEventListener('abort', giveUp);
        }
    };
}

export interface JsonRequest {
    readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
    readonly body?: unknown;
    readonly accessToken?: string;
    /** ms for the whole exchange. Default: 15,000. */
    readonly timeoutMs?: number;
}
/** The most bytes of an answer. */
export const MAX_BODY = 1_000_000;

/** Every HTTP status is an answer. @throws HushError `network.timeout` or `network.offline` when there is none. */
export async function requestJson(fetch: Fetch, url: string, request: JsonRequest = {}): Promise<JsonAnswer> {
    const headers: Record<string, string> = { Accept: 'application/json' };
    if (request.body !== undefined) headers['Content-Type'] = 'application/json';
    if (request.accessToken !== undefined) headers['Authorization'] = `Bearer ${request.accessToken}`;
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    const method = request.method ?? (body === undefined ? 'GET' : 'POST');
    return exchange(fetch, url, { method, headers, ...(body === undefined ? {} : { body }) }, request.timeoutMs);
}

async function exchange(fetch: Fetch, url: string, init: RequestInit, timeoutMs = 15_000): Promise<JsonAnswer> {
    let response: Response;
    let text: string | undefined;
    try {
        response = await fetch(url, { ...init, signal: AbortSignal.timeout(timeoutMs) });
        text = await boundedText(response, MAX_BODY);
    } catch (error) {
        if (isHushError(error)) throw error;
        throw networkError(error, hostOf(url));
    }
    return {
        status: response.status,
        body: parseJson(text ?? ''),
        retryAfterMs: retryAfter(response.headers, text ?? ''),
    };
}

export function networkError(cause: unknown, host: string): HushError {
    const name = cause instanceof Error ? cause.name : '';
    return name === 'TimeoutError' || name === 'AbortError'
        ? new HushError('network.timeout', `${host} did not answer in time. Check the connection and try again.`, {
              cause,
          })
        : new HushError('network.offline', `${host} cannot be reached. Check the connection and try again.`, { cause });
}

const matrixError = v.looseObject({
    errcode: v.string(),
    error: optional(v.string()),
    retry_after_ms: optional(v.pipe(v.number(), v.minValue(0), v.finite())),
    soft_logout: optional(v.boolean()),
});
export type MatrixErrorBody = v.InferOutput<typeof matrixError>;

/** The standard error response (client-server API, "Standard error response"), if `body` is one. */
export function matrixErrorBody(body: unknown): MatrixErrorBody | undefined {
    const result = v.safeParse(matrixError, body);
    return result.success ? result.output : undefined;
}

/** Sentences for codes that have a special meaning in one operation. */
export type KnownErrors = Readonly<Record<string, readonly [ErrorCode, string]>>;

/**
 * Turns a refusal into a sentence. The sentences in `known` come first, then the general ones. `doing`: "Inviting
 * @a:b".
 */
export function refusal(
    answer: { status: number; errcode: string | undefined; text: string | undefined; retryAfterMs: number | undefined },
    doing: string,
    known: KnownErrors = {},
    cause?: unknown,
): HushError {
    const { errcode, retryAfterMs, status } = answer;
    if (errcode === 'M_LIMIT_EXCEEDED' || status === 429) return rateLimited(retryAfterMs, cause);
    if (errcode === NOT_SENT_TOO_LARGE) return tooLarge(cause);
    const special = errcode !== undefined ? known[errcode] : undefined;
    if (special) return new HushError(special[0], special[1], { cause });
    if (status >= 500) {
        return new HushError(
            'server.error',
            `${doing} failed because the server has a problem (status ${status}). Try again in a while.`,
            { cause, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
        );
    }
    const sentence = errcodeSentence(doing, errcode, status);
    // The server's own words help its administrator. They are cut, because they may be long.
    const said = answer.text ? visibleLine(answer.text, 200) : undefined;
    if (sentence !== undefined)
        return new HushError('server.refused', said ? `${sentence} (The server says: ${said})` : sentence, { cause });
    const why = said ?? (errcode === undefined ? `status ${status}` : `${errcode}, status ${status}`);
    return new HushError('server.refused', `${doing} was refused by the server: ${why}`, { cause });
}

export function rateLimited(retryAfterMs: number | undefined, cause?: unknown): HushError {
    const wait = retryAfterMs === undefined ? 'a moment' : secondsText(retryAfterMs);
    return new HushError(
        'network.rateLimited',
        `The server asks for a pause: too many requests. Try again in ${wait}.`,
        { cause, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
    );
}

function secondsText(ms: number): string {
    const seconds = Math.max(1, Math.ceil(ms / 1_000));
    return seconds === 1 ? '1 second' : seconds < 120 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`;
}

export function refusedAnswer(answer: JsonAnswer, doing: string, known: KnownErrors = {}): HushError {
    const body = matrixErrorBody(answer.body);
    return refusal(
        { status: answer.status, errcode: body?.errcode, text: body?.error, retryAfterMs: answer.retryAfterMs },
        doing,
        known,
    );
}

/**
 * Converts anything that matrix-js-sdk throws. It checks the shape only, because pure files do not import the SDK's
 * classes.
 */
export function fromSdk(error: unknown, doing: string, known: KnownErrors = {}): HushError {
    if (isHushError(error)) return error;
    if (error instanceof Error) {
        if ('httpStatus' in error && typeof error.httpStatus === 'number') {
            const data = 'data' in error ? matrixErrorBody(error.data) : undefined;
            return refusal(
                {
                    status: error.httpStatus,
                    errcode: data?.errcode,
                    text: data?.error,
                    retryAfterMs: sdkRetryAfter(error) ?? data?.retry_after_ms,
                },
                doing,
                known,
                error,
            );
        }
        for (let e: unknown = error; e instanceof Error; e = e.cause) if (isHushError(e)) return e;
        if (error.name === 'ConnectionError' || error.name === 'AbortError' || error.name === 'TimeoutError')
            return networkError(error.name === 'ConnectionError' ? (error.cause ?? error) : error, 'The homeserver');
        if (error.cause instanceof Error) return fromSdk(error.cause, doing, known);
    }
    return new HushError(
        'internal',
        `${doing} did not work because of an unexpected problem. Run "Hush: Show Log" for the details.`,
        { cause: error },
    );
}

function sdkRetryAfter(error: Error): number | undefined {
    try {
        const read = (error as { getRetryAfterMs?: () => number | null }).getRetryAfterMs?.();
        return read ?? undefined;
    } catch {
        return undefined; // `Retry-After` is neither seconds nor a date
    }
}

/**
 * ms until a retry makes sense: from `Retry-After` in seconds or as a date (RFC 9110), else from the older
 * `retry_after_ms`.
 */
export function retryAfter(headers: Headers, text: string, now = Date.now()): number | undefined {
    const header = headers.get('Retry-After');
    if (header !== null && /^\d+$/u.test(header)) return Number(header) * 1_000;
    const date = header === null ? Number.NaN : Date.parse(header);
    if (!Number.isNaN(date)) return Math.max(0, date - now);
    return matrixErrorBody(parseJson(text))?.retry_after_ms;
}

function parseJson(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}

function hostOf(url: string): string {
    return URL.parse(url)?.host ?? 'The server';
}
