/**
 * History keys that an inviter handed over (MSC4268) and that an earlier run did not take in. The SDK asks for them while
 * it opens the crypto store: it waits for the homeserver, and opens nothing without it. Hush opens first, and asks once it
 * is connected.
 */
import { OlmMachine, RoomId } from '@matrix-org/matrix-sdk-crypto-wasm';
import type { Log } from '../../core/base/log.ts';

export interface HistoryKeysOptions {
    readonly olm: OlmMachine;
    /** Asks for the inviter's identity, then takes in what came from them; false: nothing did yet. */
    readonly accept: (roomId: string, inviter: string) => Promise<boolean>;
    /** ms since the epoch. */
    readonly now: () => number;
    readonly log: Log;
}

/** ms after joining, as in the SDK: from then on a homeserver could use an old invitation to slip keys in. */
const WITHIN_MS = 24 * 60 * 60_000;

const pendingOf = OlmMachine.prototype.getAllRoomsPendingKeyBundles;

/** Runs `open` while every machine says that no room waits for keys. One at a time. */
export async function withoutHistoryKeys<T>(open: () => Promise<T>): Promise<T> {
    OlmMachine.prototype.getAllRoomsPendingKeyBundles = () => Promise.resolve([]);
    try {
        return await open();
    } finally {
        OlmMachine.prototype.getAllRoomsPendingKeyBundles = pendingOf;
    }
}

/** To be called at each connection: what failed for want of one is tried again, the rest is not. Never rejects. */
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
                        log.warn(`History keys of ${roomId} were not taken in`, error);
                    });
            }
        } catch (error) {
            log.warn('Which rooms wait for history keys is not known', error);
        }
    };
}
