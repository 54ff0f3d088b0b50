/** The account's conversations: only rooms that a window has requested. Other rooms cost nothing beyond the sync. */
import { KnownMembership, Method, type MatrixClient, type Room } from 'matrix-js-sdk/lib/matrix.js';
import type { ChatPort, ChatSend } from '../../core/chat/chatPort.ts';
import { HushError } from '../../core/base/errors.ts';
import type { Disposable } from '../../core/base/disposable.ts';
import type { Log } from '../../core/base/log.ts';
import type { DeviceLookup } from '../sdk/deviceLookup.ts';
import { asReply, outgoing, type Outgoing } from './chatContents.ts';
import { assertSendableEncrypted } from '../requests/eventSize.ts';
import { createRoomChanges } from '../rooms/roomChanges.ts';
import { EDIT_OF } from './eventReader.ts';
import { followChatEvents } from './followChatEvents.ts';
import { createRoomChat, type RoomChat } from './roomChat.ts';
import { createRoomTurns } from './roomTurns.ts';
import { createSendEvent } from './sendEvent.ts';

/** The part of the conversations that files need. */
export interface ChatMessages {
    /** The content of a message, as it is shown. Undefined: it does not exist or cannot be read. */
    contentOf(roomId: string, eventId: string): unknown;
    /** Sends an encrypted message, in order with the room's other messages. */
    post(roomId: string, txnId: string, content: Record<string, unknown>, replyTo: string | null): Promise<void>;
    /**
     * Makes the checks of `post` that need no server.
     * @throws HushError `room.notFound`, `room.notEncrypted`, `event.tooLarge`.
     */
    assertPostable(roomId: string, content: Record<string, unknown>, replyTo: string | null): void;
}

export function createChat(
    sdk: MatrixClient,
    lookUpDevices: DeviceLookup,
    log: Log,
): ChatPort & ChatMessages & Disposable {
    const rooms = new Map<string, RoomChat>();
    const changes = createRoomChanges();
    const inTurn = createRoomTurns();
    const sendEvent = createSendEvent(sdk, lookUpDevices, log);

    const touch = (roomId: string): void => {
        if (rooms.has(roomId)) changes.touch(roomId);
    };
    const events = followChatEvents(sdk, {
        live: (roomId, event) => rooms.get(roomId)?.onLive(event),
        gap: (roomId) => rooms.get(roomId)?.onGap(),
        touched: touch,
        everyRoomTouched: () => [...rooms.keys()].forEach(touch),
        gone: (roomId) => void rooms.delete(roomId),
    });
    const joined = (roomId: string): Room | undefined => {
        const room = sdk.getRoom(roomId);
        return room?.getMyMembership() === KnownMembership.Join ? room : undefined;
    };
    const open = (room: Room): RoomChat => {
        let chat = rooms.get(room.roomId);
        if (!chat) {
            chat = createRoomChat(sdk, room, () => touch(room.roomId), log);
            rooms.set(room.roomId, chat);
        }
        return chat;
    };
    const writable = (roomId: string): Room => {
        const room = joined(roomId);
        if (!room) throw new HushError('room.notFound', 'You are not in this room any more.');
        if (!room.hasEncryptionStateEvent())
            throw new HushError('room.notEncrypted', 'This room is not encrypted, so Hush does not write in it.');
        return room;
    };
    const posted = (room: Room, content: Record<string, unknown>, replyTo: string | null): Outgoing => ({
        type: 'm.room.message',
        content: { ...content, ...asReply(replyTo, (id) => open(room).senderOf(id)) },
    });
    async function deliver(roomId: string, txnId: string, what: ChatSend): Promise<void> {
        const room = writable(roomId);
        const chat = open(room);
        if (what.kind === 'delete') return redact(sdk, chat, { roomId, txnId, target: what.target });
        await sendEvent(
            room,
            txnId,
            outgoing(what, (id) => chat.senderOf(id)),
        );
    }

    return {
        contentOf: (roomId, eventId) => rooms.get(roomId)?.contentOf(eventId),
        post: (roomId, txnId, content, replyTo) =>
            inTurn(roomId, 'Sending the message', async () => {
                const room = writable(roomId);
                await sendEvent(room, txnId, posted(room, content, replyTo));
            }),
        assertPostable(roomId, content, replyTo) {
            const event = { ...posted(writable(roomId), content, replyTo), room_id: roomId };
            assertSendableEncrypted(event, sdk.getDeviceId() ?? '');
        },
        async timeline(roomId, around = null) {
            const room = joined(roomId);
            return room
                ? open(room).timeline(around)
                : { roomId, messages: [], atStart: true, full: false, atEnd: true };
        },
        async earlier(roomId, around = null) {
            const room = joined(roomId);
            if (room) await open(room).earlier(around);
        },
        async later(roomId, around) {
            const room = joined(roomId);
            if (room) await open(room).later(around);
        },
        async find(roomId, eventId) {
            const room = joined(roomId);
            if (room) await open(room).find(eventId);
        },
        send: (roomId, txnId, what) =>
            inTurn(roomId, what.kind === 'delete' ? 'Deleting the message' : 'Sending the message', () =>
                deliver(roomId, txnId, what),
            ),
        onChange: changes.onChange,
        dispose() {
            changes.dispose();
            rooms.clear();
            events.dispose();
        },
    };
}

/** Also deletes the edits. Otherwise their text would stay readable. */
async function redact(
    sdk: MatrixClient,
    chat: RoomChat,
    { roomId, txnId, target: message }: { roomId: string; txnId: string; target: string },
): Promise<void> {
    const edits = await chat.editsOf(message);
    const targets = [...edits, ...chat.twinsOf(message), message];
    for (const [i, target] of targets.entries()) {
        const path = `/rooms/${encodeURIComponent(roomId)}/redact/${encodeURIComponent(target)}/${encodeURIComponent(`${txnId}.${i}`)}`;
        const body = edits.includes(target) ? { [EDIT_OF]: message } : {};
        await sdk.http.authedRequest(Method.Put, path, undefined, body);
    }
}
