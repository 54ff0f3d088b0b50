/**
 * Sends a person's outbox to the server. Each lane keeps the order of writing. A lane pauses as long as the server
 * asks. Without a connection the whole lane waits, and continues when there is one.
 */
import type { ChatPort } from './chatPort.ts';
import type { FilesPort } from '../files/filesPort.ts';
import { createLaneRetries } from './laneRetries.ts';
import type { Outbox, Waiting, Written } from './outbox.ts';
import { afterFailure } from './sendFailure.ts';
import { createWithdrawal } from './withdrawal.ts';
import type { WrittenFile } from './writtenFile.ts';

export interface DeliveryOptions {
    readonly outbox: Outbox;
    /** The open account, if it is the one that wrote these messages. */
    readonly to: () => { readonly chat: ChatPort; readonly files: FilesPort } | undefined;
    readonly files: FileSender;
    /** ms since the epoch. */
    readonly now: () => number;
    readonly newTxnId: () => string;
    readonly after: (ms: number, work: () => void) => void;
    /** The outbox changed, or the set of messages that are being sent. */
    readonly onChange: () => void;
    /** A sentence about a failure that no message can show. */
    readonly onProblem: (text: string) => void;
}
/** How files are sent. */
export interface FileSender {
    /** Rejects with `file.cancelled` after `cancel`. */
    send(to: FilesPort, roomId: string, txnId: string, file: WrittenFile): Promise<void>;
    cancel(txnId: string): void;
}
export interface Delivery {
    /**
     * Returns its transaction ID. Text in a room is sent in order. A file waits only for the file that `after` names,
     * so that a large file blocks nothing else.
     */
    write(roomId: string, written: Written, after?: string): string;
    /** Sends a failed message again, under the same transaction ID. */
    retry(txnId: string): void;
    /** Drops it, unless the server already has it. If it is being sent, it is dropped when that fails. */
    cancel(txnId: string): void;
    /** Cancels every change to this message, because the message is deleted. */
    cancelChanges(target: string): void;
    /** There is a connection: sends everything that waits for one, and everything that an earlier window left. */
    online(): void;
    /** It may have reached the server. */
    isUnderWay(txnId: string): boolean;
    /** Drops everything. */
    forget(): void;
}

/** The person need not act: {@link Delivery.online} sends it. */
const NO_ACCOUNT = 'Not sent yet: this account is not open. It goes out by itself when it is.';

/** What the lane does next: continue (after a pause), or wait for a connection. */
type Outcome = { readonly pauseMs: number } | 'goesOn' | 'waits';

export function createDelivery(options: DeliveryOptions): Delivery {
    const { outbox, to, files, now, newTxnId, after, onChange, onProblem } = options;
    const underWay = new Set<string>();
    /** Cancelled while it was being sent. */
    const unwanted = new Set<string>();
    const moving = new Set<string>();
    /** By transaction ID: how many pauses the server asked for. */
    const pauses = new Map<string, number>();
    const withdrawal = createWithdrawal({
        outbox,
        underWay,
        stopFile: (txnId) => files.cancel(txnId),
        dropLater: (txnId) => void unwanted.add(txnId),
    });
    const retries = createLaneRetries(after, (lane) => {
        if (to()) void move(lane);
    });

    async function move(lane: string): Promise<void> {
        if (moving.has(lane)) return;
        moving.add(lane);
        for (let next = outbox.next(lane); next; next = outbox.next(lane)) {
            const outcome = await attempt(next);
            onChange();
            if (outcome === 'waits') break;
            if (outcome !== 'goesOn') await new Promise<void>((resolve) => after(outcome.pauseMs, resolve));
        }
        moving.delete(lane);
    }
    async function attempt(waiting: Waiting): Promise<Outcome> {
        const { roomId, txnId, written, lane } = waiting;
        const account = to();
        if (!account) {
            outbox.waits(lane, NO_ACCOUNT);
            return 'waits';
        }
        underWay.add(txnId);
        onChange();
        try {
            if (written.kind === 'file') await files.send(account.files, roomId, txnId, written);
            else await account.chat.send(roomId, txnId, written);
            outbox.accepted(txnId);
            retries.succeeded(lane);
            return 'goesOn';
        } catch (error) {
            if (to()?.chat !== account.chat && !unwanted.has(txnId)) {
                // The account was closed meanwhile. If it is open again, the message is sent through it.
                if (to()) return 'goesOn';
                outbox.waits(lane, NO_ACCOUNT);
                return 'waits';
            }
            return failed(error, waiting);
        } finally {
            underWay.delete(txnId);
            unwanted.delete(txnId);
        }
    }
    function failed(error: unknown, { txnId, written, lane }: Waiting): Outcome {
        const times = (pauses.get(txnId) ?? 0) + 1;
        pauses.delete(txnId);
        const next = unwanted.has(txnId) ? { kind: 'cancelled' as const } : afterFailure(error, written, times);
        switch (next.kind) {
            case 'cancelled':
                outbox.drop(txnId);
                return 'goesOn';
            case 'pause':
                pauses.set(txnId, times);
                return next;
            case 'wait':
                outbox.waits(lane, next.problem);
                if (next.retry) retries.later(lane);
                return 'waits';
            case 'failed':
                outbox.failed(txnId, next.problem);
                if (written.kind === 'reaction') {
                    outbox.drop(txnId);
                    onProblem(next.problem);
                }
                return 'goesOn';
        }
    }
    function cancel(waiting: readonly Waiting[]): void {
        withdrawal.cancel(waiting);
        onChange();
    }

    return {
        write(roomId, written, predecessor) {
            const txnId = newTxnId();
            if (!withdrawal.supersede(written)) return txnId;
            const before = outbox.waiting.find((w) => w.txnId === predecessor);
            const lane = written.kind === 'file' ? (before?.lane ?? txnId) : roomId;
            const rest = { problem: null, waits: false, accepted: false };
            outbox.add({ roomId, txnId, lane, written, ts: now(), ...rest });
            void move(lane);
            onChange();
            return txnId;
        },
        retry(txnId) {
            const waiting = outbox.retry(txnId);
            if (waiting) void move(waiting.lane);
            onChange();
        },
        cancel: (txnId) => cancel(outbox.waiting.filter((w) => w.txnId === txnId)),
        cancelChanges: (target) => cancel(withdrawal.changesTo(target)),
        online() {
            retries.reset();
            for (const { txnId, waits } of outbox.waiting) if (waits) outbox.retry(txnId);
            for (const lane of new Set(outbox.waiting.map((w) => w.lane))) void move(lane);
            onChange();
        },
        isUnderWay: (txnId) => underWay.has(txnId),
        forget: () => outbox.clear(),
    };
}
