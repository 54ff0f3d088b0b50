/**
 * Gets room tokens from an authoriser that is compatible with lk-jwt-service, for an OpenID token of the homeserver.
 * Publishing uses the identity of the membership. Watching uses another identity, because LiveKit removes the older of
 * two participants with the same one.
 */
import * as v from 'valibot';
import { HushError, isHushError } from '../../core/base/errors.ts';
import type { MediaGrant } from '../../core/share/mediaMessages.ts';
import { rateLimited, requestJson, type Fetch } from '../requests/matrixHttp.ts';
import type { JsonAnswer } from '../../core/account/jsonAnswer.ts';
import { isLoopbackHost } from '../../core/base/identifiers.ts';
import { ROOM_CALL_SLOT } from '../../core/rooms/eventTypes.ts';
import { homeserverSfu, type HomeserverSfu } from './homeserverSfu.ts';
import type { HomeserverTokens } from './homeserverTokens.ts';
import { ownSfuUrl } from './ownTransport.ts';
import type { OwnSfu } from '../../core/share/ownSfu.ts';
import { assertServiceUrl } from './transports.ts';

interface OpenIdToken {
    readonly access_token: string;
    readonly expires_in: number;
    readonly matrix_server_name: string;
    readonly token_type: string;
}
export interface GrantsOptions {
    readonly userId: string;
    readonly deviceId: string;
    /** Asks the homeserver. A token is reused until shortly before it expires. */
    readonly openIdToken: () => Promise<OpenIdToken>;
    /** Whether a service on this machine may be asked. Other members and rooms also name services. */
    readonly mayAskLocal: (serviceUrl: string) => boolean;
    /** An SFU whose API key is held by us or by somebody in the session. */
    readonly own: {
        readonly server: OwnSfu;
        readonly ask: (serviceUrl: string, roomId: string, tabId: string) => Promise<MediaGrant>;
    };
    readonly homeserver: Pick<HomeserverTokens, 'token'>;
    readonly fetch: Fetch;
    readonly now: () => number;
    /** A random UUID. */
    readonly uuid: () => string;
}
export interface Grants {
    /**
     * For the participant `@user:server:DEVICE`, or for the one whose identity is a hash of `hashedMember` (its
     * `member.id`).
     * @throws HushError `media.*`, `network.*`, `server.*`.
     */
    publish(serviceUrl: string, roomId: string, hashedMember?: string): Promise<MediaGrant>;
    /** Hosts of authorisation services that are older than lk-jwt-service 0.8, which has a security fix. */
    outdated(): readonly string[];
    /** For a separate participant per viewer tab. @throws HushError `media.*`, `network.*`. */
    view(serviceUrl: string, roomId: string, tabId: string): Promise<MediaGrant>;
}

const tokenAnswer = v.looseObject({
    url: v.pipe(v.string(), v.regex(/^wss?:\/\//u), v.maxLength(2_048)),
    jwt: v.pipe(v.string(), v.regex(/^[\w-]+\.[\w-]+\.[\w-]*$/u), v.maxLength(16_384)),
});
const TIMEOUT_MS = 10_000;
/** ms before its expiry at which an OpenID token is replaced. */
const MARGIN_MS = 60_000;

export function createGrants(options: GrantsOptions): Grants {
    const { userId, deviceId, fetch, now } = options;
    let cached: { token: OpenIdToken; until: number } | undefined;
    const memberIds = new Map<string, string>();
    const outdated = new Set<string>();

    const openIdToken = async (): Promise<OpenIdToken> => {
        if (!cached || now() >= cached.until) {
            const token = await options.openIdToken();
            // The SDK passes on the homeserver's answer unchecked. A lifetime that is not a number counts as zero.
            const seconds = Number.isFinite(token.expires_in) ? token.expires_in : 0;
            cached = { token, until: now() + seconds * 1_000 - MARGIN_MS };
        }
        return cached.token;
    };
    /** Another member, or a service that it names, must not make our page connect to this machine. */
    const assertNotLocal = (url: string): void => {
        if (isLoopbackHost(new URL(url).hostname) && !options.mayAskLocal(url))
            throw new HushError(
                'media.tokenRefused',
                'The media server of this room is said to be on your own machine, so Hush does not use it.',
            );
    };
    const granted = (answer: JsonAnswer, serviceUrl: string): MediaGrant => {
        const grant = grantOf(answer, serviceUrl, () => {
            cached = undefined;
        });
        if (!isLoopbackHost(new URL(serviceUrl).hostname)) assertNotLocal(grant.url);
        return grant;
    };
    const ask = async (
        serviceUrl: string,
        path: 'sfu/get' | 'get_token',
        body: Record<string, unknown>,
    ): Promise<JsonAnswer> => {
        assertServiceUrl(serviceUrl, 'The media server of this room');
        assertNotLocal(serviceUrl);
        const url = `${serviceUrl.replace(/\/+$/u, '')}/${path}`;
        try {
            return await requestJson(fetch, url, { body, timeoutMs: TIMEOUT_MS });
        } catch (error) {
            if (!isHushError(error)) throw error;
            throw new HushError(
                error.code,
                `The media server at ${new URL(serviceUrl).host} cannot be reached. Check the connection, or tell its administrator.`,
                { cause: error },
            );
        }
    };
    const sfuGet = async (serviceUrl: string, roomId: string, device: string): Promise<JsonAnswer> =>
        ask(serviceUrl, 'sfu/get', { room: roomId, openid_token: await openIdToken(), device_id: device });

    const getToken = async (serviceUrl: string, roomId: string, memberId: string): Promise<JsonAnswer> =>
        ask(serviceUrl, 'get_token', {
            room_id: roomId,
            slot_id: ROOM_CALL_SLOT,
            openid_token: await openIdToken(),
            member: { id: memberId, claimed_user_id: userId, claimed_device_id: deviceId },
        });
    /**
     * A token from our homeserver. If it gives none, the older service is asked, provided the transport names one.
     */
    const homeserverGrant = async (sfu: HomeserverSfu, roomId: string, memberId: string): Promise<MediaGrant> => {
        assertNotLocal(sfu.url);
        const { serviceUrl } = sfu;
        const token = await options.homeserver.token(sfu, roomId, memberId).catch((error: unknown) => {
            // The other homeserver may have no such endpoint, which ours cannot always tell.
            if (serviceUrl === undefined) throw error;
            return undefined;
        });
        if (token !== undefined) return { url: sfu.url, token };
        if (serviceUrl === undefined) throw noTokens();
        return granted(await getToken(serviceUrl, roomId, memberId), serviceUrl);
    };

    /** A token made with our own key, if this SFU is ours. */
    const ownGrant = async (sfu: string, roomId: string, tabId?: string): Promise<MediaGrant | undefined> => {
        const { server } = options.own;
        if ((await server.url()) !== sfu) return undefined;
        const view = tabId === undefined ? {} : { tabId };
        return { url: sfu, token: await server.token({ roomId, userId, deviceId, ...view }) };
    };

    return {
        outdated: () => [...outdated],
        async publish(serviceUrl, roomId, hashedMember) {
            const own = ownSfuUrl(serviceUrl);
            const mine = own === undefined ? undefined : await ownGrant(own, roomId);
            if (mine) return mine;
            const sfu = homeserverSfu(serviceUrl);
            if (hashedMember === undefined) {
                const service = sfu ? sfu.serviceUrl : serviceUrl;
                if (service === undefined) throw noTokens();
                return granted(await sfuGet(service, roomId, deviceId), service);
            }
            if (sfu) return homeserverGrant(sfu, roomId, hashedMember);
            return granted(await getToken(serviceUrl, roomId, hashedMember), serviceUrl);
        },
        async view(serviceUrl, roomId, tabId) {
            let id = memberIds.get(tabId);
            if (id === undefined) memberIds.set(tabId, (id = options.uuid()));
            const sfu = ownSfuUrl(serviceUrl);
            if (sfu !== undefined) {
                const own = await ownGrant(sfu, roomId, id);
                if (own) return own;
                assertNotLocal(sfu);
                return options.own.ask(serviceUrl, roomId, id);
            }
            const ofHomeserver = homeserverSfu(serviceUrl);
            if (ofHomeserver) return homeserverGrant(ofHomeserver, roomId, id);
            let answer = await getToken(serviceUrl, roomId, id);
            // lk-jwt-service before 0.4 knows only /sfu/get. There a made-up device ID makes the identities different.
            if (answer.status === 404 || answer.status === 405 || answer.status === 501) {
                outdated.add(new URL(serviceUrl).host);
                answer = await sfuGet(serviceUrl, roomId, `${deviceId}_view_${id.slice(0, 8)}`);
            }
            return granted(answer, serviceUrl);
        },
    };
}

function noTokens(): HushError {
    return new HushError(
        'media.noServer',
        'Your homeserver gives no tokens for the media server of this session. Ask its administrator to set up MatrixRTC (MSC4195).',
    );
}

function grantOf(answer: JsonAnswer, serviceUrl: string, forgetOpenId: () => void): MediaGrant {
    const host = new URL(serviceUrl).host;
    if (answer.status === 429) throw rateLimited(answer.retryAfterMs);
    if (answer.status >= 500)
        throw new HushError(
            'server.error',
            `The media server at ${host} has a problem (status ${answer.status}). Try again in a while.`,
        );
    if (answer.status !== 200) {
        forgetOpenId();
        throw new HushError(
            'media.tokenRefused',
            `The media server at ${host} does not let you in (status ${answer.status}). Its administrator may restrict who can use it.`,
        );
    }
    const result = v.safeParse(tokenAnswer, answer.body);
    if (!result.success)
        throw new HushError(
            'media.tokenInvalid',
            `The media server at ${host} answered in a way Hush does not understand. Check that its URL belongs to a LiveKit authorisation service.`,
        );
    const sfu = new URL(result.output.url);
    if (sfu.protocol === 'ws:' && !isLoopbackHost(sfu.hostname)) {
        throw new HushError(
            'media.tokenInvalid',
            `The media server at ${host} offers an unencrypted connection (${sfu.host}), which Hush refuses.`,
        );
    }
    return { url: result.output.url, token: result.output.jwt };
}
