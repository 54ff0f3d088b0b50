/** Requests to the content repository whose bodies are streams: patient with slow lines, not with dead ones. */
import type { ReadableStream } from 'node:stream/web';
import { HushError, isHushError } from '../../core/base/errors.ts';
import {
    matrixErrorBody,
    networkError,
    refusal,
    retryAfter,
    type Fetch,
    type KnownErrors,
} from '../requests/matrixHttp.ts';
import { boundedText, MAX_REFUSAL } from '../requests/boundedAnswer.ts';
import { PLACEHOLDER_TOKEN } from '../account/tokenRefresh.ts';

export interface MediaServer {
    readonly baseUrl: string;
    /** Puts the account's token in the place of {@link PLACEHOLDER_TOKEN}. */
    readonly fetch: Fetch;
    /** Default: the real one. */
    readonly after?: After;
}
/** Does something in that many ms, unless what it returns calls it off. */
export type After = (ms: number, work: () => void) => () => void;
export interface MediaRequest {
    readonly method: 'GET' | 'POST' | 'PUT';
    readonly path: string;
    readonly body?: { readonly stream: ReadableStream; readonly bytes: number };
    readonly signal: AbortSignal;
}
export interface MediaRefusal {
    readonly status: number;
    readonly errcode: string | undefined;
    /** The same as the sentence for a person. */
    error(doing: string, known?: KnownErrors): HushError;
}
export type MediaAnswer =
    { readonly ok: true; readonly response: Response } | { readonly ok: false; readonly refusal: MediaRefusal };

/** ms without a byte in either direction. */
export const DEAD_AFTER_MS = 90_000;

/**
 * A request that may be sent again by fetch itself, after a redirect or a login, is cloned by it, and the clone keeps all
 * of a stream in memory (Fetch, "HTTP-network-or-cache fetch"). Neither may happen to an upload anyway.
 */
const STREAMED = { duplex: 'half', redirect: 'error', window: null } as const;

/** Aborts when nothing moves; `alive` is to be called for each piece. */
export interface Watchdog {
    readonly signal: AbortSignal;
    alive(): void;
    stop(): void;
}

export function createWatchdog(signal: AbortSignal, after: After = inTime): Watchdog {
    const dead = new AbortController();
    const watch = (): (() => void) =>
        after(DEAD_AFTER_MS, () => dead.abort(new DOMException('nothing moved', 'TimeoutError')));
    let stop = watch();
    return {
        signal: AbortSignal.any([signal, dead.signal]),
        alive() {
            stop();
            stop = watch();
        },
        stop: () => stop(),
    };
}

function inTime(ms: number, work: () => void): () => void {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
}

/** @throws HushError `network.*` when there is no answer, `file.cancelled` when `signal` ended it. */
export async function requestMedia(server: MediaServer, request: MediaRequest): Promise<MediaAnswer> {
    const { method, path, body, signal } = request;
    const headers: Record<string, string> = { Authorization: `Bearer ${PLACEHOLDER_TOKEN}` };
    if (body) {
        // What is uploaded is cipher text: its name and its type are nobody's business.
        headers['Content-Type'] = 'application/octet-stream';
        headers['Content-Length'] = String(body.bytes); // Synapse takes no upload without it
    }
    try {
        const response = await server.fetch(`${server.baseUrl.replace(/\/+$/u, '')}${path}`, {
            method,
            headers,
            signal,
            ...(body ? { ...STREAMED, body: body.stream } : {}),
        } as RequestInit);
        if (response.ok) return { ok: true, response };
        return { ok: false, refusal: await refusalOf(response) };
    } catch (error) {
        throw mediaError(error, server, signal);
    }
}

/** Anything that a transfer may throw, as a HushError. */
export function mediaError(error: unknown, { baseUrl }: MediaServer, signal: AbortSignal): HushError {
    for (let e: unknown = error; e instanceof Error; e = e.cause) if (isHushError(e)) return e;
    if (isCancelled(signal)) return new HushError('file.cancelled', 'This was cancelled.');
    return networkError(error, URL.parse(baseUrl)?.host ?? 'The homeserver');
}

function isCancelled({ aborted, reason }: AbortSignal): boolean {
    return aborted && !(reason instanceof DOMException && reason.name === 'TimeoutError');
}

/** Of an answer that is no file: so much that any honest one is whole. Empty: it is longer. */
export async function bodyText(response: Response): Promise<string> {
    return (await boundedText(response, MAX_REFUSAL)) ?? '';
}

async function refusalOf(response: Response): Promise<MediaRefusal> {
    const text = await bodyText(response);
    let parsed: unknown;
    try {
        parsed = JSON.parse(text);
    } catch {
        parsed = undefined;
    }
    const body = matrixErrorBody(parsed);
    const retryAfterMs = retryAfter(response.headers, text, Date.now());
    const { status } = response;
    return {
        status,
        errcode: body?.errcode,
        error: (doing, known) =>
            refusal({ status, errcode: body?.errcode, text: body?.error, retryAfterMs }, doing, known),
    };
}
