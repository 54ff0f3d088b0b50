/**
 * Carries the side channel as data packets of a LiveKit room. They are encrypted before they come here, so LiveKit's own
 * encryption of packets stays off, which other clients would not expect.
 */
import { ConnectionState, RoomEvent, type Room } from 'livekit-client';
import { createCarrier, type OwnCarrier } from './carrier.ts';

/** `topic`: of the share, because all shares of a session are in one room. Undefined: nothing is sent or read yet. */
export function createRoomCarrier(room: Room, topic: () => string | undefined): OwnCarrier {
    const carrier = createCarrier((packet, delivery) => {
        const to = topic();
        if (to === undefined || room.state !== ConnectionState.Connected) return;
        // It fails when the connection is lost meanwhile, or when the token does not allow packets.
        room.localParticipant.publishData(packet, { reliable: delivery === 'all', topic: to }).catch(() => undefined);
    });
    room.on(RoomEvent.DataReceived, (packet, _participant, _kind, of) => {
        if (of !== undefined && of === topic()) carrier.received(new Uint8Array(packet));
    });
    room.on(RoomEvent.Reconnected, () => carrier.again());
    room.on(RoomEvent.Disconnected, () => carrier.closed());
    return carrier;
}
