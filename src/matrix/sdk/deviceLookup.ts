/**
 * Looks up people's devices, and says whether the homeserver answered. The crypto library goes on without those it could
 * not ask for, so what is encrypted then can never be read by them.
 */
import { KeysQueryRequest, UserId, type OlmMachine } from '@matrix-org/matrix-sdk-crypto-wasm';

export interface LookupMachine {
    readonly olm: OlmMachine;
    /** Sends what the machine wants sent; ends when all of it was tried. */
    sendOutgoing(): Promise<void>;
}

/**
 * Those of `userIds` for whom the homeserver gave no answer. An answer without them is one: they have no device, or their
 * own server is away, and nobody can wait for that.
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
        // Of these only: whose devices change meanwhile is to be asked for again, and was known all the same.
        return (await wanted(asked)).filter((userId) => !answered.has(userId));
    };
    return (userIds) => {
        // One after the other: the machine takes an answer only to the query that it made last.
        const result = turn.then(() => lookUp(userIds));
        turn = result.catch(() => undefined);
        return result;
    };
}

/** Those for whom a query was answered, from now on. */
function followAnswers(olm: OlmMachine): Set<string> {
    const answered = new Set<string>();
    const queries = new Map<string, readonly string[]>();
    const outgoing = olm.outgoingRequests.bind(olm);
    olm.outgoingRequests = async () => {
        const requests = await outgoing();
        if (queries.size > 1_000) queries.clear(); // each call makes new ones, most of which are never sent
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
