/**
 * The homeserver that passes requests on to this service, which is an application service of it (MSC4512). It says who
 * is in a room (MSC4502) and ends memberships (MSC4140).
 */
import { timingSafeEqual } from 'node:crypto';
import * as v from 'valibot';

export interface HomeserverOptions {
    /** Of its client-server API. */
    readonly baseUrl: string;
    readonly serverName: string;
    /** Of the registration: ours at the homeserver, and the homeserver's here. */
    readonly asToken: string;
    readonly hsToken: string;
    readonly fetch?: typeof globalThis.fetch;
}
export interface Homeserver {
    readonly serverName: string;
    /** Whether a request with this `Authorization` header comes from the homeserver. */
    isSender(authorization: string | undefined): boolean;
    /** Rejects when the homeserver does not say. */
    isJoined(roomId: string, who: { readonly mxid: string } | { readonly server_name: string }): Promise<boolean>;
    /** `gone`: there is no such delayed event any more. Rejects when the homeserver does not answer. */
    delayed(delayId: string, action: 'restart' | 'send'): Promise<'ok' | 'gone'>;
    /** Sends a request to another homeserver, in the name of ours. Rejects when ours does not do it. */
    federate(
        destination: string,
        path: string,
        body: object,
    ): Promise<{ readonly status: number; readonly content: unknown }>;
}

const TIMEOUT_MS = 10_000;
const joinedAnswer = v.looseObject({ joined: v.boolean() });
const federatedAnswer = v.looseObject({ status: v.number(), content: v.optional(v.unknown()) });

export function createHomeserver(options: HomeserverOptions): Homeserver {
    const { serverName, asToken, hsToken, fetch = globalThis.fetch } = options;
    const api = `${options.baseUrl.replace(/\/+$/u, '')}/_matrix/client/unstable`;
    const ask = (path: string, token: string | undefined, body?: object): Promise<Response> =>
        fetch(`${api}/${path}`, {
            method: body === undefined ? 'GET' : 'POST',
            headers: {
                'Content-Type': 'application/json',
                ...(token !== undefined && { Authorization: `Bearer ${token}` }),
            },
            signal: AbortSignal.timeout(TIMEOUT_MS),
            ...(body !== undefined && { body: JSON.stringify(body) }),
        });
    return {
        serverName,
        isSender(authorization) {
            const [given, wanted] = [Buffer.from(authorization ?? ''), Buffer.from(`Bearer ${hsToken}`)];
            return given.length === wanted.length && timingSafeEqual(given, wanted);
        },
        async isJoined(roomId, who) {
            const query = new URLSearchParams({ ...who }).toString();
            const answer = await ask(
                `io.element.msc4502/rooms/${encodeURIComponent(roomId)}/is_joined?${query}`,
                asToken,
            );
            if (!answer.ok) throw new Error(`is_joined has status ${answer.status}`);
            return v.parse(joinedAnswer, await answer.json()).joined;
        },
        async delayed(delayId, action) {
            // The ID is the secret. No token is needed.
            const path = `org.matrix.msc4140/delayed_events/${encodeURIComponent(delayId)}/${action}`;
            const answer = await ask(path, undefined, {});
            if (answer.status === 404) return 'gone';
            if (!answer.ok) throw new Error(`delayed_events has status ${answer.status}`);
            return 'ok';
        },
        async federate(destination, path, body) {
            const sent = { destination, method: 'POST', path, body };
            const answer = await ask('io.element.msc4512/appservice/fed_proxy', asToken, sent);
            if (!answer.ok) throw new Error(`fed_proxy has status ${answer.status}`);
            const { status, content } = v.parse(federatedAnswer, await answer.json());
            return { status, content };
        },
    };
}
