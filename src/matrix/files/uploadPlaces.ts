/**
 * Addresses that the homeserver gives before an upload (client-server API, `POST /_matrix/media/v1/create`). An account
 * may hold only a few empty ones (Synapse: five), and each lasts a day. So an upload that was given up leaves its
 * address to the next one.
 */
import * as v from 'valibot';
import { HushError } from '../../core/base/errors.ts';
import { optional } from '../../core/base/lenient.ts';
import { bodyText, requestMedia, type MediaServer } from './mediaRequest.ts';
import { parseMxc, type Mxc } from './mxc.ts';

export interface Place {
    readonly mxc: Mxc;
    /** ms since the epoch, by the server's clock. An upload must end before it. Undefined: the server names no time. */
    readonly expiresAt: number | undefined;
}
export interface UploadPlaces {
    /**
     * Undefined: the server has no address to give now. A plain upload needs none.
     * @throws HushError `network.*`, `server.*`, `file.cancelled`.
     */
    take(signal: AbortSignal): Promise<Place | undefined>;
    /** Call it only if the server still has the address and no upload to it was sent completely. */
    giveBack(place: Place): void;
}

/** ms that an upload to a kept address may take, with a margin for clock differences. */
const ENOUGH_MS = 3_600_000;
const answer = v.looseObject({ content_uri: v.string(), unused_expires_at: optional(v.number()) });

/** Serves one account. `now`: ms since the epoch. */
export function createUploadPlaces(server: MediaServer, now: () => number): UploadPlaces {
    const kept: Place[] = [];
    return {
        async take(signal) {
            for (let place = kept.shift(); place; place = kept.shift())
                if (place.expiresAt === undefined || place.expiresAt - now() > ENOUGH_MS) return place;
            return reserve(server, signal);
        },
        giveBack: (place) => void kept.push(place),
    };
}

async function reserve(server: MediaServer, signal: AbortSignal): Promise<Place | undefined> {
    const answered = await requestMedia(server, {
        method: 'POST',
        path: '/_matrix/media/v1/create',
        signal: AbortSignal.any([signal, AbortSignal.timeout(30_000)]),
    });
    if (answered.ok) return placeOf(await bodyText(answered.response));
    // 429: the account has too many empty addresses, perhaps for a day.
    if ([404, 405, 429].includes(answered.refusal.status)) return undefined;
    throw answered.refusal.error('Uploading the file');
}

/** `body`: the answer to `create` or to a plain upload. @throws HushError `server.error`. */
export function placeOf(body: string): Place {
    const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), answer), body);
    const mxc = parsed.success ? parseMxc(parsed.output.content_uri) : undefined;
    if (!parsed.success || !mxc)
        throw new HushError('server.error', 'The homeserver’s answer about the upload cannot be read.');
    return { mxc, expiresAt: parsed.output.unused_expires_at };
}
