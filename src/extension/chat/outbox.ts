/**
 * What was written here and is not in the conversation yet, kept in this window and not with the account: it outlives the
 * window that holds the account, and with the memory it is given also a reload. A message leaves when the server's copy
 * comes in, known by the transaction ID; so a resend, which carries the same one, does no harm. Pure.
 */
import type { ChatSend } from './chatPort.ts';
import * as v from 'valibot';
import { MAX_BODY, type ChatMessage } from '../../webview/protocol/chatMessages.ts';
import { echoOf, writtenFile, type WrittenFile } from './writtenFile.ts';

/** Only what becomes a message has an echo; the rest shows when it is there. */
export type Written = Extract<ChatSend, { kind: 'text' }> | WrittenFile;
export interface Waiting {
    readonly roomId: string;
    readonly txnId: string;
    readonly written: Written;
    /** ms since the epoch. */
    readonly ts: number;
    readonly problem: string | null;
    /** The server has it; its copy is on the way to us. */
    readonly accepted: boolean;
}

export interface Outbox {
    add(waiting: Waiting): void;
    accepted(txnId: string): void;
    failed(txnId: string, problem: string): void;
    /** To send again; undefined unless it failed. */
    retry(txnId: string): Waiting | undefined;
    /** Only what failed can be discarded: what is on its way may arrive. */
    discard(txnId: string): void;
    /** What was on its way was called back. */
    drop(txnId: string): void;
    /** The room's messages with those that wait at their end; what has arrived waits no more. */
    merge(roomId: string, messages: readonly ChatMessage[], self: { userId: string; name: string }): ChatMessage[];
    clear(): void;
    /** As it is to be remembered. */
    readonly waiting: readonly Waiting[];
}

const INTERRUPTED = 'This was not sent before the window closed.';

/** `remembered`: from an earlier run, of whatever shape. `keep` is told each change. */
export function createOutbox(remembered: unknown, keep: (waiting: readonly Waiting[]) => void): Outbox {
    let all: readonly Waiting[] = Array.isArray(remembered)
        ? remembered.filter(isWaiting).map((w) => ({ ...w, accepted: false, problem: w.problem ?? INTERRUPTED }))
        : [];
    const set = (next: readonly Waiting[]): void => {
        all = next;
        keep(all);
    };
    const change = (txnId: string, how: Partial<Waiting>): void => {
        if (all.some((w) => w.txnId === txnId)) set(all.map((w) => (w.txnId === txnId ? { ...w, ...how } : w)));
    };
    return {
        add: (waiting) => set([...all, waiting]),
        accepted: (txnId) => change(txnId, { accepted: true, problem: null }),
        failed: (txnId, problem) => change(txnId, { problem }),
        retry(txnId) {
            const found = all.find((w) => w.txnId === txnId && w.problem !== null);
            if (found) change(txnId, { problem: null });
            return found;
        },
        discard: (txnId) => set(all.filter((w) => w.txnId !== txnId || w.problem === null)),
        drop: (txnId) => set(all.filter((w) => w.txnId !== txnId)),
        merge(roomId, messages, self) {
            const arrived = new Set(messages.map((m) => m.txnId));
            if (all.some((w) => arrived.has(w.txnId))) set(all.filter((w) => !arrived.has(w.txnId)));
            return [...messages, ...all.filter((w) => w.roomId === roomId).map((w) => echo(w, messages, self))];
        },
        clear: () => set([]),
        get waiting() {
            return all;
        },
    };
}

function echo(
    { txnId, written, ts, problem }: Waiting,
    messages: readonly ChatMessage[],
    self: { userId: string; name: string },
): ChatMessage {
    const target = messages.find((m) => m.key === written.replyTo);
    return {
        key: txnId,
        txnId,
        sender: self.userId,
        name: self.name,
        own: true,
        ts,
        kind: written.kind,
        body: wordsOf(written),
        html: null,
        file: written.kind === 'file' ? echoOf(written) : null,
        reply: target ? { key: target.key, name: target.name, excerpt: target.body.slice(0, 160) } : null,
        edited: false,
        reactions: [],
        mayDelete: false,
        state: problem === null ? 'sending' : 'failed',
        problem,
    };
}

function wordsOf(written: Written): string {
    if (written.kind === 'text') return written.markdown.slice(0, MAX_BODY);
    return written.caption === '' ? written.name.slice(0, 512) : written.caption.slice(0, MAX_BODY);
}

const waitingShape = v.object({
    roomId: v.string(),
    txnId: v.string(),
    ts: v.number(),
    written: v.variant('kind', [
        v.object({ kind: v.literal('text'), markdown: v.string(), replyTo: v.nullable(v.string()) }),
        writtenFile,
    ]),
    problem: v.nullable(v.string()),
});

function isWaiting(value: unknown): value is Waiting {
    return v.is(waitingShape, value);
}
