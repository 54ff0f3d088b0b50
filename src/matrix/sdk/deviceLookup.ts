/**
 * Looks up people's devices, and reports whether the homeserver answered. Without an answer, the crypto library
 * encrypts without these devices, and they can never read the message.
 */
import { KeysQueryRequest, UserId, type OlmMachine } from '@matrix-org/matrix-sdk-crypto-wasm';

export interface LookupMachine {
    readonly olm: OlmMachine;
    /** Sends the machine's waiting requests. Resolves when all of them were tried. */
    sendOutgoing(): Promise<void>;
}

/**
 * Returns those of `userIds` for whom the homeserver gave no answer. An answer that lacks a person counts as an answer:
 * the person has no device, or their own server does not respond, and nobody can wait for that.
 */
export type DeviceLookup = (userIds: readonly string[]) => Promise<readonly string[]>;

export function createDeviceLookup({ olm, sendOutgoing }: LookupMachine): DeviceLookup {
    const answered = followAnswers(olm);
    let turn: Promise<unknown> = Promise.resolve();
    const wanted = async (userIds: readonly string[]): Promise<readonly string[]> => {
        const asked = new Set((await olm.outgoingRequests()).flatMap(usersOf));
        return userIds.filter((userId) => asked.has(userId));
    };
    const lookUp: DeviceLookup = async (userIds) => {
        await olm.updateTrackedUsers(userIds.map((id) => new UserId(id)));
        const asked = await wanted(userIds);
        if (asked.length === 0) return [];
        answered.clear();
        await sendOutgoing();
        // Only people asked about here count. If a person's devices change meanwhile, they are asked about again, but
        // the earlier answer was enough.
        return (await wanted(asked)).filter((userId) => !answered.has(userId));
    };
    return (userIds) => {
        // One lookup at a time, because the machine accepts an answer only to its latest query.
        const result = turn.then(() => lookUp(userIds));
        turn = result.catch(() => undefined);
        return result;
    };
}

/** Collects the people for whom a query was answered. */
function followAnswers(olm: OlmMachine): Set<string> {
    const answered = new Set<string>();
    const queries = new Map<string, readonly string[]>();
    const outgoing = olm.outgoingRequests.bind(olm);
    olm.outgoingRequests = async () => {
        const requests = await outgoing();
        if (queries.size > 1_000) queries.clear(); // each call makes new ones, and most are never sent
        for (const request of requests)
            if (request instanceof KeysQueryRequest) queries.set(request.id, usersOf(request));
        return requests;
    };
    const mark = olm.markRequestAsSent.bind(olm);
    olm.markRequestAsSent = (id, ...rest) => {
        for (const userId of queries.get(id) ?? []) answered.add(userId);
        queries.delete(id);
        return mark(id, ...rest);
    };
    return answered;
}

function usersOf(request: unknown): string[] {
    if (!(request instanceof KeysQueryRequest)) return [];
    return Object.keys((JSON.parse(request.body) as { device_keys: object }).device_keys);
}
