/**
 * Sends a person's outbox to the server. Each lane keeps the order of writing. A lane pauses as long as the server
 * asks. Without a connection the whole lane waits, and continues when there is one.
 */
import type { ChatPort } from './chatPort.ts';
import { isHushError, userMessage } from '../base/errors.ts';
import type { FilesPort } from '../files/filesPort.ts';
import { isSameReaction } from '../base/reactionKey.ts';
import type { Outbox, Waiting, Written } from './outbox.ts';
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
const NO_CONNECTION = 'Not sent yet: there is no connection. It goes out by itself when there is one.';
const NO_ACCOUNT = 'Not sent yet: this account is not open. It goes out by itself when it is.';

/** The person is asked after the server asked for this many pauses. */
const PATIENT = 5;
/** ms until a lane without a connection tries again. Each further wait is twice as long. */
const FIRST_RETRY_MS = 4_000;
const LAST_RETRY_MS = 64_000;
/**
 * The longest pause in ms. A longer one is shown to the person, who would otherwise think that the message is being
 * sent.
 */
const LONGEST_PAUSE_MS = 300_000;

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
    /** Lanes that will retry, and for each lane the failures in a row for want of a connection. */
    const due = new Set<string>();
    const misses = new Map<string, number>();

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
    async function attempt({ roomId, txnId, written, lane }: Waiting): Promise<Outcome> {
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
            misses.delete(lane);
            return 'goesOn';
        } catch (error) {
            if (to()?.chat !== account.chat && !unwanted.has(txnId)) {
                // The account was closed meanwhile. If it is open again, the message is sent through it.
                if (to()) return 'goesOn';
                outbox.waits(lane, NO_ACCOUNT);
                return 'waits';
            }
            return failed(error, txnId, written, lane);
        } finally {
            underWay.delete(txnId);
            unwanted.delete(txnId);
        }
    }
    function failed(error: unknown, txnId: string, written: Written, lane: string): Outcome {
        const known: { code: string; retryAfterMs?: number | undefined } = isHushError(error) ? error : { code: '' };
        const { code, retryAfterMs } = known;
        if (code === 'file.cancelled' || unwanted.has(txnId)) {
            outbox.drop(txnId);
            return 'goesOn';
        }
        const times = (pauses.get(txnId) ?? 0) + 1;
        pauses.delete(txnId);
        const isLong = retryAfterMs !== undefined && retryAfterMs > LONGEST_PAUSE_MS;
        if (retryAfterMs !== undefined && !isLong && times <= PATIENT) {
            pauses.set(txnId, times);
            return { pauseMs: retryAfterMs };
        }
        const problem = userMessage(error, written.kind === 'reaction' ? 'The reaction' : 'Sending the message');
        if (/^(?:network\.|account\.(?:leaderGone|notSignedIn)$)/u.test(code)) {
            outbox.waits(lane, /^network\.(?:offline|timeout)$/u.test(code) ? NO_CONNECTION : problem);
            if (!isLong) tryLater(lane);
            return 'waits';
        }
        outbox.failed(txnId, problem);
        if (written.kind === 'reaction') {
            outbox.drop(txnId);
            onProblem(problem);
        }
        return 'goesOn';
    }
    /** The connection may come back before the account notices that it was lost. */
    function tryLater(lane: string): void {
        if (due.has(lane)) return;
        due.add(lane);
        const missed = misses.get(lane) ?? 0;
        misses.set(lane, missed + 1);
        after(Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** missed), () => {
            due.delete(lane);
            if (to()) void move(lane);
        });
    }
    function cancel(waiting: readonly Waiting[]): void {
        for (const { txnId, written, accepted } of waiting) {
            if (!underWay.has(txnId)) {
                if (!accepted) outbox.drop(txnId);
            } else if (written.kind === 'file') files.cancel(txnId);
            else unwanted.add(txnId);
        }
        onChange();
    }
    const changesTo = (target: string): Waiting[] =>
        outbox.waiting.filter(({ written }) => 'target' in written && written.target === target);
    /**
     * Drops what this change makes pointless: an earlier edit of the same message, or a reaction that already exists.
     */
    function supersede(written: Written): boolean {
        if (written.kind === 'edit')
            cancel(changesTo(written.target).filter((w) => w.written.kind === 'edit' && !underWay.has(w.txnId)));
        return (
            written.kind !== 'reaction' ||
            !changesTo(written.target).some(
                (w) => w.written.kind === 'reaction' && isSameReaction(w.written.key, written.key),
            )
        );
    }

    return {
        write(roomId, written, predecessor) {
            const txnId = newTxnId();
            if (!supersede(written)) return txnId;
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
        cancelChanges: (target) => cancel(changesTo(target)),
        online() {
            misses.clear();
            for (const { txnId, waits } of outbox.waiting) if (waits) outbox.retry(txnId);
            for (const lane of new Set(outbox.waiting.map((w) => w.lane))) void move(lane);
            onChange();
        },
        isUnderWay: (txnId) => underWay.has(txnId),
        forget: () => outbox.clear(),
    };
}
