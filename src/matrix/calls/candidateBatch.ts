/**
 * Groups ICE candidates into few events. Sends them 200 ms after the first, or when there are ten (specification,
 * "m.call.candidates").
 */
import type { IceCandidate } from './callEvents.ts';

export const BATCH_MS = 200;
export const BATCH_SIZE = 10;

export interface Batch {
    readonly waiting: readonly IceCandidate[];
    /** ms, by the clock of `now`. Undefined when nothing waits. */
    readonly dueAt: number | undefined;
}

export const emptyBatch: Batch = { waiting: [], dueAt: undefined };

/**
 * Adds candidates. An end marker sends all waiting ones at once. `send`: what to send now, in events of at most ten.
 */
export function addCandidates(
    batch: Batch,
    candidates: readonly IceCandidate[],
    now: number,
): { readonly batch: Batch; readonly send: readonly (readonly IceCandidate[])[] } {
    const all = [...batch.waiting, ...candidates];
    const send: (readonly IceCandidate[])[] = [];
    while (all.length >= BATCH_SIZE) send.push(all.splice(0, BATCH_SIZE));
    if (all.at(-1)?.candidate === '') send.push(all.splice(0));
    return { batch: { waiting: all, dueAt: all.length === 0 ? undefined : (batch.dueAt ?? now + BATCH_MS) }, send };
}
