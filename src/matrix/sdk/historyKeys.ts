/**
 * Imports history keys that an inviter sent (MSC4268) and that an earlier run did not import. The SDK imports them
 * while it opens the crypto store, and opens nothing until the homeserver answers. Hush opens the store first, and
 * imports them once it is connected.
 */
import { OlmMachine, RoomId } from '@matrix-org/matrix-sdk-crypto-wasm';
import type { Log } from '../../core/base/log.ts';

export interface HistoryKeysOptions {
    readonly olm: OlmMachine;
    /** Asks for the inviter's identity, then imports the keys from them. False: none have arrived yet. */
    readonly accept: (roomId: string, inviter: string) => Promise<boolean>;
    /** ms since the epoch. */
    readonly now: () => number;
    readonly log: Log;
}

/** ms after joining, as in the SDK. Later, a homeserver could use an old invitation to insert keys. */
const WITHIN_MS = 24 * 60 * 60_000;

const pendingOf = OlmMachine.prototype.getAllRoomsPendingKeyBundles;

/** Runs `open` while every machine reports that no room waits for keys. One call at a time. */
export async function withoutHistoryKeys<T>(open: () => Promise<T>): Promise<T> {
    OlmMachine.prototype.getAllRoomsPendingKeyBundles = () => Promise.resolve([]);
    try {
        return await open();
    } finally {
        OlmMachine.prototype.getAllRoomsPendingKeyBundles = pendingOf;
    }
}

/** Call it at each connection. It retries only the imports that failed. Never rejects. */
export function createHistoryKeys({ olm, accept, now, log }: HistoryKeysOptions): () => Promise<void> {
    const asked = new Set<string>();
    return async () => {
        try {
            for (const { roomId: id, inviterId, inviteAcceptedAtMillis: joined } of await pendingOf.call(olm)) {
                const roomId = id.toString();
                if (asked.has(roomId)) continue;
                asked.add(roomId);
                if (now() - joined > WITHIN_MS) await olm.clearRoomPendingKeyBundle(new RoomId(roomId));
                else
                    await accept(roomId, inviterId.toString()).catch((error: unknown) => {
                        asked.delete(roomId);
                        log.warn(`The history keys of ${roomId} were not imported`, error);
                    });
            }
        } catch (error) {
            log.warn('Listing the rooms that wait for history keys failed', error);
        }
    };
}
