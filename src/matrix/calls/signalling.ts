/**
 * `m.call.*` events through a room's encryption. An SDP holds the DTLS fingerprints, so the mesh is end-to-end
 * encrypted only if the SDP's sender is checked. An event counts only if its user encrypted it with Megolm on the
 * device that it names as its party. Any other event is refused, and logged as a possible attack.
 */
import {
    KnownMembership,
    MatrixEventEvent,
    RoomEvent,
    type IRoomTimelineData,
    type MatrixClient,
    type MatrixEvent,
    type Room,
} from 'matrix-js-sdk/lib/matrix.js';
import { EventShieldReason } from 'matrix-js-sdk/lib/crypto-api/index.js';
import { HushError } from '../../core/base/errors.ts';
import { Listeners } from '../../core/base/listeners.ts';
import { Turns } from '../../core/base/turns.ts';
import type { Log } from '../../core/base/log.ts';
import type { Disposable } from '../../core/base/disposable.ts';
import type { Device } from './callState.ts';
import { buildCallEvent, isCallType, parseCallEvent, type CallEvent } from './callEvents.ts';

export interface ReceivedCallEvent {
    readonly roomId: string;
    /** The checked device that encrypted the event. */
    readonly from: Device;
    readonly event: CallEvent;
    /** ms since the homeserver received it, from its own report and our waiting time. */
    readonly ageMs: number;
}
export interface CallSignalling extends Disposable {
    /** Sends the events of one call in order. @throws HushError `room.*`, `network.*`. */
    send(roomId: string, event: CallEvent): Promise<void>;
    onEvent(listener: (received: ReceivedCallEvent) => void): Disposable;
}
export interface CallSignallingOptions {
    readonly sdk: MatrixClient;
    readonly self: Device;
    readonly log: Log;
}

/** The keys did not come from the device itself, or belong to another sender. */
const NOT_BELIEVED: ReadonlySet<EventShieldReason | null> = new Set([
    EventShieldReason.AUTHENTICITY_NOT_GUARANTEED,
    EventShieldReason.VERIFICATION_VIOLATION,
    EventShieldReason.MISMATCHED_SENDER,
]);

export function createCallSignalling({ sdk, self, log }: CallSignallingOptions): CallSignalling {
    const listeners = new Listeners<[ReceivedCallEvent]>();
    const sending = new Turns();
    /** Events of one room are handled in order, however long their decryption takes. */
    const handling = new Turns();
    let open = true;

    const senderDevice = async (event: MatrixEvent): Promise<string | undefined> => {
        const crypto = sdk.getCrypto();
        const userId = event.getSender();
        const key = event.getSenderKey();
        if (!crypto || userId === undefined || key === null) return undefined;
        const shield = await crypto.getEncryptionInfoForEvent(event);
        if (!shield || NOT_BELIEVED.has(shield.shieldReason)) return undefined;
        const devices = (await crypto.getUserDeviceInfo([userId], true)).get(userId);
        return [...(devices?.values() ?? [])].find((device) => device.getIdentityKey() === key)?.deviceId;
    };
    const accept = async (event: MatrixEvent, room: Room): Promise<void> => {
        const type = event.getType();
        const userId = event.getSender();
        if (!open || !isCallType(type) || userId === undefined) return;
        const refuse = (why: string): void => log.warn(`Refused ${type} from ${userId}: ${why}`);
        if (!room.hasEncryptionStateEvent()) return; // Hush makes no calls there
        if (!event.isEncrypted()) return refuse('it came in clear in an encrypted room (possible attack)');
        const deviceId = await senderDevice(event);
        if (deviceId === undefined)
            return refuse('the device that encrypted it is not known or not believed (possible attack)');
        if (userId === self.userId && deviceId === self.deviceId) return; // our own event, which came back
        // `getContent` would return an unencrypted replacement that the homeserver names.
        const parsed = parseCallEvent(type, event.getOriginalContent());
        if (!parsed.ok) return refuse(parsed.reason);
        if (parsed.value.party !== deviceId)
            return refuse(`it claims to come from another device than ${deviceId} (possible attack)`);
        if (room.getMember(userId)?.membership !== KnownMembership.Join) return refuse('the sender is not in the room');
        const received = {
            roomId: room.roomId,
            from: { userId, deviceId },
            event: parsed.value.event,
            ageMs: event.getLocalAge(),
        };
        listeners.emit(received);
    };
    const handle = async (event: MatrixEvent, room: Room): Promise<void> => {
        if (event.isEncrypted()) await sdk.decryptEventIfNeeded(event);
        if (!event.isDecryptionFailure()) return accept(event, room);
        log.info(`A message of ${event.getSender() ?? 'nobody'} cannot be read: ${event.decryptionFailureReason}`);
        // The key may arrive after the event. The call machine accepts events in any order.
        event.once(MatrixEventEvent.Decrypted, () => enqueue(event, room));
    };
    const enqueue = (event: MatrixEvent, room: Room): void => {
        handling
            .take(room.roomId, () => handle(event, room))
            .catch((error: unknown) => log.warn('A call event could not be handled', error));
    };
    const onTimeline = (
        event: MatrixEvent,
        room: Room | undefined,
        toStart: boolean | undefined,
        removed: boolean,
        data: IRoomTimelineData,
    ): void => {
        if (!room || toStart === true || removed || data.liveEvent !== true || event.status !== null) return;
        const type = event.getType();
        if (event.isEncrypted() || isCallType(type)) enqueue(event, room);
    };
    sdk.on(RoomEvent.Timeline, onTimeline);

    return {
        async send(roomId, event) {
            const room = sdk.getRoom(roomId);
            if (!room?.hasEncryptionStateEvent())
                throw new HushError('room.notEncrypted', 'Hush calls only in encrypted rooms.');
            const { type, content } = buildCallEvent(event, self.deviceId);
            await sending.take(event.callId, () => sdk.sendEvent(roomId, type as never, content as never));
        },
        onEvent: listeners.add,
        dispose() {
            open = false;
            sdk.off(RoomEvent.Timeline, onTimeline);
            listeners.clear();
        },
    };
}
