/**
 * Checked parts of a room's history (client-server API, `GET /rooms/{roomId}/messages` and `/context/{eventId}`, and
 * `/_matrix/client/v1/rooms/{roomId}/relations/{eventId}`).
 */
import { ClientPrefix, Method, type IRoomEvent, type MatrixClient } from 'matrix-js-sdk/lib/matrix.js';
import * as v from 'valibot';
import { HushError } from '../../core/base/errors.ts';
import { optional } from '../../core/base/lenient.ts';
import { CHAT_TYPES } from '../events/rawEvent.ts';

export interface MessagesPage {
    /** In the requested direction. */
    readonly events: readonly IRoomEvent[];
    /** Null: there is nothing more in that direction. */
    readonly next: string | null;
}
export interface EventContext {
    /** Oldest first. */
    readonly events: readonly IRoomEvent[];
    readonly start: string;
    readonly end: string;
}

/** The fields that the SDK's events need. An event that lacks one is left out. The rest of the page stays. */
const event = v.looseObject({
    event_id: v.pipe(v.string(), v.minLength(1), v.maxLength(512)),
    sender: v.string(),
    type: v.string(),
    origin_server_ts: v.number(),
    content: v.record(v.string(), v.unknown()),
    unsigned: optional(v.record(v.string(), v.unknown())),
});
const answer = v.looseObject({ chunk: v.array(v.unknown()), end: optional(v.string()) });
const context = v.looseObject({
    start: v.string(),
    end: v.string(),
    events_before: optional(v.array(v.unknown())),
    event: v.unknown(),
    events_after: optional(v.array(v.unknown())),
});
const related = v.looseObject({ chunk: v.array(v.unknown()), next_batch: optional(v.string()) });
const bundles = v.looseObject({ 'm.relations': v.looseObject({ 'm.replace': v.unknown() }) });
/** The most pages, each with 100 edits of one message. */
const MAX_PAGES = 10;
const FILTER = JSON.stringify({ types: CHAT_TYPES, lazy_load_members: true });

/** `dir`: `b` newest first, `f` oldest first. Rejects as the SDK does. */
export async function historyChunk(
    sdk: MatrixClient,
    roomId: string,
    from: string,
    dir: 'b' | 'f',
    limit: number,
): Promise<MessagesPage> {
    const query = { from, dir, limit: String(limit), filter: FILTER };
    const body = await sdk.http.authedRequest(Method.Get, `/rooms/${encodeURIComponent(roomId)}/messages`, query);
    const { chunk, end } = read(answer, body);
    // If the server returns the same place again, we would otherwise ask forever.
    return { events: eventsOf(chunk, roomId), next: end === undefined || end === from ? null : end };
}

/** The events around an event, at most `limit` others. Rejects as the SDK does. */
export async function eventContext(
    sdk: MatrixClient,
    roomId: string,
    eventId: string,
    limit: number,
): Promise<EventContext> {
    const path = `/rooms/${encodeURIComponent(roomId)}/context/${encodeURIComponent(eventId)}`;
    const query = { limit: String(limit), filter: FILTER };
    const found = read(context, await sdk.http.authedRequest(Method.Get, path, query));
    const all = [...(found.events_before ?? []).toReversed(), found.event, ...(found.events_after ?? [])];
    return { events: eventsOf(all, roomId), start: found.start, end: found.end };
}

/**
 * Edits of an event by any sender, newest first, as far as the server still knows their target. Rejects as the SDK
 * does.
 */
export async function editsAt(sdk: MatrixClient, roomId: string, eventId: string): Promise<IRoomEvent[]> {
    const path = `/rooms/${encodeURIComponent(roomId)}/relations/${encodeURIComponent(eventId)}/m.replace`;
    const edits: IRoomEvent[] = [];
    let from: string | undefined;
    for (let pages = 0; pages < MAX_PAGES; pages++) {
        const query = { dir: 'b', limit: '100', ...(from === undefined ? {} : { from }) };
        const page = await sdk.http.authedRequest(Method.Get, path, query, undefined, { prefix: ClientPrefix.V1 });
        const { chunk, next_batch: next } = read(related, page);
        edits.push(...eventsOf(chunk, roomId));
        if (next === undefined || next === from) break;
        from = next;
    }
    return edits;
}

/**
 * The newest edit that the server put into the `unsigned` of the edited message (since Matrix 1.7 as a whole event).
 */
export function bundledEdit(unsigned: unknown, roomId: string): IRoomEvent | undefined {
    const bundle = v.safeParse(bundles, unsigned);
    return bundle.success ? eventsOf([bundle.output['m.relations']['m.replace']], roomId)[0] : undefined;
}

function read<T extends v.GenericSchema>(schema: T, body: unknown): v.InferOutput<T> {
    const parsed = v.safeParse(schema, body);
    if (parsed.success) return parsed.output;
    throw new HushError('server.error', 'The homeserver’s answer about the messages of this room cannot be read.');
}

function eventsOf(candidates: readonly unknown[], roomId: string): IRoomEvent[] {
    return candidates.flatMap((candidate) => {
        const checked = v.safeParse(event, candidate);
        return checked.success ? [{ ...checked.output, room_id: roomId } as unknown as IRoomEvent] : [];
    });
}
