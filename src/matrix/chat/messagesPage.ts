/** One page of a room's history (client-server API, `GET /rooms/{roomId}/messages`), checked. */
import { Method, type IRoomEvent, type MatrixClient } from 'matrix-js-sdk/lib/matrix.js';
import * as v from 'valibot';
import { HushError } from '../../extension/errors.ts';
import { CHAT_TYPES } from './rawEvent.ts';

export interface MessagesPage {
    /** Newest first. */
    readonly events: readonly IRoomEvent[];
    /** Null: there is nothing older. */
    readonly next: string | null;
}

/** What the SDK's events need; one that lacks it is left out, the rest of the page is not. */
const event = v.looseObject({
    event_id: v.pipe(v.string(), v.minLength(1), v.maxLength(512)),
    sender: v.string(),
    type: v.string(),
    origin_server_ts: v.number(),
    content: v.record(v.string(), v.unknown()),
    unsigned: v.optional(v.record(v.string(), v.unknown())),
});
const answer = v.looseObject({ chunk: v.array(v.unknown()), end: v.optional(v.string()) });

/** Rejects as the SDK does. */
export async function messagesPage(
    sdk: MatrixClient,
    roomId: string,
    from: string,
    limit: number,
): Promise<MessagesPage> {
    const body = await sdk.http.authedRequest(Method.Get, `/rooms/${encodeURIComponent(roomId)}/messages`, {
        from,
        dir: 'b',
        limit: String(limit),
        filter: JSON.stringify({ types: CHAT_TYPES, lazy_load_members: true }),
    });
    const parsed = v.safeParse(answer, body);
    if (!parsed.success)
        throw new HushError('server.error', 'The homeserver’s answer about earlier messages cannot be read.');
    return {
        events: parsed.output.chunk.flatMap((candidate) => {
            const checked = v.safeParse(event, candidate);
            return checked.success ? [{ ...checked.output, room_id: roomId } as unknown as IRoomEvent] : [];
        }),
        // A server that gives the same place again would have us ask for ever.
        next: parsed.output.end === undefined || parsed.output.end === from ? null : parsed.output.end,
    };
}
