/** The messages of a loaded segment, and the part of them that is shown. */
import type { MatrixClient, MatrixEvent, Room } from 'matrix-js-sdk/lib/matrix.js';
import { MAX_SHOWN, type ChatMessage } from '../../core/chat/message.ts';
import { memberName, shownMember } from '../names/shownNames.ts';
import { foldMessages } from './foldMessages.ts';
import { idOf, memberMay, type LoadedEvents } from './loadedEvents.ts';
import type { Segment } from './segments.ts';
import { shownPart, type ShownPart } from './shownPart.ts';

export interface FoldedPart extends ShownPart {
    readonly at: Segment<MatrixEvent>;
    readonly all: readonly ChatMessage[];
}

/** The part around an event. If the event is not a message, the part is around the message before it. */
export function foldedPart(sdk: MatrixClient, room: Room, loaded: LoadedEvents, around: string | null): FoldedPart {
    const at = loaded.segmentAt(around);
    const all = messagesOf(sdk, room, loaded, at);
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
}

function messagesOf(sdk: MatrixClient, room: Room, loaded: LoadedEvents, at: Segment<MatrixEvent>): ChatMessage[] {
    const self = sdk.getSafeUserId();
    const mayDeleteAll = memberMay(room, self, { kind: 'redact' });
    const mayRedact = memberMay(room, self, { kind: 'message', type: 'm.room.redaction' });
    const heard = loaded.whole(at).filter((event) => !sdk.isUserIgnored(event.getSender() ?? ''));
    return foldMessages(heard.map(loaded.reader.raw), {
        self,
        name: (userId) => memberName(room, userId),
        wholeName: (userId) => shownMember(room, userId).wholeName,
        mayDelete: (sender) => mayRedact && (mayDeleteAll || sender === self),
    });
}
