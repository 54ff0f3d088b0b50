/**
 * One room's conversation on top of the SDK. Events of the sync and of the history are decrypted and turned into
 * messages.
 */
import { Direction, type MatrixClient, type MatrixEvent, type Room } from 'matrix-js-sdk/lib/matrix.js';
import type { ChatTimeline } from '../../core/chat/chatPort.ts';
import type { Log } from '../../core/base/log.ts';
import { HushError } from '../../core/base/errors.ts';
import { isSameReaction } from '../../core/base/reactionKey.ts';
import { relationOf } from '../events/rawEvent.ts';
import { isNotFound } from '../rooms/acting.ts';
import { replacedBy } from './bundledEdits.ts';
import { foldedPart, type FoldedPart } from './foldedPart.ts';
import { shownContent } from './foldMessages.ts';
import { editsAt } from './historyChunk.ts';
import { createHistoryLoading, GONE } from './historyLoading.ts';
import { createLoadedEvents, idOf, type LoadedEvents } from './loadedEvents.ts';

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

export function createRoomChat(sdk: MatrixClient, room: Room, changed: () => void, log: Log): RoomChat {
    const { roomId } = room;
    const loaded = createLoadedEvents(sdk, room, log);
    const { segments, reader } = loaded;
    /** The live timeline of the latest sync. A limited sync replaces it. */
    let current = room.getLiveTimeline();
    const shown = (around: string | null): FoldedPart => foldedPart(sdk, room, loaded, around);
    const history = createHistoryLoading({ sdk, roomId, loaded, shown, changed });

    return {
        async timeline(around) {
            await Promise.all(loaded.whole(loaded.segmentAt(around)).map(reader.examine));
            const { at, all, first, last, roomAbove } = shown(around);
            return {
                roomId,
                messages: all.slice(first, last),
                atStart: at.token === null && first === 0,
                full: !roomAbove && (at.token !== null || first > 0),
                atEnd: at === segments.newest && last === all.length,
            };
        },
        earlier: history.earlier,
        later: history.later,
        async find(eventId) {
            if (segments.at(eventId)) return;
            await history.around(eventId);
            if (!segments.at(eventId)) throw new HushError('chat.notThere', GONE);
        },
        onLive(event) {
            if (loaded.append(event)) void reader.examine(event).then(changed);
        },
        onGap() {
            const before = current;
            current = room.getLiveTimeline();
            segments.gap(current.getPaginationToken(Direction.Backward), before.getPaginationToken(Direction.Forward));
            changed();
        },
        senderOf: (eventId) => loaded.find(eventId)?.getSender(),
        contentOf(eventId) {
            const at = segments.at(eventId);
            return at && shownContent(loaded.whole(at).map(reader.raw), eventId);
        },
        twinsOf: (eventId) => twinsOf(loaded, eventId, sdk.getSafeUserId()),
        editsOf: (eventId) => editsOf(sdk, roomId, loaded, eventId),
    };
}

function twinsOf({ find, segments, reader: { raw } }: LoadedEvents, eventId: string, self: string): string[] {
    const own = find(eventId);
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
}

async function editsOf(sdk: MatrixClient, roomId: string, loaded: LoadedEvents, eventId: string): Promise<string[]> {
    const target = loaded.find(eventId);
    if (target?.getType() === 'm.reaction') return [];
    const sender = target?.getSender() ?? sdk.getSafeUserId();
    const here = loaded
        .all()
        .filter((event) => replacedBy(loaded.reader.relation(event)) === eventId && event.getSender() === sender)
        .map(idOf);
    const there = await editsAt(sdk, roomId, eventId).catch((error: unknown) => {
        if (isNotFound(error)) return []; // or the server is older than Matrix 1.3
        throw error;
    });
    return [...new Set([...here, ...there.filter((edit) => edit.sender === sender).map((e) => e.event_id)])];
}
