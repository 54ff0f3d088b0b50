/** The endpoints of MSC4195, as the homeserver passes them on: tokens for members, and delegated leaves. */
import type { IncomingHttpHeaders } from 'node:http';
import { belongsTo, liveKitRoom } from '../tokens/claims.ts';
import { sha256Base64 } from '../tokens/roomTokens.ts';
import { HttpProblem } from './authoriserHttp.ts';
import type { Delegations } from './delegations.ts';
import type { Homeserver } from './homeserver.ts';
import { memberIdentity, readMemberRequest, type MemberRequest } from './memberRequests.ts';

export interface MemberEndpointsOptions {
    readonly homeserver: Homeserver;
    /** The SFU's URL, as the homeserver advertises it. */
    readonly livekitUrl: string;
    readonly delegations: Pick<Delegations, 'take'>;
    /** Opens the room if it is not open, and makes a token. */
    readonly mint: (token: { room: string; identity: string; canPublish: boolean }) => Promise<string>;
}
interface MemberAnswer {
    readonly body: object;
    /** For the log. */
    readonly who: string;
}
export interface MemberEndpoints {
    /** Whether the path is one of these endpoints. */
    has(path: string): boolean;
    /** Rejects with an HttpProblem. */
    answer(path: string, headers: IncomingHttpHeaders, body: unknown): Promise<MemberAnswer>;
}

const PATH =
    /^\/_matrix\/(?<api>client|federation)\/(?:v1|unstable\/io\.element\.msc4195)\/rtc\/livekit\/(?<name>get_token|delegate_delayed_leave)$/u;
const FEDERATION_TOKEN = '/_matrix/federation/unstable/io.element.msc4195/rtc/livekit/get_token';

export function createMemberEndpoints(options: MemberEndpointsOptions): MemberEndpoints {
    const { homeserver, livekitUrl, delegations, mint } = options;
    const wanted = livekitUrl.replace(/\/+$/u, '');

    const assertOurs = ({ url }: MemberRequest): void => {
        if (url.replace(/\/+$/u, '') !== wanted)
            throw new HttpProblem(400, 'M_INVALID_PARAM', 'This homeserver does not know that media server.');
    };
    const assertJoined = async (roomId: string, mxid: string): Promise<void> => {
        const joined = await homeserver.isJoined(roomId, { mxid }).catch(() => undefined);
        if (joined === undefined) throw new HttpProblem(502, 'M_UNKNOWN', 'The homeserver did not answer.');
        if (!joined) throw new HttpProblem(403, 'M_FORBIDDEN', 'You are not in the room.');
    };
    const place = (request: MemberRequest, userId: string): { room: string; identity: string } => ({
        room: liveKitRoom(request.roomId, request.slotId, sha256Base64),
        identity: memberIdentity(request, userId, sha256Base64),
    });
    /** A member of another homeserver watches here. It publishes at home. */
    const token = async (request: MemberRequest, userId: string, canPublish: boolean): Promise<MemberAnswer> => {
        assertOurs(request);
        await assertJoined(request.roomId, userId);
        return { body: { jwt: await mint({ ...place(request, userId), canPublish }) }, who: userId };
    };
    const tokenElsewhere = async (request: MemberRequest, userId: string, server: string): Promise<MemberAnswer> => {
        await assertJoined(request.roomId, userId);
        const { url, roomId, slotId, memberId, deviceId } = request;
        const member = { id: memberId, ...(deviceId !== undefined && { claimed_device_id: deviceId }) };
        const body = { user_id: userId, url, room_id: roomId, slot_id: slotId, member, member_id: memberId };
        const answer = await homeserver.federate(server, FEDERATION_TOKEN, body).catch(() => undefined);
        const jwt = (answer?.content as { jwt?: unknown } | undefined)?.jwt;
        if (answer?.status === 200 && typeof jwt === 'string') return { body: { jwt }, who: userId };
        if (answer?.status === 403) throw new HttpProblem(403, 'M_FORBIDDEN', 'The other server refuses.');
        if (answer?.status === 400) throw new HttpProblem(400, 'M_INVALID_PARAM', 'The other server refuses.');
        if (answer?.status === 404) throw new HttpProblem(404, 'M_UNRECOGNIZED', 'The other server gives no tokens.');
        throw new HttpProblem(502, 'M_UNKNOWN', 'The other server gave no token.');
    };
    const delegate = async (request: MemberRequest, userId: string): Promise<MemberAnswer> => {
        const { delayId, roomId, slotId, memberId } = request;
        if (delayId === undefined) throw new HttpProblem(400, 'M_BAD_JSON', 'delay_id is missing.');
        assertOurs(request);
        await assertJoined(roomId, userId);
        const known = await homeserver.delayed(delayId, 'restart').catch(() => undefined);
        if (known === 'gone') throw new HttpProblem(400, 'M_INVALID_PARAM', 'There is no such delayed event.');
        if (known === undefined) throw new HttpProblem(502, 'M_UNKNOWN', 'The homeserver did not answer.');
        const key = JSON.stringify([roomId, slotId, userId, memberId]);
        if (!delegations.take({ key, userId, delayId, ...place(request, userId) }))
            throw new HttpProblem(429, 'M_LIMIT_EXCEEDED', 'There are too many delegations.', 60_000);
        return { body: {}, who: userId };
    };
    const header = (value: string | string[] | undefined): string | undefined =>
        typeof value === 'string' && value !== '' ? value : undefined;

    return {
        has: (path) => PATH.test(path),
        async answer(path, headers, body) {
            const { api, name } = PATH.exec(path)?.groups ?? {};
            if (!homeserver.isSender(headers.authorization))
                throw new HttpProblem(401, 'M_UNKNOWN_TOKEN', 'Only the homeserver may ask here.');
            const request = readMemberRequest(body);
            if (!request) throw new HttpProblem(400, 'M_BAD_JSON', 'The request is malformed.');
            if (api === 'federation') {
                const origin = header(headers['x-matrix-origin']);
                if (name !== 'get_token') throw new HttpProblem(404, 'M_UNRECOGNIZED', 'There is no such endpoint.');
                if (origin === undefined || request.userId === undefined || !belongsTo(request.userId, origin))
                    throw new HttpProblem(403, 'M_FORBIDDEN', 'The user is not of the server that asks.');
                return token(request, request.userId, false);
            }
            const userId = header(headers['x-matrix-user-identifier']);
            if (userId === undefined || !belongsTo(userId, homeserver.serverName))
                throw new HttpProblem(401, 'M_UNAUTHORIZED', 'The homeserver does not say who asks.');
            if (name === 'delegate_delayed_leave') return delegate(request, userId);
            const server = (request.serverName ?? homeserver.serverName).toLowerCase();
            return server === homeserver.serverName.toLowerCase()
                ? token(request, userId, true)
                : tokenElsewhere(request, userId, server);
        },
    };
}
