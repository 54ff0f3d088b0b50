/** Helpers for the actions on rooms. They find the joined room and turn refusals into sentences. */
import { ClientEvent, KnownMembership, type MatrixClient, type Room } from 'matrix-js-sdk/lib/matrix.js';
import { HushError } from '../../core/base/errors.ts';
import { fromSdk, type KnownErrors } from '../requests/matrixHttp.ts';
import { parseUserId } from '../../core/base/identifiers.ts';
import { isComplete } from './roomSnapshots.ts';

/** The most characters of a reason that is sent. */
export const MAX_REASON = 500;

/** ms that an action waits for the sync to show its room, after the server confirmed the action. */
const VISIBLE_WITHIN_MS = 10_000;

/** @throws HushError `room.notFound`. */
export function joinedRoom(sdk: MatrixClient, roomId: string): Room {
    const room = sdk.getRoom(roomId);
    if (room?.getMyMembership() !== KnownMembership.Join)
        throw new HushError('room.notFound', 'You are not in this room any more.');
    return room;
}

/** @throws HushError `room.invalidUserId`. */
export function assertUserId(userId: string): void {
    if (!parseUserId(userId))
        throw new HushError('room.invalidUserId', `"${userId}" is not a user ID. Type it like @alice:example.org.`);
}

/** Uses the status, because the error code for it differs between endpoints. */
export function isNotFound(error: unknown): boolean {
    return error instanceof Error && 'httpStatus' in error && error.httpStatus === 404;
}

/** The sentence for a server that says that the person lacks the power. */
export const NO_POWER: KnownErrors = {
    M_FORBIDDEN: ['room.forbidden', 'You may not do that in this room. Somebody with more power in it may.'],
};

/** Every rejection is a `HushError`. `doing`: "Banning @a:b". */
export async function acting<T>(doing: string, known: KnownErrors, work: () => Promise<T>): Promise<T> {
    try {
        return await work();
    } catch (error) {
        throw fromSdk(error, doing, known);
    }
}

/**
 * The SDK joins, then imports the history keys that the inviter sent. If the import fails, the person is still in the
 * room, so its error is not thrown.
 */
export async function joinRoom(sdk: MatrixClient, roomId: string, via: readonly string[]): Promise<void> {
    await sdk.joinRoom(roomId, via.length > 0 ? { viaServers: [...via] } : {}).catch((error: unknown) => {
        if (fromSdk(error, 'Joining the room').code !== 'internal') throw error;
    });
}

/** Resolves when the sync has brought the joined room with its state and `holds` is true for it, or after 10 s. */
export function untilVisible(sdk: MatrixClient, roomId: string, holds: (room: Room) => boolean): Promise<void> {
    return untilSynced(sdk, () => {
        const room = sdk.getRoom(roomId);
        return isComplete(room) && room !== null && holds(room);
    });
}

/** Resolves when the sync says that we are not in the room, or after 10 s. */
export function untilLeft(sdk: MatrixClient, roomId: string): Promise<void> {
    return untilSynced(sdk, () => (sdk.getRoom(roomId)?.getMyMembership() ?? 'leave') === 'leave');
}

async function untilSynced(sdk: MatrixClient, holds: () => boolean): Promise<void> {
    const deadline = AbortSignal.timeout(VISIBLE_WITHIN_MS);
    while (!holds() && !deadline.aborted) {
        const { promise, resolve } = Promise.withResolvers<void>();
        const check = (): void => resolve();
        sdk.once(ClientEvent.Sync, check);
        deadline.addEventListener('abort', check, { once: true });
        await promise;
    }
}
