/** ICE servers of the homeserver (`/voip/turnServer`). They are requested again before their credentials expire. */
import * as v from 'valibot';
import type { Log } from '../../core/base/log.ts';

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

/** A homeserver without TURN answers with an empty object. */
const answer = v.looseObject({
    uris: v.optional(
        v.pipe(v.array(v.pipe(v.string(), v.regex(/^(?:stun|turn)s?:/u), v.maxLength(512))), v.maxLength(20)),
        [],
    ),
    username: v.optional(v.string(), ''),
    password: v.optional(v.string(), ''),
    ttl: v.optional(v.pipe(v.number(), v.minValue(0)), 3_600),
});
/** The part of the lifetime after which credentials are renewed. A call that starts with them can use the rest. */
const USED_UNTIL = 0.5;
/** ms until a homeserver that did not answer is asked again. */
const RETRY_MS = 60_000;

/** Never rejects: without ICE servers, peers that can reach each other still connect. */
export function createIceServers({ ask, now, log }: IceServersOptions): () => Promise<readonly IceServer[]> {
    let cached: { readonly until: number; readonly servers: Promise<readonly IceServer[]> } | undefined;
    return () => {
        if (cached && now() < cached.until) return cached.servers;
        const servers = ask().then(
            (body) => {
                const result = v.safeParse(answer, body);
                if (!result.success) log.warn('The homeserver’s TURN servers are not understood and not used');
                const { uris, username, password, ttl } = result.success
                    ? result.output
                    : { uris: [], username: '', password: '', ttl: 0 };
                entry.until = now() + Math.max(RETRY_MS, ttl * 1_000 * USED_UNTIL);
                return uris.length === 0 ? [] : [{ urls: uris, username, credential: password }];
            },
            (error: unknown) => {
                log.warn('The homeserver did not name its TURN servers', error);
                entry.until = now() + RETRY_MS;
                return [];
            },
        );
        const entry = { until: Infinity, servers };
        cached = entry;
        return servers;
    };
}
