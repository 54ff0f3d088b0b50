/** Runs requests of oauth4webapi with a time limit and a bounded answer, and reads a refusal (RFC 6749, section 5.2). */
import { allowInsecureRequests, customFetch } from 'oauth4webapi';
import * as v from 'valibot';
import { HushError, isHushError } from '../../core/base/errors.ts';
import { optional } from '../../core/base/lenient.ts';
import { boundedText } from '../requests/boundedAnswer.ts';
import { MAX_BODY, networkError, type Fetch } from '../requests/matrixHttp.ts';

export interface OAuthRefusal {
    readonly status: number;
    /** Undefined: the answer names none, or it is not what the specification says. */
    readonly error: string | undefined;
    readonly description: string | undefined;
}
export type OAuthOutcome<T> =
    { readonly kind: 'done'; readonly value: T } | { readonly kind: 'refused'; readonly refusal: OAuthRefusal };

interface RequestOptions {
    readonly [customFetch]: (url: string, init: object) => Promise<Response>;
    readonly [allowInsecureRequests]: true;
}
const TIMEOUT_MS = 15_000;

/**
 * `work` makes one request with these options, and reads its answer. @throws HushError `network.timeout` or
 * `network.offline`.
 */
export async function exchange<T>(
    fetch: Fetch,
    work: (options: RequestOptions) => Promise<T>,
    timeoutMs = TIMEOUT_MS,
): Promise<OAuthOutcome<T>> {
    let answer: { readonly status: number; readonly text: string } | undefined;
    const options: RequestOptions = {
        // Hush refuses metadata with http addresses outside of this machine when it reads them.
        [allowInsecureRequests]: true,
        [customFetch]: async (url, init) => {
            try {
                // Credentials go only to the intended server. They do not follow a redirect.
                const asked = { ...init, redirect: 'error', signal: AbortSignal.timeout(timeoutMs) } as const;
                const response = await fetch(url, asked);
                const text = (await boundedText(response, MAX_BODY)) ?? '';
                const { status, headers } = response;
                answer = { status, text };
                return new Response(text === '' ? null : withoutTrifles(text), { status, headers });
            } catch (error) {
                if (isHushError(error)) throw error;
                throw networkError(error, URL.parse(url)?.host ?? 'The server');
            }
        },
    };
    try {
        return { kind: 'done', value: await work(options) };
    } catch (error) {
        if (error instanceof HushError || !answer) throw error;
        return { kind: 'refused', refusal: { status: answer.status, ...errorOf(answer.text) } };
    }
}

/** Optional fields that Hush reads, in the form in which it can. */
const readable = v.pipe(
    v.string(),
    v.parseJson(),
    v.looseObject({
        refresh_token: optional(v.pipe(v.string(), v.minLength(1))),
        expires_in: optional(v.pipe(v.number(), v.minValue(0), v.finite())),
        interval: optional(v.pipe(v.number(), v.gtValue(0), v.finite())),
        verification_uri_complete: optional(v.pipe(v.string(), v.minLength(1))),
    }),
);

/** A field that is optional, or that Hush does not read, ends no sign-in when the server has nonsense in it. */
function withoutTrifles(text: string): string {
    const result = v.safeParse(readable, text);
    if (!result.success) return text;
    const trifles = { scope: undefined, id_token: undefined, client_secret: undefined };
    return JSON.stringify({ ...result.output, ...trifles }); // leaves out what is undefined
}

const errorBody = v.pipe(
    v.string(),
    v.parseJson(),
    v.looseObject({ error: v.string(), error_description: optional(v.string()) }),
);

function errorOf(text: string): Pick<OAuthRefusal, 'error' | 'description'> {
    const result = v.safeParse(errorBody, text);
    return result.success
        ? { error: result.output.error, description: result.output.error_description }
        : { error: undefined, description: undefined };
}
