/**
 * Finds the LiveKit SFU on which this account publishes. The order is: the homeserver's RTC transports endpoint
 * (MSC4143), .well-known rtc_foci, the setting, the person's own server, the room's last share.
 */
import * as v from 'valibot';
import { HushError } from '../../core/base/errors.ts';
import { entriesOf, optional } from '../../core/base/lenient.ts';
import type { Log } from '../../core/base/log.ts';
import { refusedAnswer, requestJson, type Fetch } from '../requests/matrixHttp.ts';
import { isLoopbackHost } from '../../core/base/identifiers.ts';
import { ownServiceUrl, serviceUrlOf } from './ownTransport.ts';

type TransportSource = 'homeserver' | 'wellKnown' | 'setting' | 'ownServer' | 'room';

interface OwnTransport {
    /**
     * URL of an lk-jwt-service or a compatible service, exactly as advertised, because members find each other by this
     * string. Or a URL of the schemes in homeserverSfu.ts and ownTransport.ts.
     */
    readonly serviceUrl: string;
    readonly source: TransportSource;
}
export interface TransportSources {
    readonly baseUrl: string;
    /** The account's server name, for the request to .well-known. */
    readonly serverName: string;
    /** Replaces the placeholder in a request with the account's token. */
    readonly fetch: Fetch;
    readonly accessToken: string;
    /** `hush.livekit.serviceUrl`. Empty if it is not set. */
    readonly setting: () => string;
    /** The SFU whose API key the person holds. */
    readonly ownServer: () => Promise<string | undefined>;
    /** Whether the homeserver names this feature in `unstable_features` of /versions. */
    readonly supports: (feature: string) => Promise<boolean>;
    readonly log: Log;
    readonly now: () => number;
}
export interface Transports {
    /** `roomUrl`: the service in the room's `com.hush.livekit.session`. @throws HushError `media.noServer`. */
    own(roomUrl: string | undefined): Promise<OwnTransport>;
    /** The last result, for the diagnostics. */
    last(): OwnTransport | undefined;
}

const entry = v.looseObject({
    type: v.string(),
    url: optional(v.string()),
    livekit_service_url: optional(v.string()),
});
/** Synapse sends `rtc_transports`, the text of MSC4143 says `transports`. */
const transportsAnswer = v.looseObject({
    rtc_transports: optional(entriesOf(entry)),
    transports: optional(entriesOf(entry)),
});
const wellKnownAnswer = v.looseObject({ 'org.matrix.msc4143.rtc_foci': optional(entriesOf(entry)) });

/** ms that an answer is used. */
const FRESH_MS = 10 * 60_000;
/** ms that the answer "none" is used. An administrator may add a server while somebody shares. */
const NONE_FRESH_MS = 30_000;

export function createTransports(sources: TransportSources): Transports {
    const { fetch, log, now } = sources;
    let last: OwnTransport | undefined;
    let advertised: { at: number; freshMs: number; transport: Promise<OwnTransport | undefined> } | undefined;

    const fromHomeserver = async (): Promise<string | undefined> => {
        if (!(await sources.supports('org.matrix.msc4143'))) return undefined;
        const answer = await requestJson(
            fetch,
            `${sources.baseUrl}/_matrix/client/unstable/org.matrix.msc4143/rtc/transports`,
            { accessToken: sources.accessToken },
        );
        if (answer.status === 404 || answer.status === 405) return undefined; // not implemented
        const result = v.safeParse(transportsAnswer, answer.body);
        if (answer.status === 200 && result.success) {
            const { rtc_transports: today = [], transports: later = [] } = result.output;
            return firstUsable([...today, ...later], log);
        }
        if (answer.status >= 500 || answer.status === 429)
            throw refusedAnswer(answer, 'Asking the homeserver for its media server');
        return undefined;
    };
    const fromWellKnown = async (): Promise<string | undefined> => {
        const host = sources.serverName.replace(/:\d+$/u, '');
        const origin =
            isLoopbackHost(host) && sources.baseUrl.startsWith('http:')
                ? sources.baseUrl
                : `https://${sources.serverName}`;
        const answer = await requestJson(fetch, `${origin}/.well-known/matrix/client`, { timeoutMs: 5_000 }).catch(
            () => undefined,
        );
        const result = v.safeParse(wellKnownAnswer, answer?.body);
        return answer?.status === 200 && result.success
            ? firstUsable(result.output['org.matrix.msc4143.rtc_foci'] ?? [], log)
            : undefined;
    };
    const discover = async (): Promise<OwnTransport | undefined> => {
        const homeserver = await fromHomeserver();
        if (homeserver !== undefined) return { serviceUrl: homeserver, source: 'homeserver' };
        const wellKnown = await fromWellKnown();
        return wellKnown === undefined ? undefined : { serviceUrl: wellKnown, source: 'wellKnown' };
    };

    return {
        last: () => last,
        async own(roomUrl) {
            if (!advertised || now() - advertised.at > advertised.freshMs)
                advertised = { at: now(), freshMs: FRESH_MS, transport: discover() };
            const pending = advertised;
            let found: OwnTransport | undefined;
            try {
                found = await pending.transport;
                if (!found) pending.freshMs = NONE_FRESH_MS;
            } catch (error) {
                if (advertised === pending) advertised = undefined; // the next call asks again
                throw error;
            }
            const setting = sources.setting().trim();
            if (!found && setting !== '')
                found = {
                    serviceUrl: assertServiceUrl(setting, 'The setting hush.livekit.serviceUrl'),
                    source: 'setting',
                };
            const ownSfu = found ? undefined : await sources.ownServer();
            if (ownSfu !== undefined) found = { serviceUrl: ownServiceUrl(ownSfu), source: 'ownServer' };
            if (!found && roomUrl !== undefined && isServiceUrl(roomUrl) && !isLocalUrl(roomUrl, sources.baseUrl))
                found = { serviceUrl: roomUrl, source: 'room' };
            if (!found) {
                throw new HushError(
                    'media.noServer',
                    'This room has no media server: neither your homeserver nor the setting hush.livekit.serviceUrl names a LiveKit service. Ask the administrator of the homeserver for one, or set your own.',
                );
            }
            last = found;
            return found;
        },
    };
}

function firstUsable(entries: readonly v.InferOutput<typeof entry>[], log: Log): string | undefined {
    for (const transport of entries) {
        const { url, livekit_service_url: service } = transport;
        const serviceUrl = serviceUrlOf({
            ...transport,
            ...(service !== undefined && !isServiceUrl(service) && { livekit_service_url: undefined }),
        });
        if (serviceUrl !== undefined) return serviceUrl;
        const named = service ?? url;
        if (named !== undefined)
            log.warn(`A LiveKit service URL that is not https was ignored: ${named.slice(0, 200)}`);
    }
    return undefined;
}

/** The service is on this machine and the homeserver is not. So nobody else can mean the same service by this URL. */
export function isLocalUrl(serviceUrl: string, baseUrl: string): boolean {
    return isLoopbackHost(new URL(serviceUrl).hostname) && !isLoopbackHost(new URL(baseUrl).hostname);
}

/** https, or http on this machine, with a plain path. So a room cannot choose the request that we make there. */
export function isServiceUrl(text: string): boolean {
    const url = URL.parse(text);
    if (!url || url.username || url.password || url.search || url.hash) return false;
    return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname));
}

/** @throws HushError `media.tokenRefused`. */
export function assertServiceUrl(text: string, what: string): string {
    if (isServiceUrl(text)) return text;
    throw new HushError(
        'media.tokenRefused',
        `${what} is not an https URL of a LiveKit service, so Hush does not use it.`,
    );
}
