/**
 * Sends and reads encrypted messages for the tests of end-to-end encryption, and reports why a message is unreadable.
 */
import type { MatrixEvent } from 'matrix-js-sdk/lib/matrix.js';
import { eventually } from '../../stack/eventually.ts';
import { type Person, until } from './matrixAccounts.ts';
import { clientOf } from './matrixClients.ts';

const { MatrixEventEvent, RoomEvent } = await import('matrix-js-sdk/lib/matrix.js');

function clientOfPerson(p: Person) {
    return clientOf({ userId: p.userId, deviceId: p.account.deviceId });
}

/** Sends an encrypted message. Returns its event ID and its Megolm session. */
export async function say(from: Person, roomId: string, body: string): Promise<{ eventId: string; session: string }> {
    const sdk = clientOfPerson(from);
    const { event_id: eventId } = await sdk.sendEvent(
        roomId,
        'm.room.message' as never,
        { msgtype: 'm.text', body } as never,
    );
    const find = (): MatrixEvent | undefined => sdk.getRoom(roomId)?.findEventById(eventId);
    await until(
        () => find()?.getWireContent()['session_id'] !== undefined,
        (check) => {
            sdk.on(RoomEvent.Timeline, check);
            sdk.on(RoomEvent.LocalEchoUpdated, check);
            return { dispose: () => (sdk.off(RoomEvent.Timeline, check), sdk.off(RoomEvent.LocalEchoUpdated, check)) };
        },
        'our own message',
    );
    return { eventId, session: String(find()?.getWireContent()['session_id']) };
}

/** Returns the body of the message as `reader` sees it, or `undecryptable: <code>` once that is final. */
export async function read(
    reader: Person,
    roomId: string,
    eventId: string,
    wants: 'body' | 'failure',
): Promise<string> {
    const sdk = clientOfPerson(reader);
    const find = (): MatrixEvent | undefined => sdk.getRoom(roomId)?.findEventById(eventId);
    let result: string | undefined;
    const look = (): void => {
        const event = find();
        if (!event) return;
        void sdk.decryptEventIfNeeded(event).then(() => {
            if (event.isDecryptionFailure()) result = `undecryptable: ${event.decryptionFailureReason}`;
            else if (event.getType() === 'm.room.message') result = String(event.getContent()['body']);
            waiting?.();
        });
    };
    let waiting: (() => void) | undefined;
    await until(
        () => result !== undefined && result.startsWith('undecryptable') === (wants === 'failure'),
        (check) => {
            waiting = check;
            sdk.on(RoomEvent.Timeline, look);
            sdk.on(MatrixEventEvent.Decrypted, look);
            look();
            return { dispose: () => (sdk.off(RoomEvent.Timeline, look), sdk.off(MatrixEventEvent.Decrypted, look)) };
        },
        `the message as ${wants}`,
    ).catch((error: unknown) => {
        throw new Error(`${String(error)}; it is ${result ?? 'not there'}`);
    });
    return result ?? '';
}

/** Resolves when the person can read a message with this text. */
export async function untilRead({ account: { chat } }: Person, roomId: string, text: string): Promise<void> {
    await eventually(
        async () => (await chat.timeline(roomId)).messages.some((m) => m.kind === 'text' && m.body === text),
        `"${text}"`,
    );
}
