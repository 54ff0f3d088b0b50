/** Requests to the content repository whose bodies are streams. A slow line is fine; a dead one ends the request. */
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
    /** Replaces {@link PLACEHOLDER_TOKEN} with the account's token. */
    readonly fetch: Fetch;
    /** Default: the real one. */
    readonly after?: After;
}
/** Runs `work` after `ms`. The result cancels it. */
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
    /** The refusal as a sentence for a person. */
    error(doing: string, known?: KnownErrors): HushError;
}
export type MediaAnswer =
    { readonly ok: true; readonly response: Response } | { readonly ok: false; readonly refusal: MediaRefusal };

/** ms without a byte in either direction. */
export const DEAD_AFTER_MS = 90_000;

/**
 * fetch clones a request that it may send again after a redirect or a login. The clone keeps the whole stream in memory
 * (Fetch, "HTTP-network-or-cache fetch"). An upload needs neither, so both are turned off.
 */
const STREAMED = { duplex: 'half', redirect: 'error', window: null } as const;

/** Aborts when nothing moves. Call `alive` for each piece. */
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
        // The upload is encrypted, so its real type stays private.
        headers['Content-Type'] = 'application/octet-stream';
        headers['Content-Length'] = String(body.bytes); // Synapse refuses an upload without it
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

/** Turns anything that a transfer may throw into a HushError. */
export function mediaError(error: unknown, { baseUrl }: MediaServer, signal: AbortSignal): HushError {
    for (let e: unknown = error; e instanceof Error; e = e.cause) if (isHushError(e)) return e;
    if (isCancelled(signal)) return new HushError('file.cancelled', 'This was cancelled.');
    return networkError(error, URL.parse(baseUrl)?.host ?? 'The homeserver');
}

function isCancelled({ aborted, reason }: AbortSignal): boolean {
    return aborted && !(reason instanceof DOMException && reason.name === 'TimeoutError');
}

/**
 * Reads a response that is not a file, up to a size that no real one exceeds. Returns an empty text if it is longer.
 */
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
