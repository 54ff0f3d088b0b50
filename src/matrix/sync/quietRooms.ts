/** Finds the rooms of a saved sync that cannot matter to Hush. Adds such a room to a sync once it matters. Pure. */
import * as v from 'valibot';
import { SESSION_FIELD } from '../events/hushEvents.ts';
import { CALL_MEMBER_TYPE, LIVEKIT_SESSION_TYPE, WORKSPACE_TYPE } from '../../core/rooms/eventTypes.ts';
import { STATE_TYPES } from './syncFilter.ts';

const stateEvent = v.looseObject({
    type: v.string(),
    state_key: v.optional(v.string()),
    content: v.optional(v.record(v.string(), v.unknown()), {}),
    origin_server_ts: v.optional(v.number()),
});
const events = v.optional(v.looseObject({ events: v.optional(v.array(v.unknown()), []) }), {});
const savedSync = v.looseObject({
    roomsData: v.looseObject({
        join: v.optional(v.record(v.string(), v.looseObject({ state: events, timeline: events })), {}),
    }),
    accountData: v.optional(v.array(v.unknown()), []),
});
const direct = v.looseObject({
    type: v.literal('m.direct'),
    content: v.record(v.string(), v.unknown()),
});

const NEW_MS = 24 * 60 * 60_000;

/** Hush can do nothing in a room without any of these. */
const MATTERS: ReadonlySet<string> = new Set([
    'm.room.encryption',
    CALL_MEMBER_TYPE,
    LIVEKIT_SESSION_TYPE,
    WORKSPACE_TYPE,
]);

/**
 * Joined rooms that are not encrypted and hold nothing of Hush. Direct messages are never quiet, because people verify
 * each other there. Rooms joined less than a day before `now` (ms) are never quiet, because their state may be
 * incomplete. `saved`: the stored data of matrix-js-sdk, of any shape. Empty if it cannot be read.
 */
export function quietRoomsOf(saved: unknown, self: string, now: number): string[] {
    const parsed = v.safeParse(savedSync, saved);
    if (!parsed.success) return [];
    const { roomsData, accountData } = parsed.output;
    const directs = new Set(
        accountData.flatMap((candidate) => {
            const event = v.safeParse(direct, candidate);
            return event.success ? Object.values(event.output.content).flat() : [];
        }),
    );
    const matters = (candidate: unknown): boolean => {
        const event = v.safeParse(stateEvent, candidate);
        if (!event.success) return false;
        const { type, content, state_key: key, origin_server_ts: ts = 0 } = event.output;
        if (type === 'm.room.member' && key === self && now - ts < NEW_MS) return true;
        return MATTERS.has(type) || (type === 'm.room.create' && content[SESSION_FIELD] !== undefined);
    };
    return Object.entries(roomsData.join)
        .filter(([id, { state, timeline }]) => !directs.has(id) && ![...state.events, ...timeline.events].some(matters))
        .map(([roomId]) => roomId);
}

/**
 * Adds the room's whole state to a `/sync` answer, as if the sync began with this room. Messages since `since` are left
 * out (`limited`). All members are included: the SDK's are old, and nobody who has left may get keys. An empty `state`
 * means that we are no longer in the room.
 */
export function withRoom(
    answer: Readonly<Record<string, unknown>>,
    roomId: string,
    state: readonly unknown[],
    self: string,
    since: string,
): Record<string, unknown> {
    const known = state.filter((candidate) => {
        const event = v.safeParse(stateEvent, candidate);
        if (!event.success) return false;
        return STATE_TYPES.includes(event.output.type);
    });
    const own = known.map((event) => v.parse(stateEvent, event)).find(isOwnMember(self));
    const joined = own?.content['membership'] === 'join';
    if (!own) known.push(leftBy(self));
    const section = joined ? 'join' : 'leave';
    const rooms = record(answer['rooms']);
    const others = record(rooms[section]);
    const room = record(others[roomId]);
    const timeline = { events: [], prev_batch: since, ...record(room['timeline']), limited: true };
    const said = { events: known };
    const after = 'org.matrix.msc4222.state_after' in room ? { 'org.matrix.msc4222.state_after': said } : {};
    return {
        ...answer,
        rooms: { ...rooms, [section]: { ...others, [roomId]: { ...room, timeline, state: said, ...after } } },
    };
}

const isOwnMember =
    (self: string) =>
    ({ type, state_key: key }: v.InferOutput<typeof stateEvent>): boolean =>
        type === 'm.room.member' && key === self;

/** Our leave event. The server does not send it after the room was forgotten. */
function leftBy(self: string): object {
    return {
        type: 'm.room.member',
        state_key: self,
        sender: self,
        event_id: '$left',
        origin_server_ts: 0,
        content: { membership: 'leave' },
    };
}

function record(value: unknown): Readonly<Record<string, unknown>> {
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
