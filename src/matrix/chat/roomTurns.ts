/** Sends in one room keep the order of the calls. */
import { fromSdk } from '../requests/matrixHttp.ts';

const REFUSED = {
    M_FORBIDDEN: ['room.forbidden', 'You may not do that in this room. Somebody with more power in it may.'],
    M_TOO_LARGE: ['event.tooLarge', 'This message is too long for the homeserver. Send it in parts.'],
} as const;

/** `doing`: the subject of the error sentence. Rejects with a `HushError`. */
export type InTurn = (roomId: string, doing: string, work: () => Promise<void>) => Promise<void>;

export function createRoomTurns(): InTurn {
    const sending = new Map<string, Promise<unknown>>();
    return async (roomId, doing, work) => {
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
    };
}
