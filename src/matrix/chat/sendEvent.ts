/** Sends an event without the SDK's echo: the chat keeps its own echoes in a place that outlives this process. */
import { MatrixEvent, Method, type MatrixClient, type Room } from 'matrix-js-sdk/lib/matrix.js';
import { HushError } from '../../core/base/errors.ts';
import type { Log } from '../../core/base/log.ts';
import { assertSendable } from '../requests/eventSize.ts';
import type { DeviceLookup } from '../sdk/deviceLookup.ts';
import type { Outgoing } from './chatContents.ts';

/** ms until a message is tried again after the lookup of its readers' devices failed. */
const LOOK_AGAIN_MS = 3_000;

export type SendEvent = (room: Room, txnId: string, what: Outgoing) => Promise<void>;

export function createSendEvent(sdk: MatrixClient, lookUpDevices: DeviceLookup, log: Log): SendEvent {
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
    return async (room, txnId, { type, content }) => {
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
    };
}

/**
 * The SDK encrypts only messages that it also sends, and it puts its own echo into the timeline. So this calls an
 * internal method. The SDK version is pinned, and a missing method is noticed at once.
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
