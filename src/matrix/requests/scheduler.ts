/**
 * Every request of an account to its homeserver passes through here, below the SDK. Events to a room arrive in the
 * order in which they were sent. If the server asks for a pause (client-server API, "Rate limiting"), the request waits
 * and is repeated. Other requests with the same limit wait as well. If the pause is too long, the caller gets the
 * refusal.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../core/base/log.ts';
import { retryAfter, type Fetch } from './matrixHttp.ts';
import { refusalJson } from './boundedAnswer.ts';
import { laneOf, type Lane } from './lanes.ts';
import { isSendable, NOT_SENT_TOO_LARGE, tooLarge } from './eventSize.ts';

export interface SchedulerOptions {
    readonly fetch: Fetch;
    /** Monotonic ms. Default: the clock of the process. */
    readonly now?: () => number;
    /** ms since the epoch, for pauses that the server gives as a date. */
    readonly wallNow: () => number;
    readonly log: Log;
    /** Default: a real timer. Rejects when the signal does. */
    readonly wait?: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
}

/** ms that one request waits for all pauses together. */
export const PATIENCE_MS = 20_000;
/** ms, for a server that asks for a pause but names no length. */
const UNSAID_MS = 1_000;
/** ms, for a server that refuses but names a pause of zero. */
const LEAST_MS = 250;

/**
 * Rejects like `fetch`, and when the request's signal does. An event that is too large is answered here and not sent.
 */
export function createScheduler({
    fetch,
    now = () => performance.now(),
    wallNow,
    log,
    wait = realWait,
}: SchedulerOptions): Fetch {
    /** The last request of each order. */
    const tails = new Map<string, Promise<unknown>>();
    /** By limit: nothing is sent before this time (ms, by `now`). */
    const pausedUntil = new Map<string, number>();

    async function paced(lane: Lane, init: RequestInit, send: () => Promise<Response>): Promise<Response> {
        const { limit, impatient } = lane;
        const signal = init.signal ?? undefined;
        const giveUpAt = now() + (impatient ? 0 : PATIENCE_MS);
        for (;;) {
            for (let left = remaining(limit); left > 0; left = remaining(limit)) {
                if (now() + left > giveUpAt) return pausing(left);
                await wait(left, signal);
            }
            const response = await send();
            if (response.status !== 429) return response;
            const said =
                retryAfter(response.headers, JSON.stringify(await refusalJson(response)) ?? '', wallNow()) ?? UNSAID_MS;
            const asked = Math.max(LEAST_MS, said);
            pausedUntil.set(limit, Math.max(pausedUntil.get(limit) ?? 0, now() + asked));
            log.debug(`The server asks for a pause of ${asked} ms (${limit})`);
            if (now() + asked > giveUpAt || !isRepeatable(init.body)) return response;
        }
    }
    function remaining(limit: string): number {
        const left = (pausedUntil.get(limit) ?? 0) - now();
        if (left <= 0) pausedUntil.delete(limit);
        return left;
    }

    return async (input, init = {}) => {
        const url = new URL(input instanceof Request ? input.url : input);
        const lane = laneOf(init.method ?? 'GET', url.pathname);
        if (lane.order !== undefined && !isSendable(init.body)) return unsendable();
        const send = (): Promise<Response> => paced(lane, init, () => fetch(input, init));
        if (lane.order === undefined) return send();
        return inOrder(tails, lane.order, init.signal ?? undefined, send);
    };
}

/** Runs `work` after all earlier work with this key has ended, successfully or not. */
async function inOrder<T>(
    tails: Map<string, Promise<unknown>>,
    key: string,
    signal: AbortSignal | undefined,
    work: () => Promise<T>,
): Promise<T> {
    const before = tails.get(key);
    const turn = (async () => {
        await before;
        signal?.throwIfAborted();
        return work();
    })();
    const ended = turn.then(
        () => undefined,
        () => undefined,
    );
    tails.set(key, ended);
    void ended.then(() => (tails.get(key) === ended ? tails.delete(key) : undefined));
    if (!signal) return turn;
    // A caller that gives up does not wait for its turn.
    return new Promise<T>((resolve, reject) => {
        const giveUp = (): void => reject(signal.reason as Error);
        signal.addEventListener('abort', giveUp, { once: true });
        void turn.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
        if (signal.aborted) giveUp();
    });
}

/** A stream can be read only once. */
function isRepeatable(body: RequestInit['body']): boolean {
    return body === undefined || body === null || typeof body === 'string' || ArrayBuffer.isView(body);
}

/** The answer that the server would give. It is not asked again, because it already said so. */
function pausing(ms: number): Response {
    const body = { errcode: 'M_LIMIT_EXCEEDED', error: 'The server asked for a pause', retry_after_ms: ms };
    return Response.json(body, { status: 429, headers: { 'Retry-After': String(Math.ceil(ms / 1_000)) } });
}

/**
 * The refusal is an answer, not an error: for a rejected fetch, the SDK reports only that it did not reach the server.
 */
function unsendable(): Response {
    return Response.json({ errcode: NOT_SENT_TOO_LARGE, error: tooLarge().message }, { status: 413 });
}

async function realWait(ms: number, signal: AbortSignal | undefined): Promise<void> {
    try {
        await sleep(ms, undefined, signal ? { signal } : {});
    } catch (error) {
        signal?.throwIfAborted();
        throw error;
    }
}
