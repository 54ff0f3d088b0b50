/** The account's conversations: only rooms that a window has requested. Other rooms cost nothing beyond the sync. */
import {
    ClientEvent,
    KnownMembership,
    MatrixEvent,
    MatrixEventEvent,
    Method,
    RoomEvent,
    RoomMemberEvent,
    type EventTimelineSet,
    type IRoomTimelineData,
    type MatrixClient,
    type Room,
} from 'matrix-js-sdk/lib/matrix.js';
import type { ChatPort, ChatSend } from '../../core/chat/chatPort.ts';
import { HushError } from '../../core/base/errors.ts';
import type { Disposable } from '../../core/base/disposable.ts';
import type { Log } from '../../core/base/log.ts';
import type { DeviceLookup } from '../sdk/deviceLookup.ts';
import { fromSdk } from '../requests/matrixHttp.ts';
import { asReply, outgoing, type Outgoing } from './chatContents.ts';
import { assertSendable, assertSendableEncrypted } from '../requests/eventSize.ts';
import { createRoomChanges } from '../rooms/roomChanges.ts';
import { EDIT_OF } from './eventReader.ts';
import { createRoomChat, type RoomChat } from './roomChat.ts';

const REFUSED = {
    M_FORBIDDEN: ['room.forbidden', 'You may not do that in this room. Somebody with more power in it may.'],
    M_TOO_LARGE: ['event.tooLarge', 'This message is too long for the homeserver. Send it in parts.'],
} as const;

/** ms until a message is tried again after the lookup of its readers' devices failed. */
const LOOK_AGAIN_MS = 3_000;

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
    const sending = new Map<string, Promise<unknown>>();

    const touch = (roomId: string): void => {
        if (rooms.has(roomId)) changes.touch(roomId);
    };
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

    const onTimeline = (
        event: MatrixEvent,
        room: Room | undefined,
        toStart: boolean | undefined,
        removed: boolean,
        data: IRoomTimelineData,
    ): void => {
        if (!room || toStart || removed || !data.liveEvent) return;
        rooms.get(room.roomId)?.onLive(event);
    };
    const onReset = (room: Room | undefined, set: EventTimelineSet): void => {
        if (room && set === room.getUnfilteredTimelineSet()) rooms.get(room.roomId)?.onGap();
    };
    const onEvent = (event: MatrixEvent): void => touch(event.getRoomId() ?? '');
    const onLeft = (room: Room): void => {
        if (room.getMyMembership() === KnownMembership.Join) return;
        touch(room.roomId);
        rooms.delete(room.roomId);
    };
    const onGone = (roomId: string): void => void rooms.delete(roomId);
    const onAccountData = (event: MatrixEvent): void => {
        if (event.getType() === 'm.ignored_user_list') for (const roomId of rooms.keys()) touch(roomId);
    };
    sdk.on(ClientEvent.AccountData, onAccountData);
    sdk.on(RoomEvent.Timeline, onTimeline);
    sdk.on(RoomEvent.TimelineReset, onReset);
    sdk.on(RoomEvent.Redaction, onEvent);
    sdk.on(RoomEvent.MyMembership, onLeft);
    sdk.on(MatrixEventEvent.Decrypted, onEvent);
    sdk.on(RoomMemberEvent.Name, onEvent);
    sdk.on(ClientEvent.DeleteRoom, onGone);

    async function put(room: Room, txnId: string, { type, content }: Outgoing): Promise<void> {
        const event = new MatrixEvent({
            room_id: room.roomId,
            type,
            content,
            sender: sdk.getSafeUserId(),
            event_id: `~${txnId}`,
        });
        if (type !== 'm.reaction') {
            await assertDevicesKnown(room);
            await encrypt(sdk, event, room);
        }
        const wire = event.getWireContent();
        // The scheduler checks this too, but the SDK hides its reason.
        assertSendable(JSON.stringify(wire));
        const path = `/rooms/${encodeURIComponent(room.roomId)}/send/${event.getWireType()}/${encodeURIComponent(txnId)}`;
        await sdk.http.authedRequest(Method.Put, path, undefined, wire);
    }
    async function assertDevicesKnown(room: Room): Promise<void> {
        const members = await room.getEncryptionTargetMembers();
        const unknown = await lookUpDevices(members.map(({ userId }) => userId));
        if (unknown.length === 0) return;
        log.warn(`The devices of ${unknown.length} of ${members.length} people could not be looked up`);
        throw new HushError(
            'chat.keysUnknown',
            'The message was not sent: the homeserver did not say which devices the people in this room have, and some of them could not have read it. Try again in a moment.',
            { retryAfterMs: LOOK_AGAIN_MS },
        );
    }
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
        if (what.kind !== 'delete')
            return put(
                room,
                txnId,
                outgoing(what, (id) => chat.senderOf(id)),
            );
        // Also deletes the edits. Otherwise their text would stay readable.
        const edits = await chat.editsOf(what.target);
        const targets = [...edits, ...chat.twinsOf(what.target), what.target];
        for (const [i, target] of targets.entries()) {
            const path = `/rooms/${encodeURIComponent(roomId)}/redact/${encodeURIComponent(target)}/${encodeURIComponent(`${txnId}.${i}`)}`;
            const body = edits.includes(target) ? { [EDIT_OF]: what.target } : {};
            await sdk.http.authedRequest(Method.Put, path, undefined, body);
        }
    }

    /** Sends in one room keep the order of the calls. */
    async function inTurn(roomId: string, doing: string, work: () => Promise<void>): Promise<void> {
        const result = (sending.get(roomId) ?? Promise.resolve()).then(work);
        const done = result.catch(() => undefined);
        sending.set(roomId, done);
        try {
            await result;
        } catch (error) {
            throw fromSdk(error, doing, REFUSED);
        } finally {
            if (sending.get(roomId) === done) sending.delete(roomId);
        }
    }

    return {
        contentOf: (roomId, eventId) => rooms.get(roomId)?.contentOf(eventId),
        post: (roomId, txnId, content, replyTo) =>
            inTurn(roomId, 'Sending the message', async () => {
                const room = writable(roomId);
                await put(room, txnId, posted(room, content, replyTo));
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
            sdk.off(RoomEvent.Timeline, onTimeline);
            sdk.off(RoomEvent.TimelineReset, onReset);
            sdk.off(RoomEvent.Redaction, onEvent);
            sdk.off(RoomEvent.MyMembership, onLeft);
            sdk.off(MatrixEventEvent.Decrypted, onEvent);
            sdk.off(RoomMemberEvent.Name, onEvent);
            sdk.off(ClientEvent.DeleteRoom, onGone);
            sdk.off(ClientEvent.AccountData, onAccountData);
        },
    };
}

/**
 * The SDK encrypts only messages that it also sends, and it puts its own echo into the timeline. The chat keeps its
 * echoes in a place that outlives this process. So it calls this internal method. The SDK version is pinned, and a
 * missing method is noticed at once.
 */
async function encrypt(sdk: MatrixClient, event: MatrixEvent, room: Room): Promise<void> {
    const crypto = sdk.getCrypto() as unknown as
        { encryptEvent?(event: MatrixEvent, room: Room): Promise<void> } | undefined;
    if (typeof crypto?.encryptEvent !== 'function')
        throw new HushError('internal', 'This build of Hush does not fit its Matrix library. Please report it.');
    await crypto.encryptEvent(event, room);
    if (!event.isEncrypted())
        throw new HushError('internal', 'A message could not be encrypted, so it was not sent. Please report it.');
}
