/**
 * The authoriser’s endpoints. They take a Matrix identity and return a LiveKit token (MSC4195, `/sfu/get` and
 * `/get_token`).
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { RoomServiceClient } from 'livekit-server-sdk';
import {
    CALL_SOURCES,
    liveKitIdentity,
    liveKitRoom,
    parseGetToken,
    parseSfuGet,
    type ParseResult,
    type Source,
    type TokenRequest,
} from '../tokens/claims.ts';
import { HttpProblem, readJson, sendJson, sendProblem } from './authoriserHttp.ts';
import { createDelegations } from './delegations.ts';
import { createHomeserver, type HomeserverOptions } from './homeserver.ts';
import { createMemberEndpoints, type MemberEndpoints } from './memberEndpoints.ts';
import { createOpenIdCheck, type OpenIdCheck } from './openId.ts';
import { createRateLimit } from '../../core/base/rateLimit.ts';
import { mintToken, sha256Base64, type LiveKitKey } from '../tokens/roomTokens.ts';

/** What this service needs to know about the SFU's rooms. */
export type Rooms = Pick<RoomServiceClient, 'createRoom' | 'listRooms'> &
    Partial<Pick<RoomServiceClient, 'getParticipant'>>;

export interface AuthoriserOptions {
    /** The `ws:` or `wss:` URL that clients receive, such as `wss://livekit.example.org`. */
    readonly livekitUrl: string;
    readonly key: LiveKitKey;
    /** Users of these homeservers may open rooms. `*` means all homeservers. Other users may only join open rooms. */
    readonly fullAccessHomeservers: readonly string[];
    /** Maps a server name to its base URL, for homeservers without discovery. */
    readonly homeservers?: ReadonlyMap<string, string>;
    /** Default: the sources that Element Call publishes. */
    readonly sources?: readonly Source[];
    /** Per client address. Default: 10 requests a second, 100 at once. */
    readonly rateLimit?: { readonly perSecond: number; readonly burst: number };
    /** For a reverse proxy that sets X-Forwarded-For: uses the last entry as the client's address. */
    readonly trustForwardedFor?: boolean;
    /** One line per request, without tokens. */
    readonly log?: (line: string) => void;
    /** The homeserver that passes requests of its clients on (MSC4195). Default: none does. */
    readonly homeserver?: HomeserverOptions | undefined;
    readonly checkOpenId?: OpenIdCheck;
    readonly rooms?: Rooms;
}

export interface Authoriser {
    readonly listener: RequestListener;
    /** Looks after delegated leaves no longer. */
    close(): void;
}

/**
 * Seconds that a new room waits for its first participant, and that it stays after the last one. The values are those
 * of lk-jwt-service.
 */
const EMPTY_TIMEOUT_S = 300;
const DEPARTURE_TIMEOUT_S = 20;
const LIVEKIT_TIMEOUT_S = 5;

const PARSERS: Readonly<Record<string, (body: unknown) => ParseResult>> = {
    '/sfu/get': parseSfuGet,
    '/get_token': parseGetToken,
};

/**
 * A request handler for `node:http` with the client API of lk-jwt-service. It exchanges a Matrix OpenID token for a
 * LiveKit JWT of one room. As an application service of a homeserver it also answers what the homeserver's clients ask
 * there (MSC4195), with delegated leaves. Without one it has no `/delegate_delayed_leave`: clients send their own.
 */
export function createAuthoriser(options: AuthoriserOptions): Authoriser {
    const checkOpenId = options.checkOpenId ?? createOpenIdCheck(options.homeservers ?? new Map());
    const { apiKey, apiSecret } = options.key;
    const api = options.livekitUrl.replace(/^ws/, 'http');
    const rooms = options.rooms ?? new RoomServiceClient(api, apiKey, apiSecret, { requestTimeout: LIVEKIT_TIMEOUT_S });
    const limit = createRateLimit({ perSecond: 10, burst: 100, ...options.rateLimit, now: () => performance.now() });
    const everybody = options.fullAccessHomeservers.includes('*');
    const log = options.log ?? (() => {});

    const authorise = async (request: TokenRequest): Promise<{ jwt: string; userId: string }> => {
        const who = await checkOpenId(request.openId);
        if (!who.ok) {
            throw who.cause === 'refused'
                ? new HttpProblem(401, 'M_UNAUTHORIZED', who.reason)
                : new HttpProblem(502, 'M_UNKNOWN', who.reason);
        }
        if (request.member !== undefined && request.member.claimedUserId !== who.userId) {
            throw new HttpProblem(403, 'M_FORBIDDEN', 'member.claimed_user_id is not the user of the OpenID token.');
        }
        const room = liveKitRoom(request.roomId, request.slotId, sha256Base64);
        const mayCreate = everybody || options.fullAccessHomeservers.includes(request.openId.serverName);
        await openRoom(rooms, room, mayCreate);
        const identity = liveKitIdentity(request, who.userId, sha256Base64);
        const sources = options.sources ?? CALL_SOURCES;
        return { jwt: await mintToken(options.key, { identity, room, canPublish: true, sources }), userId: who.userId };
    };

    const members = options.homeserver && memberEndpoints(options.homeserver, options.livekitUrl);
    function memberEndpoints(of: HomeserverOptions, livekitUrl: string): MemberEndpoints & { close(): void } {
        const homeserver = createHomeserver(of);
        const delegations = createDelegations({
            isThere: (room, identity) => isThere(rooms, room, identity),
            delayed: (delayId, action) => homeserver.delayed(delayId, action),
            now: () => performance.now(),
            log,
        });
        const endpoints = createMemberEndpoints({
            homeserver,
            livekitUrl,
            delegations,
            async mint({ room, identity, canPublish }) {
                // Others only watch. Who may publish opens the room.
                await openRoom(rooms, room, canPublish);
                return mintToken(options.key, { identity, room, canPublish, sources: options.sources ?? CALL_SOURCES });
            },
        });
        return { ...endpoints, close: delegations.close };
    }

    const answer = async (incoming: IncomingMessage, outgoing: ServerResponse, path: string): Promise<string> => {
        if (incoming.method === 'OPTIONS') return sendJson(outgoing, 204);
        if (path === '/healthz') {
            if (incoming.method !== 'GET') throw new HttpProblem(405, 'M_UNRECOGNIZED', 'Use GET.');
            return sendJson(outgoing, 200, {});
        }
        if (members?.has(path)) {
            if (incoming.method !== 'POST') throw new HttpProblem(405, 'M_UNRECOGNIZED', 'Use POST.');
            const { body, who } = await members.answer(path, incoming.headers, await readJson(incoming));
            sendJson(outgoing, 200, body);
            return who;
        }
        const parse = Object.hasOwn(PARSERS, path) ? PARSERS[path] : undefined;
        if (parse === undefined) throw new HttpProblem(404, 'M_UNRECOGNIZED', 'There is no such endpoint.');
        if (incoming.method !== 'POST') throw new HttpProblem(405, 'M_UNRECOGNIZED', 'Use POST.');
        const waitMs = limit.take(clientAddress(incoming, options.trustForwardedFor === true));
        if (waitMs > 0) throw new HttpProblem(429, 'M_LIMIT_EXCEEDED', 'Too many requests.', waitMs);
        const parsed = parse(await readJson(incoming));
        if (!parsed.ok) throw new HttpProblem(400, 'M_BAD_JSON', `${parsed.reason}.`);
        const { jwt, userId } = await authorise(parsed.request);
        sendJson(outgoing, 200, { url: options.livekitUrl, jwt });
        return userId;
    };

    const listener: RequestListener = (incoming, outgoing) => {
        // Removes the query before anything is logged, because it may hold a token.
        const path = (incoming.url ?? '/').split('?', 1)[0] ?? '/';
        answer(incoming, outgoing, path).then(
            (who) => path === '/healthz' || log(`${incoming.method} ${path} ${outgoing.statusCode} ${who}`),
            (error: unknown) => {
                const problem =
                    error instanceof HttpProblem ? error : new HttpProblem(500, 'M_UNKNOWN', 'This service failed.');
                const known = Object.hasOwn(PARSERS, path) || members?.has(path) ? path : '(other path)';
                log(`${incoming.method} ${known} ${problem.status} ${problem.errcode}: ${problem.message}`);
                sendProblem(outgoing, problem);
            },
        );
    };
    return { listener, close: () => members?.close() };
}

/** Rejects when the SFU does not answer. */
async function isThere(rooms: Rooms, room: string, identity: string): Promise<boolean> {
    try {
        await rooms.getParticipant?.(room, identity);
        return true;
    } catch (error) {
        const status: unknown = error instanceof Error && 'status' in error ? error.status : undefined;
        if (status === 404) return false;
        throw new Error('the LiveKit server did not answer', { cause: error });
    }
}

/** Throws when the room is not open and may not be opened, or when the SFU does not answer. */
async function openRoom(rooms: Rooms, name: string, mayCreate: boolean): Promise<void> {
    let open: boolean;
    try {
        // Creating an existing room returns it, so two first members cannot race.
        if (mayCreate)
            await rooms.createRoom({ name, emptyTimeout: EMPTY_TIMEOUT_S, departureTimeout: DEPARTURE_TIMEOUT_S });
        open = mayCreate || (await rooms.listRooms([name])).length > 0;
    } catch {
        throw new HttpProblem(502, 'M_UNKNOWN', 'The LiveKit server did not answer.');
    }
    if (!open)
        throw new HttpProblem(
            403,
            'M_FORBIDDEN',
            'Users of this homeserver may only join a session that is open already.',
        );
}

function clientAddress(incoming: IncomingMessage, trustForwardedFor: boolean): string {
    const header = trustForwardedFor ? incoming.headers['x-forwarded-for'] : undefined;
    const forwarded = (Array.isArray(header) ? header.join(',') : header)?.split(',').at(-1)?.trim();
    return forwarded || incoming.socket.remoteAddress || 'unknown';
}
