/** ICE servers of the homeserver (`/voip/turnServer`). They are requested again before their credentials expire. */
import * as v from 'valibot';
import type { Log } from '../../core/base/log.ts';
import { visibleLine } from '../../core/base/visibleText.ts';
import { iceUriProblem } from './iceUri.ts';

export interface IceServer {
    readonly urls: readonly string[];
    readonly username: string;
    readonly credential: string;
}
export interface IceServersOptions {
    /** GET /_matrix/client/v3/voip/turnServer. */
    readonly ask: () => Promise<unknown>;
    readonly now: () => number;
    readonly log: Log;
}
export interface IceServers {
    /** Never rejects: without ICE servers, peers that can reach each other still connect. */
    get(): Promise<OfferedServers>;
    /** A browser refused these addresses. They are named once and given to no page again. */
    refused(urls: readonly string[]): void;
    /** For the diagnostics. Undefined before the homeserver was asked. */
    last(): { readonly used: readonly string[]; readonly leftOut: readonly string[] } | undefined;
}
interface OfferedServers {
    readonly servers: readonly IceServer[];
    /** The homeserver names servers, and none of them can be used. */
    readonly noneUsable: boolean;
}

/** A homeserver without TURN answers with an empty object. A field of another type counts as absent. */
const answer = v.looseObject({
    uris: v.optional(v.fallback(v.array(v.unknown()), []), []),
    username: v.optional(v.fallback(v.string(), ''), ''),
    password: v.optional(v.fallback(v.string(), ''), ''),
    ttl: v.optional(v.fallback(v.pipe(v.number(), v.finite(), v.minValue(0)), 3_600), 3_600),
});
/** More servers make every connection slower to start, and browsers refuse very many. */
const MAX_URIS = 20;
/** The part of the lifetime after which credentials are renewed. A call that starts with them can use the rest. */
const USED_UNTIL = 0.5;
/** ms until a homeserver that did not answer is asked again. */
const RETRY_MS = 60_000;
/** The most ms that an answer is used, whatever lifetime it names. */
const LONGEST_MS = 24 * 3_600_000;

interface Known {
    readonly uris: readonly string[];
    readonly username: string;
    readonly credential: string;
    readonly leftOut: readonly string[];
}
const NOTHING: Known = { uris: [], username: '', credential: '', leftOut: [] };

export function createIceServers({ ask, now, log }: IceServersOptions): IceServers {
    let cached: { until: number; readonly known: Promise<Known> } | undefined;
    let last: Known | undefined;
    /** By browsers. An address stays here: the same browser will not change its mind. */
    const refusedByBrowser = new Set<string>();
    const named = new Set<string>();

    const leaveOut = (uri: string, why: string): void => {
        if (named.has(uri)) return;
        named.add(uri);
        log.warn(`A server for direct connections is left out: ${shown(uri)} (${why})`);
    };
    const read = (body: unknown): Known & { readonly ttl: number } => {
        const result = v.safeParse(answer, body);
        if (!result.success) {
            log.warn('The homeserver’s TURN servers are not understood and not used');
            return { ...NOTHING, ttl: 0 };
        }
        const { username, password: credential, ttl } = result.output;
        const [uris, leftOut]: [string[], string[]] = [[], []];
        for (const uri of result.output.uris) {
            const problem = iceUriProblem(uri, username !== '' && credential !== '');
            const text = typeof uri === 'string' ? uri : (JSON.stringify(uri) ?? typeof uri);
            if (problem === undefined && !uris.includes(text) && uris.length < MAX_URIS) uris.push(text);
            else if (problem !== undefined) {
                leftOut.push(text);
                leaveOut(text, problem);
            }
        }
        return { uris, username, credential, leftOut, ttl };
    };
    const usable = ({ uris }: Known): string[] => uris.filter((uri) => !refusedByBrowser.has(uri));

    return {
        async get() {
            if (!cached || now() >= cached.until) {
                const known = ask().then(
                    (body) => {
                        const { ttl, ...rest } = read(body);
                        entry.until = now() + Math.min(LONGEST_MS, Math.max(RETRY_MS, ttl * 1_000 * USED_UNTIL));
                        return rest;
                    },
                    (error: unknown) => {
                        log.warn('The homeserver did not name its TURN servers', error);
                        entry.until = now() + RETRY_MS;
                        return NOTHING;
                    },
                );
                const entry = { until: Infinity, known };
                cached = entry;
            }
            const known = await cached.known;
            last = known;
            const { username, credential } = known;
            const urls = usable(known);
            return {
                servers: urls.length === 0 ? [] : [{ urls, username, credential }],
                noneUsable: urls.length === 0 && known.uris.length + known.leftOut.length > 0,
            };
        },
        refused(urls) {
            for (const url of urls) {
                refusedByBrowser.add(url);
                leaveOut(url, 'the browser refuses it');
            }
        },
        last: () =>
            last && {
                used: usable(last).map(shown),
                leftOut: [...last.leftOut, ...refusedByBrowser].map(shown),
            },
    };
}

/** The part of an address that a log line or a row of the diagnostics shows. */
function shown(uri: string): string {
    return visibleLine(uri, 100);
}
