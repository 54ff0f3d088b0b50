/**
 * One room's conversation on top of the SDK. Events of the sync and of the history are decrypted and turned into
 * messages.
 */
import {
    Direction,
    type IRoomEvent,
    type MatrixClient,
    type MatrixEvent,
    type Room,
} from 'matrix-js-sdk/lib/matrix.js';
import type { ChatTimeline } from '../../core/chat/chatPort.ts';
import type { Log } from '../../core/base/log.ts';
import { MAX_SHOWN, type ChatMessage } from '../../core/chat/message.ts';
import { HushError } from '../../core/base/errors.ts';
import { fromSdk, type KnownErrors } from '../requests/matrixHttp.ts';
import { isNotFound } from '../rooms/acting.ts';
import { obstacle, type RoomAction } from '../../core/rooms/powerLevels.ts';
import { roomPowers, roomVersion } from '../rooms/roomState.ts';
import { createBundledEdits, replacedBy } from './bundledEdits.ts';
import { createEventReader, redactsOf } from './eventReader.ts';
import { foldMessages, shownContent } from './foldMessages.ts';
import { editsAt, eventContext, historyChunk } from './historyChunk.ts';
import { isSameReaction } from '../../core/base/reactionKey.ts';
import { CHAT_TYPES, relationOf } from '../events/rawEvent.ts';
import { createRedactions } from './redactions.ts';
import { createSegments, type Segment } from './segments.ts';
import { shownPart, type ShownPart } from './shownPart.ts';
import { memberName, shownMember } from '../names/shownNames.ts';

export interface RoomChat {
    /** Resolves when every loaded event was decrypted or found unreadable. */
    timeline(around: string | null): Promise<ChatTimeline>;
    earlier(around: string | null): Promise<void>;
    later(around: string | null): Promise<void>;
    /** Loads the events around an event, unless it is already here. @throws HushError `chat.notThere`. */
    find(eventId: string): Promise<void>;
    /** The sync brought an event. */
    onLive(event: MatrixEvent): void;
    /** The sync left events out. */
    onGap(): void;
    /** Sender of a loaded event. */
    senderOf(eventId: string): string | undefined;
    /** The shown content of a loaded message. Undefined: nothing readable. */
    contentOf(eventId: string): unknown;
    /** Edits of a message by its own sender, including edits that are not loaded. Rejects as the SDK does. */
    editsOf(eventId: string): Promise<readonly string[]>;
    /** Our other reactions that equal this one of ours in another form (core/base/reactionKey.ts). */
    twinsOf(eventId: string): readonly string[];
}

const GONE = 'That message is not to be had: it was taken back, or it is from before you could read along.';
const NOT_THERE: KnownErrors = { M_NOT_FOUND: ['chat.notThere', GONE], M_FORBIDDEN: ['chat.notThere', GONE] };

const PAGE = 40;
/** The most pages in a row without a visible message (calls, reactions) before the person must ask again. */
const PAGES_AT_ONCE = 8;

export function createRoomChat(sdk: MatrixClient, room: Room, changed: () => void, log: Log): RoomChat {
    const { roomId } = room;
    const live = room.getLiveTimeline();
    const segments = createSegments<MatrixEvent>(
        idOf,
        live.getEvents().filter(isOurs),
        live.getPaginationToken(Direction.Backward),
    );
    const { examine, raw, relation } = createEventReader(sdk, log);
    const bundled = createBundledEdits(roomId, sdk.getEventMapper({ decrypt: false }));
    /** The live timeline of the latest sync. A limited sync replaces it. */
    let current = live;
    const loading = new Map<string, Promise<void>>();

    const may = (userId: string, action: RoomAction): boolean => {
        const powers = roomPowers(room);
        return powers !== undefined && obstacle(powers, userId, action) === undefined;
    };
    const find = (eventId: string): MatrixEvent | undefined =>
        segments.at(eventId)?.events.find((event) => event.getId() === eventId) ??
        [...bundled.all].find((event) => event.getId() === eventId);
    const noteRedactions = createRedactions<MatrixEvent>({
        idOf,
        senderOf: (event) => event.getSender(),
        redacts: (event) => redactsOf(event, roomVersion(room)),
        find,
        mayRedact: (userId) => may(userId, { kind: 'redact' }),
        redact: (target, redaction) => {
            if (!target.isRedacted()) target.makeRedacted(redaction, room);
        },
    });
    noteRedactions([...segments.newest.events, ...bundled.take(segments.newest.events)]);
    const stretch = (around: string | null): Segment<MatrixEvent> =>
        (around === null ? undefined : segments.at(around)) ?? segments.newest;
    /**
     * A segment with the events from elsewhere that change its messages: later edits and reactions, and bundled edits.
     */
    const whole = (at: Segment<MatrixEvent>): MatrixEvent[] => {
        const ids = new Set(at.events.map(idOf));
        const elsewhere = segments.all.flatMap((other) => (other === at ? [] : other.events));
        const here = new Set([...ids, ...elsewhere.map(idOf)]);
        const absent = [...bundled.all].filter((edit) => !here.has(idOf(edit)));
        return [...at.events, ...[...elsewhere, ...absent].filter((event) => ids.has(aboutWhat(event) ?? ''))];
    };
    /** The message that an edit or a reaction is about. Undefined for an independent message. */
    const aboutWhat = (event: MatrixEvent): string | undefined =>
        event.getWireType() === 'm.reaction' ? event.relationEventId : replacedBy(relation(event));
    const messages = (at: Segment<MatrixEvent>): ChatMessage[] => {
        const self = sdk.getSafeUserId();
        const mayDeleteAll = may(self, { kind: 'redact' });
        const mayRedact = may(self, { kind: 'message', type: 'm.room.redaction' });
        const heard = whole(at).filter((event) => !sdk.isUserIgnored(event.getSender() ?? ''));
        return foldMessages(heard.map(raw), {
            self,
            name: (userId) => memberName(room, userId),
            wholeName: (userId) => shownMember(room, userId).wholeName,
            mayDelete: (sender) => mayRedact && (mayDeleteAll || sender === self),
        });
    };
    /**
     * The part that is shown around an event. If the event is not a message, the part is around the message before it.
     */
    const view = (around: string | null): ShownPart & { at: Segment<MatrixEvent>; all: readonly ChatMessage[] } => {
        const at = stretch(around);
        const all = messages(at);
        const place = at.events.findIndex((event) => idOf(event) === around);
        const before = new Set(at.events.slice(0, place + 1).map(idOf));
        const anchor =
            place === -1
                ? undefined
                : Math.max(
                      0,
                      all.findLastIndex(({ key }) => before.has(key)),
                  );
        return { at, all, ...shownPart(all.length, anchor, MAX_SHOWN) };
    };

    /**
     * Loads pages until there is more to show, up to a limit. `go` loads one page. It returns false when there is none.
     */
    async function load(around: string | null, go: (at: Segment<MatrixEvent>) => Promise<boolean>): Promise<void> {
        const before = view(around).all.length;
        for (let pages = 0; pages < PAGES_AT_ONCE; pages++) {
            const { at, all, roomAbove, roomBelow } = view(around);
            if (all.length > before || !(go === back ? roomAbove : roomBelow) || !(await go(at))) return;
            changed();
        }
    }
    const taken = async (events: readonly IRoomEvent[]): Promise<MatrixEvent[]> => {
        const mapper = sdk.getEventMapper({ decrypt: false });
        const ours = events.map((event) => mapper(event)).filter(isOurs);
        const edits = bundled.take(ours);
        await Promise.all([...ours, ...edits].map(examine));
        noteRedactions([...ours, ...edits]);
        return ours;
    };
    async function back({ token }: Segment<MatrixEvent>): Promise<boolean> {
        if (token === null) return false;
        const page = await historyChunk(sdk, roomId, token, 'b', PAGE);
        segments.earlier(token, await taken(page.events), page.next);
        return true;
    }
    async function on({ later }: Segment<MatrixEvent>): Promise<boolean> {
        if (later === null) return false;
        const page = await historyChunk(sdk, roomId, later, 'f', PAGE);
        segments.onward(later, await taken(page.events), page.next);
        return page.next !== null;
    }
    /** Two equal requests at the same time share one result. */
    const once = async (what: string, doing: string, work: () => Promise<void>): Promise<void> => {
        let running = loading.get(what);
        if (!running) {
            running = work().finally(() => loading.delete(what));
            loading.set(what, running);
        }
        try {
            await running;
        } catch (error) {
            throw fromSdk(error, doing, NOT_THERE);
        }
    };

    return {
        async timeline(around) {
            await Promise.all(whole(stretch(around)).map(examine));
            const { at, all, first, last, roomAbove } = view(around);
            return {
                roomId,
                messages: all.slice(first, last),
                atStart: at.token === null && first === 0,
                full: !roomAbove && (at.token !== null || first > 0),
                atEnd: at === segments.newest && last === all.length,
            };
        },
        earlier: (around) => once(`earlier ${around}`, 'Getting earlier messages', () => load(around, back)),
        later: (around) => once(`later ${around}`, 'Getting later messages', () => load(around, on)),
        async find(eventId) {
            if (segments.at(eventId)) return;
            await once(`find ${eventId}`, 'Looking up the message', async () => {
                const { events, start, end } = await eventContext(sdk, roomId, eventId, PAGE);
                segments.around(await taken(events), start, end);
                changed();
            });
            if (!segments.at(eventId)) throw new HushError('chat.notThere', GONE);
        },
        onLive(event) {
            if (!isOurs(event) || !segments.append(event)) return;
            noteRedactions([event]);
            void examine(event).then(changed);
        },
        onGap() {
            const before = current;
            current = room.getLiveTimeline();
            segments.gap(current.getPaginationToken(Direction.Backward), before.getPaginationToken(Direction.Forward));
            changed();
        },
        senderOf: (eventId) => find(eventId)?.getSender(),
        contentOf(eventId) {
            const at = segments.at(eventId);
            return at && shownContent(whole(at).map(raw), eventId);
        },
        twinsOf(eventId) {
            const [own, self] = [find(eventId), sdk.getSafeUserId()];
            const of = own && relationOf(raw(own), 'm.annotation');
            if (own?.getWireType() !== 'm.reaction' || of?.key === undefined) return [];
            const { target, key } = of;
            return segments.all
                .flatMap(({ events }) => events)
                .filter((event) => event.getWireType() === 'm.reaction' && event.getSender() === self)
                .map(raw)
                .filter((event) => event.id !== eventId && !event.redacted)
                .filter((event) => {
                    const other = relationOf(event, 'm.annotation');
                    return other?.target === target && isSameReaction(other.key ?? '', key);
                })
                .map(({ id }) => id);
        },
        async editsOf(eventId) {
            const target = find(eventId);
            if (target?.getType() === 'm.reaction') return [];
            const sender = target?.getSender() ?? sdk.getSafeUserId();
            const here = [...segments.all.flatMap(({ events }) => events), ...bundled.all]
                .filter((event) => replacedBy(relation(event)) === eventId && event.getSender() === sender)
                .map(idOf);
            const there = await editsAt(sdk, roomId, eventId).catch((error: unknown) => {
                if (isNotFound(error)) return []; // or the server is older than Matrix 1.3
                throw error;
            });
            return [...new Set([...here, ...there.filter((edit) => edit.sender === sender).map((e) => e.event_id)])];
        },
    };
}

function idOf(event: MatrixEvent): string {
    return event.getId() ?? '';
}

/**
 * Whether the server confirmed the event, and `/messages` returns its type. So a page can meet the events of the sync.
 */
function isOurs(event: MatrixEvent): boolean {
    return event.status === null && !event.isState() && CHAT_TYPES.includes(event.getWireType());
}
