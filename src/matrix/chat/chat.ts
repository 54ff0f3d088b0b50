/**
 * The account's conversations: those rooms that a window has asked for. A room that none has asked for costs nothing but
 * what the sync brings anyway.
 */
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
import type { ChatPort, ChatSend } from '../../extension/chat/chatPort.ts';
import { HushError } from '../../extension/errors.ts';
import type { Disposable } from '../../extension/lifecycle.ts';
import { Listeners } from '../../extension/listeners.ts';
import type { Log } from '../../extension/log.ts';
import { fromSdk } from '../http.ts';
import { assertFits, outgoing, type Outgoing } from './chatContents.ts';
import { createRoomChat, type RoomChat } from './roomChat.ts';

const REFUSED = {
    M_FORBIDDEN: ['room.forbidden', 'You may not do that in this room. Somebody with more power in it may.'],
    M_TOO_LARGE: ['chat.tooLong', 'This message is too long for the homeserver. Send it in parts.'],
} as const;

export function createChat(sdk: MatrixClient, log: Log): ChatPort & Disposable {
    const rooms = new Map<string, RoomChat>();
    const listeners = new Listeners<[string]>();
    const dirty = new Set<string>();
    /** Sends of one room go out in order. */
    const sending = new Map<string, Promise<unknown>>();
    let tick: NodeJS.Immediate | undefined;

    const touch = (roomId: string): void => {
        if (!rooms.has(roomId)) return;
        dirty.add(roomId);
        tick ??= setImmediate(() => {
            tick = undefined;
            const changed = [...dirty];
            dirty.clear();
            for (const id of changed) listeners.emit(id);
        });
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
        if (type !== 'm.reaction') await encrypt(sdk, event, room);
        const wire = event.getWireContent();
        assertFits(wire);
        const path = `/rooms/${encodeURIComponent(room.roomId)}/send/${event.getWireType()}/${encodeURIComponent(txnId)}`;
        await sdk.http.authedRequest(Method.Put, path, undefined, wire);
    }
    async function deliver(roomId: string, txnId: string, what: ChatSend): Promise<void> {
        const room = joined(roomId);
        if (!room) throw new HushError('room.notFound', 'You are not in this room any more.');
        if (!room.hasEncryptionStateEvent())
            throw new HushError('room.notEncrypted', 'This room is not encrypted, so Hush does not write in it.');
        const chat = open(room);
        if (what.kind !== 'delete')
            return put(
                room,
                txnId,
                outgoing(what, (id) => chat.senderOf(id)),
            );
        // What an edit said would stay readable.
        const targets = [...chat.editsOf(what.target), what.target];
        for (const [i, target] of targets.entries()) {
            const path = `/rooms/${encodeURIComponent(roomId)}/redact/${encodeURIComponent(target)}/${encodeURIComponent(`${txnId}.${i}`)}`;
            await sdk.http.authedRequest(Method.Put, path, undefined, {});
        }
    }

    return {
        async timeline(roomId) {
            const room = joined(roomId);
            return room ? open(room).timeline() : { roomId, messages: [], atStart: true };
        },
        async earlier(roomId) {
            const room = joined(roomId);
            if (room) await open(room).earlier();
        },
        async send(roomId, txnId, what) {
            const result = (sending.get(roomId) ?? Promise.resolve()).then(() => deliver(roomId, txnId, what));
            const done = result.catch(() => undefined);
            sending.set(roomId, done);
            try {
                await result;
            } catch (error) {
                throw fromSdk(error, what.kind === 'delete' ? 'Deleting the message' : 'Sending the message', REFUSED);
            } finally {
                if (sending.get(roomId) === done) sending.delete(roomId);
            }
        },
        onChange: listeners.add,
        dispose() {
            clearImmediate(tick);
            listeners.clear();
            rooms.clear();
            sdk.off(RoomEvent.Timeline, onTimeline);
            sdk.off(RoomEvent.TimelineReset, onReset);
            sdk.off(RoomEvent.Redaction, onEvent);
            sdk.off(RoomEvent.MyMembership, onLeft);
            sdk.off(MatrixEventEvent.Decrypted, onEvent);
            sdk.off(RoomMemberEvent.Name, onEvent);
            sdk.off(ClientEvent.DeleteRoom, onGone);
        },
    };
}

/**
 * The SDK encrypts only what it also sends, with an echo of its own in the timeline; the chat keeps its echoes where they
 * outlive this process. The version is pinned, and a change is noticed at once.
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
