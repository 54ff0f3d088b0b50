/**
 * Messages that a person wrote here and that are not in the conversation yet. The window keeps them, not the account.
 * So they outlive the window that holds the account and, with stored memory, a reload. A message leaves when the
 * server's copy arrives, found by its transaction ID. A resend has the same ID and so does no harm.
 */
import type { ChatSend } from './chatPort.ts';
import * as v from 'valibot';
import { codePointer } from './codePointer.ts';
import type { ChatMessage } from './message.ts';
import { isSameReaction } from '../base/reactionKey.ts';
import { writtenFile, type WrittenFile } from './writtenFile.ts';

type Said<K extends ChatSend['kind']> = Extract<ChatSend, { kind: K }>;
export type Written =
    | Said<'text'>
    | WrittenFile
    /** `was`: the text of the message when the edit was written. */
    | (Said<'edit'> & { readonly was: string })
    | Said<'reaction'>;

export interface Waiting {
    readonly roomId: string;
    readonly txnId: string;
    /** Messages in one lane are sent one after the other. */
    readonly lane: string;
    readonly written: Written;
    /** ms since the epoch. */
    readonly ts: number;
    /** A sentence: why it was not sent. */
    readonly problem: string | null;
    /** The problem is not its own (there is no connection), so it is retried automatically. */
    readonly waits: boolean;
    /** The server has it. Its copy is on the way to us. */
    readonly accepted: boolean;
}

export interface Outbox {
    add(waiting: Waiting): void;
    /** The first message of the lane that must be sent: not accepted, and not failed for a reason of its own. */
    next(lane: string): Waiting | undefined;
    accepted(txnId: string): void;
    failed(txnId: string, problem: string): void;
    /** Everything behind it in its lane waits too. */
    waits(lane: string, problem: string): void;
    /** Marks a failed message to be sent again. Undefined unless it failed. */
    retry(txnId: string): Waiting | undefined;
    /** Removes it. */
    drop(...txnIds: readonly string[]): void;
    /** `messages`: the room's messages now. Those among them no longer wait. */
    arrived(roomId: string, messages: readonly ChatMessage[]): void;
    clear(): void;
    /** What to store, in the order of writing. */
    readonly waiting: readonly Waiting[];
}

/** `remembered`: unchecked data from an earlier run. `keep` receives each change. */
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

/**
 * A change has no message of its own. It has arrived when its target shows it. If the target is not shown, the change
 * need not wait.
 */
function isThere({ written }: Waiting, messages: ReadonlyMap<string, ChatMessage>): boolean {
    if (written.kind === 'text' || written.kind === 'file') return false;
    const target = messages.get(written.target);
    if (!target) return true;
    if (written.kind === 'reaction')
        return target.reactions.some(({ key, own }) => isSameReaction(key, written.key) && own !== null);
    return target.body !== written.was || target.body === written.markdown;
}

const waitingShape = v.object({
    roomId: v.string(),
    txnId: v.string(),
    lane: v.string(),
    ts: v.number(),
    written: v.variant('kind', [
        v.object({
            kind: v.literal('text'),
            markdown: v.string(),
            replyTo: v.nullable(v.string()),
            pointer: v.optional(codePointer),
        }),
        v.object({ kind: v.literal('edit'), markdown: v.string(), target: v.string(), was: v.string() }),
        v.object({ kind: v.literal('reaction'), target: v.string(), key: v.string() }),
        writtenFile,
    ]),
    problem: v.nullable(v.string()),
    waits: v.boolean(),
    accepted: v.boolean(),
});

/**
 * An accepted message is in the conversation or comes with the sync. It is not sent again, because servers forget
 * transaction IDs after a while.
 */
function waitingOf(remembered: unknown): Waiting[] {
    if (!Array.isArray(remembered)) return [];
    return remembered.flatMap((value) => {
        const { success, output } = v.safeParse(waitingShape, value);
        return success && !output.accepted ? [output] : [];
    });
}
