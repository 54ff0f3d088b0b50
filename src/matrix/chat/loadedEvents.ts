/** The events of a room that are loaded: parts of its timeline, and edits that came bundled with their messages. */
import {
    Direction,
    type IRoomEvent,
    type MatrixClient,
    type MatrixEvent,
    type Room,
} from 'matrix-js-sdk/lib/matrix.js';
import type { Log } from '../../core/base/log.ts';
import { obstacle, type RoomAction } from '../../core/rooms/powerLevels.ts';
import { CHAT_TYPES } from '../events/rawEvent.ts';
import { roomPowers, roomVersion } from '../rooms/roomState.ts';
import { createBundledEdits, replacedBy } from './bundledEdits.ts';
import { createEventReader, redactsOf, type EventReader } from './eventReader.ts';
import { createRedactions } from './redactions.ts';
import { createSegments, type Segment, type Segments } from './segments.ts';

export interface LoadedEvents {
    readonly segments: Segments<MatrixEvent>;
    readonly reader: EventReader;
    find(eventId: string): MatrixEvent | undefined;
    all(): MatrixEvent[];
    /** The segment that contains this event. Default: the newest. */
    segmentAt(around: string | null): Segment<MatrixEvent>;
    /**
     * A segment with the events from elsewhere that change its messages: later edits and reactions, and bundled edits.
     */
    whole(at: Segment<MatrixEvent>): MatrixEvent[];
    /** Reads events from the server. Returns those that the chat knows. */
    take(events: readonly IRoomEvent[]): Promise<MatrixEvent[]>;
    /** Adds an event of the sync. Returns false if it is not one of the chat, or is here already. */
    append(event: MatrixEvent): boolean;
}

export function createLoadedEvents(sdk: MatrixClient, room: Room, log: Log): LoadedEvents {
    const live = room.getLiveTimeline();
    const segments = createSegments<MatrixEvent>(
        idOf,
        live.getEvents().filter(isOurs),
        live.getPaginationToken(Direction.Backward),
    );
    const reader = createEventReader(sdk, log);
    const bundled = createBundledEdits(room.roomId, sdk.getEventMapper({ decrypt: false }));
    const find = (eventId: string): MatrixEvent | undefined =>
        segments.at(eventId)?.events.find((event) => event.getId() === eventId) ??
        [...bundled.all].find((event) => event.getId() === eventId);
    const noteRedactions = createRedactions<MatrixEvent>({
        idOf,
        senderOf: (event) => event.getSender(),
        redacts: (event) => redactsOf(event, roomVersion(room)),
        find,
        mayRedact: (userId) => memberMay(room, userId, { kind: 'redact' }),
        redact: (target, redaction) => {
            if (!target.isRedacted()) target.makeRedacted(redaction, room);
        },
    });
    noteRedactions([...segments.newest.events, ...bundled.take(segments.newest.events)]);
    /** The message that an edit or a reaction is about. Undefined for an independent message. */
    const aboutWhat = (event: MatrixEvent): string | undefined =>
        event.getWireType() === 'm.reaction' ? event.relationEventId : replacedBy(reader.relation(event));
    return {
        segments,
        reader,
        find,
        all: () => [...segments.all.flatMap(({ events }) => events), ...bundled.all],
        segmentAt: (around) => (around === null ? undefined : segments.at(around)) ?? segments.newest,
        whole(at) {
            const ids = new Set(at.events.map(idOf));
            const elsewhere = segments.all.flatMap((other) => (other === at ? [] : other.events));
            const here = new Set([...ids, ...elsewhere.map(idOf)]);
            const absent = [...bundled.all].filter((edit) => !here.has(idOf(edit)));
            return [...at.events, ...[...elsewhere, ...absent].filter((event) => ids.has(aboutWhat(event) ?? ''))];
        },
        async take(events) {
            const mapper = sdk.getEventMapper({ decrypt: false });
            const ours = events.map((event) => mapper(event)).filter(isOurs);
            const edits = bundled.take(ours);
            await Promise.all([...ours, ...edits].map(reader.examine));
            noteRedactions([...ours, ...edits]);
            return ours;
        },
        append(event) {
            if (!isOurs(event) || !segments.append(event)) return false;
            noteRedactions([event]);
            return true;
        },
    };
}

export function memberMay(room: Room, userId: string, action: RoomAction): boolean {
    const powers = roomPowers(room);
    return powers !== undefined && obstacle(powers, userId, action) === undefined;
}

export function idOf(event: MatrixEvent): string {
    return event.getId() ?? '';
}

/**
 * Whether the server confirmed the event, and `/messages` returns its type. So a page can meet the events of the sync.
 */
function isOurs(event: MatrixEvent): boolean {
    return event.status === null && !event.isState() && CHAT_TYPES.includes(event.getWireType());
}
