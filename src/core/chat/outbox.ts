/**
 * What a person wrote here and is not in the conversation yet, kept in this window and not with the account: it outlives
 * the window that holds the account, and with the memory it is given also a reload. A message leaves when the server's
 * copy comes in, known by the transaction ID; so a resend, which carries the same one, does no harm. Pure.
 */
import type { ChatSend } from './chatPort.ts';
import * as v from 'valibot';
import type { ChatMessage } from './message.ts';
import { writtenFile, type WrittenFile } from './writtenFile.ts';

type Said<K extends ChatSend['kind']> = Extract<ChatSend, { kind: K }>;
export type Written =
    | Said<'text'>
    | WrittenFile
    /** `was`: what the message said when its edit was written. */
    | (Said<'edit'> & { readonly was: string })
    | Said<'reaction'>;

export interface Waiting {
    readonly roomId: string;
    readonly txnId: string;
    /** What is in one lane goes out one after the other. */
    readonly lane: string;
    readonly written: Written;
    /** ms since the epoch. */
    readonly ts: number;
    /** Why it was not sent, as a sentence. */
    readonly problem: string | null;
    /** The problem is none of its own (there is no connection): it is tried again by itself. */
    readonly waits: boolean;
    /** The server has it; its copy is on the way to us. */
    readonly accepted: boolean;
}

export interface Outbox {
    add(waiting: Waiting): void;
    /** The first of the lane that is to go out: neither accepted, nor failed for a reason of its own. */
    next(lane: string): Waiting | undefined;
    accepted(txnId: string): void;
    failed(txnId: string, problem: string): void;
    /** So does everything that is to go out after it in its lane. */
    waits(lane: string, problem: string): void;
    /** What failed is to go out again; undefined unless it failed. */
    retry(txnId: string): Waiting | undefined;
    /** Gives it up. */
    drop(...txnIds: readonly string[]): void;
    /** The room's messages as they are now: what is among them waits no more. */
    arrived(roomId: string, messages: readonly ChatMessage[]): void;
    clear(): void;
    /** As it is to be remembered; in the order it was written. */
    readonly waiting: readonly Waiting[];
}

/** `remembered`: from an earlier run, of whatever shape. `keep` is told each change. */
export function createOutbox(remembered: unknown, keep: (waiting: readonly Waiting[]) => void): Outbox {
    let all: readonly Waiting[] = waitingOf(remembered);
    const set = (next: readonly Waiting[]): void => {
        all = next;
        keep(all);
    };
    const change = (which: (waiting: Waiting) => boolean, how: Partial<Waiting>): void => {
        if (all.some(which)) set(all.map((w) => (which(w) ? { ...w, ...how } : w)));
    };
    const remove = (which: (waiting: Waiting) => boolean): void => {
        if (all.some(which)) set(all.filter((w) => !which(w)));
    };
    const isNext = (lane: string, w: Waiting): boolean =>
        w.lane === lane && !w.accepted && (w.problem === null || w.waits);
    return {
        add: (waiting) => set([...all, waiting]),
        next: (lane) => all.find((w) => isNext(lane, w)),
        accepted: (txnId) => change((w) => w.txnId === txnId, { accepted: true, problem: null, waits: false }),
        failed: (txnId, problem) => change((w) => w.txnId === txnId, { problem, waits: false }),
        waits: (lane, problem) => change((w) => isNext(lane, w), { problem, waits: true }),
        retry(txnId) {
            const found = all.find((w) => w.txnId === txnId && w.problem !== null);
            if (found) change((w) => w === found, { problem: null, waits: false });
            return found;
        },
        drop: (...txnIds) => remove((w) => txnIds.includes(w.txnId)),
        arrived(roomId, messages) {
            const txnIds = new Set(messages.map((m) => m.txnId));
            const byKey = new Map(messages.map((m) => [m.key, m]));
            remove((w) => txnIds.has(w.txnId) || (w.accepted && isThere(w, w.roomId === roomId ? byKey : new Map())));
        },
        clear: () => set([]),
        get waiting() {
            return all;
        },
    };
}

/** What has no message of its own is there when its target shows it; what is not shown need not wait for that. */
function isThere({ written }: Waiting, messages: ReadonlyMap<string, ChatMessage>): boolean {
    if (written.kind === 'text' || written.kind === 'file') return false;
    const target = messages.get(written.target);
    if (!target) return true;
    if (written.kind === 'reaction')
        return target.reactions.some(({ key, own }) => key === written.key && own !== null);
    return target.body !== written.was || target.body === written.markdown;
}

const waitingShape = v.object({
    roomId: v.string(),
    txnId: v.string(),
    lane: v.string(),
    ts: v.number(),
    written: v.variant('kind', [
        v.object({ kind: v.literal('text'), markdown: v.string(), replyTo: v.nullable(v.string()) }),
        v.object({ kind: v.literal('edit'), markdown: v.string(), target: v.string(), was: v.string() }),
        v.object({ kind: v.literal('reaction'), target: v.string(), key: v.string() }),
        writtenFile,
    ]),
    problem: v.nullable(v.string()),
    waits: v.boolean(),
    accepted: v.boolean(),
});

/** What the server had is in the conversation, or comes with the sync: a server forgets transaction IDs in time. */
function waitingOf(remembered: unknown): Waiting[] {
    if (!Array.isArray(remembered)) return [];
    return remembered.flatMap((value) => {
        const { success, output } = v.safeParse(waitingShape, value);
        return success && !output.accepted ? [output] : [];
    });
}
