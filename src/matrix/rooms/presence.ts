/**
 * Presence, typing notifications and receipts on the SDK (client-server API, modules "Presence", "Typing
 * Notifications", "Receipts").
 */
import {
    KnownMembership,
    Method,
    RoomEvent,
    RoomMemberEvent,
    SetPresence,
    type MatrixClient,
    type MatrixEvent,
    type Room,
    type RoomMember,
} from 'matrix-js-sdk/lib/matrix.js';
import type { Disposable } from '../../core/base/disposable.ts';
import type { Log } from '../../core/base/log.ts';
import { NO_ACTIVITY, type OwnStatus, type PresencePort, type ReadMark } from '../../core/rooms/presencePort.ts';
import { createRoomChanges } from './roomChanges.ts';
import { memberName } from '../names/shownNames.ts';

export interface PresenceOptions {
    readonly sdk: MatrixClient;
    readonly look: (roomId: string) => void;
    readonly log: Log;
}

/** ms for which the server shows us as typing without another request. */
const TYPING_MS = 10_000;
/** The most read marks. Those who have read furthest come first. */
const MAX_MARKS = 100;

const STATUS: Readonly<Record<OwnStatus, SetPresence>> = {
    online: SetPresence.Online,
    away: SetPresence.Unavailable,
    hidden: SetPresence.Offline,
};

export interface OwnPresence extends PresencePort, Disposable {
    /** For `set_presence` of the next syncs. */
    readonly status: SetPresence;
}

export function createPresence({ sdk, look, log }: PresenceOptions): OwnPresence {
    const changes = createRoomChanges();
    const watched = new Set<string>();
    /** The newest event to mark as read, by room. It waits here while another one is sent. */
    const reading = new Map<string, string>();
    const sending = new Set<string>();
    /** The same for whether the person is typing. */
    const writing = new Map<string, boolean>();
    const telling = new Set<string>();
    let status = SetPresence.Offline;

    const touch = (roomId: string): void => {
        if (watched.has(roomId)) changes.touch(roomId);
    };
    const onTyping = (_: MatrixEvent, { roomId }: RoomMember): void => touch(roomId);
    const onReceipt = (_: MatrixEvent, { roomId }: Room): void => touch(roomId);
    sdk.on(RoomMemberEvent.Typing, onTyping);
    sdk.on(RoomEvent.Receipt, onReceipt);

    const joined = (roomId: string): Room | undefined => {
        const room = sdk.getRoom(roomId);
        return room?.getMyMembership() === KnownMembership.Join ? room : undefined;
    };
    const quietly = (what: string, work: Promise<unknown>): Promise<void> =>
        work.then(
            () => undefined,
            (error: unknown) => log.debug(`${what} was not told: ${String(error)}`),
        );
    const mark = (room: Room, userId: string): ReadMark | undefined => {
        const receipt = room.getReadReceiptForUserId(userId, false);
        if (!receipt) return undefined;
        const { eventId, data } = receipt;
        const ts = room.findEventById(eventId)?.getTs() ?? data.ts;
        return { userId, name: memberName(room, userId), eventId, ts };
    };
    async function sendRead(roomId: string): Promise<void> {
        if (sending.has(roomId)) return;
        sending.add(roomId);
        for (let id = reading.get(roomId); id !== undefined; id = reading.get(roomId)) {
            reading.delete(roomId);
            const path = `/rooms/${encodeURIComponent(roomId)}/read_markers`;
            const body = { 'm.fully_read': id, 'm.read': id };
            await quietly('How far you have read', sdk.http.authedRequest(Method.Post, path, undefined, body));
        }
        sending.delete(roomId);
    }

    /**
     * Sends one request at a time. The server may take two parallel requests in the wrong order, and would then show a
     * person as typing after they have sent the message.
     */
    async function sendTyping(roomId: string): Promise<void> {
        if (telling.has(roomId)) return;
        telling.add(roomId);
        for (let on = writing.get(roomId); on !== undefined; on = writing.get(roomId)) {
            writing.delete(roomId);
            await quietly('That you type', sdk.sendTyping(roomId, on, TYPING_MS));
        }
        telling.delete(roomId);
    }

    return {
        get status() {
            return status;
        },
        look,
        show(next) {
            if (STATUS[next] === status) return;
            status = STATUS[next];
            void sdk.setSyncPresence(status);
            if (sdk.clientRunning) void quietly('Your status', sdk.setPresence({ presence: status }));
        },
        type(roomId, typing) {
            if (!joined(roomId)) return;
            writing.set(roomId, typing);
            void sendTyping(roomId);
        },
        markRead(roomId, eventId) {
            if (!joined(roomId)) return;
            reading.set(roomId, eventId);
            void sendRead(roomId);
        },
        async activity(roomId) {
            const room = joined(roomId);
            if (!room) return NO_ACTIVITY;
            watched.add(roomId);
            const self = sdk.getSafeUserId();
            const others = room.getJoinedMembers().filter(({ userId }) => userId !== self);
            return {
                typing: others.filter(({ typing }) => typing).map(({ name }) => name),
                read: others
                    .flatMap(({ userId }) => mark(room, userId) ?? [])
                    .toSorted((a, b) => b.ts - a.ts)
                    .slice(0, MAX_MARKS),
                ownRead: mark(room, self),
            };
        },
        onActivity: changes.onChange,
        dispose() {
            changes.dispose();
            sdk.off(RoomMemberEvent.Typing, onTyping);
            sdk.off(RoomEvent.Receipt, onReceipt);
        },
    };
}
