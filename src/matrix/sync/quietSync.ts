/**
 * Keeps rooms that cannot matter to Hush out of the sync, below the SDK. So an account with 500 rooms causes traffic
 * only for the few that Hush uses. A room that begins to matter is woken: the next answer holds all its state, as if we
 * had just joined. Hush looks whether a quiet room became encrypted when the person opens it, and checks one quiet room
 * each minute.
 */
import type { Log } from '../../core/base/log.ts';
import { matrixErrorBody, requestJson, type Fetch } from '../requests/matrixHttp.ts';
import { quietRoomsOf, withRoom } from './quietRooms.ts';

export interface QuietSyncOptions {
    readonly baseUrl: string;
    readonly userId: string;
    readonly accessToken: string;
    readonly fetch: Fetch;
    /** The filter without the excluded rooms. */
    readonly definition: () => Record<string, unknown>;
    readonly log: Log;
}
export interface QuietSync {
    /** Use it for every request of the SDK. */
    readonly fetch: Fetch;
    /** Takes the rooms of an earlier run from the SDK's saved data. Call it before the first request. */
    begin(saved: unknown, now: number): void;
    /** The person looks at this room. Resolves when we know whether it matters now. */
    look(roomId: string): Promise<void>;
    /** The number of rooms that are left out now. */
    readonly count: number;
    stop(): void;
}

/**
 * MSC4222: matrix-js-sdk requests it from every server. Synapse 1.163 supports it as an experiment without announcing
 * it. Measured: if a sync sees a room half made, the room arrives without our own membership, and never gets it.
 */
const STATE_AFTER = 'org.matrix.msc4222.use_state_after';
const LOOK_EVERY_MS = 60_000;
/** Requests by which we change a room or our membership in it. */
const CHANGES = /\/v3\/(?:join\/|rooms\/)([^/]+)(?:$|\/(?:join|leave|forget|state|upgrade|kick|ban|unban|invite)\b)/u;
const STATE_WITHIN_MS = 30_000;

export function createQuietSync(options: QuietSyncOptions): QuietSync {
    const { baseUrl, userId, accessToken, log } = options;
    const api = `${baseUrl}/_matrix/client/v3`;
    const quiet = new Set<string>();
    /** Woken rooms that no answer has included yet. */
    const woken = new Set<string>();
    /** The filter for the current quiet rooms. */
    let filter: { readonly of: string; readonly id: string } | undefined;
    let interrupt = new AbortController();
    /** The next sync must answer at once. */
    let urgent = false;
    let timer: NodeJS.Timeout | undefined;

    const ask = (path: string, body?: unknown) => requestJson(options.fetch, `${api}${path}`, { accessToken, body });
    async function filterId(): Promise<string | undefined> {
        const rooms = [...quiet].toSorted();
        const of = rooms.join();
        if (filter?.of === of) return filter.id;
        const definition = options.definition();
        const room = { ...(definition['room'] as object), not_rooms: rooms };
        const { status, body } = await ask(`/user/${encodeURIComponent(userId)}/filter`, { ...definition, room });
        const id = (body as { filter_id?: unknown } | undefined)?.filter_id;
        if (status !== 200 || typeof id !== 'string') return undefined;
        filter = { of, id };
        return id;
    }
    /**
     * Adds the woken rooms to the answer. If a room's state cannot be loaded, the room is quiet again and is checked
     * later.
     */
    async function complete(response: Response, since: string): Promise<Response> {
        // Reads the body inside the caller's `try`, because a woken room may interrupt it.
        const text = await response.text();
        const { status, headers } = response;
        if (!response.ok || woken.size === 0) return new Response(text, { status, headers });
        let answer = JSON.parse(text) as Record<string, unknown>;
        for (const roomId of [...woken]) {
            woken.delete(roomId);
            const state = await stateOf(options, roomId).catch((error: unknown) => {
                log.warn(`The state of ${roomId} could not be loaded`, error);
                return undefined;
            });
            if (state) answer = withRoom(answer, roomId, state, userId, since);
            else quiet.add(roomId);
        }
        return Response.json(answer, { status });
    }
    async function sync(asked: URL, init: RequestInit): Promise<Response> {
        asked.searchParams.delete(STATE_AFTER);
        const since = asked.searchParams.get('since');
        if (since === null) return options.fetch(asked, init);
        for (;;) {
            const url = new URL(asked);
            const id = quiet.size === 0 ? undefined : await filterId().catch(() => undefined);
            if (id !== undefined) url.searchParams.set('filter', id);
            if (urgent) url.searchParams.set('timeout', '0');
            urgent = false;
            const { signal } = interrupt;
            try {
                const either = init.signal ? AbortSignal.any([init.signal, signal]) : signal;
                return await complete(await options.fetch(url, { ...init, signal: either }), since);
            } catch (error) {
                // A room was woken, so the sync is requested again with it.
                if (!signal.aborted || init.signal?.aborted) throw error;
            }
        }
    }
    function wake(roomId: string): void {
        if (!quiet.delete(roomId)) return;
        log.info(`${roomId} is in the sync from now on`);
        woken.add(roomId);
        urgent = true;
        interrupt.abort();
        interrupt = new AbortController();
    }
    async function look(roomId: string): Promise<void> {
        if (!quiet.has(roomId)) return;
        const state = `/rooms/${encodeURIComponent(roomId)}/state`;
        try {
            const encryption = await ask(`${state}/m.room.encryption/`);
            if (encryption.status === 200) return wake(roomId);
            const { status, body } = await ask(`${state}/m.room.member/${encodeURIComponent(userId)}`);
            const left = status === 200 && (body as { membership?: unknown } | undefined)?.membership !== 'join';
            if (left || (status === 403 && matrixErrorBody(body)?.errcode === 'M_FORBIDDEN')) wake(roomId);
        } catch (error) {
            log.debug(`Checking ${roomId} failed: ${String(error)}`);
        }
    }
    const lookAtNext = (): void => {
        const [roomId] = quiet;
        if (roomId === undefined) return;
        // Moves it to the end of the queue.
        quiet.delete(roomId);
        quiet.add(roomId);
        void look(roomId);
    };
    return {
        async fetch(input, init = {}) {
            const url = new URL(input instanceof Request ? input.url : input);
            if (url.pathname.endsWith('/v3/sync')) return sync(url, init);
            const response = await options.fetch(input, init);
            const roomId =
                response.ok && (init.method ?? 'GET') !== 'GET' ? CHANGES.exec(url.pathname)?.[1] : undefined;
            if (roomId !== undefined) wake(decodeURIComponent(roomId));
            return response;
        },
        begin(saved, now) {
            for (const roomId of quietRoomsOf(saved, userId, now)) quiet.add(roomId);
            if (quiet.size === 0) return;
            log.info(`${quiet.size} rooms are left out of the sync: they are not encrypted`);
            timer = setInterval(lookAtNext, LOOK_EVERY_MS).unref();
        },
        look,
        get count() {
            return quiet.size;
        },
        stop: () => clearInterval(timer),
    };
}

/** Undefined: the state could not be loaded. Empty: the server refuses it, because we are no longer in the room. */
async function stateOf(
    { baseUrl, accessToken, fetch }: QuietSyncOptions,
    roomId: string,
): Promise<readonly unknown[] | undefined> {
    // The size is not limited, because a large room has more state than any other answer.
    const response = await fetch(`${baseUrl}/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/state`, {
        headers: { Authorization: `Bearer ${accessToken}` },
        signal: AbortSignal.timeout(STATE_WITHIN_MS),
    });
    const state: unknown = await response.json().catch(() => undefined);
    if (response.status === 403 && matrixErrorBody(state)?.errcode === 'M_FORBIDDEN') return [];
    return response.ok && Array.isArray(state) ? state : undefined;
}
