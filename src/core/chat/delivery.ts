/**
 * Gets what waits in a person's outbox to the server, lane by lane in the order it was written: pauses as long as the
 * server asks, holds the whole lane while there is no connection, and goes on with it when there is one again. Pure.
 */
import type { ChatPort } from './chatPort.ts';
import { isHushError, userMessage } from '../base/errors.ts';
import type { FilesPort } from '../files/filesPort.ts';
import type { Outbox, Waiting, Written } from './outbox.ts';
import type { WrittenFile } from './writtenFile.ts';

export interface DeliveryOptions {
    readonly outbox: Outbox;
    /** The account that these were written by, while it is the one of now. */
    readonly to: () => { readonly chat: ChatPort; readonly files: FilesPort } | undefined;
    readonly files: FileSender;
    /** ms since the epoch. */
    readonly now: () => number;
    readonly newTxnId: () => string;
    readonly after: (ms: number, work: () => void) => void;
    /** The outbox changed, or what of it is under way. */
    readonly onChange: () => void;
    /** Something failed that has no place to say so: a sentence. */
    readonly onProblem: (text: string) => void;
}
/** How files go out. */
export interface FileSender {
    /** Rejects with `file.cancelled` after `cancel`. */
    send(to: FilesPort, roomId: string, txnId: string, file: WrittenFile): Promise<void>;
    cancel(txnId: string): void;
}
export interface Delivery {
    /**
     * Returns its transaction ID. What is said in a room goes out in order; a file follows only the one that `after` names,
     * so that a large one holds up nothing else.
     */
    write(roomId: string, written: Written, after?: string): string;
    /** Sends again what failed, under the same transaction ID. */
    retry(txnId: string): void;
    /** Gives it up, unless the server has it by then: what is under way goes when it fails. */
    cancel(txnId: string): void;
    /** The same of every change to this message: it is deleted. */
    cancelChanges(target: string): void;
    /** There is a connection: what waits for one, and what an earlier window left, goes out. */
    online(): void;
    /** It may have reached the server. */
    isUnderWay(txnId: string): boolean;
    /** Gives up everything. */
    forget(): void;
}

/** Nobody has to do anything: {@link Delivery.online}. */
const NO_CONNECTION = 'Not sent yet: there is no connection. It goes out by itself when there is one.';
const NO_ACCOUNT = 'Not sent yet: this account is not open. It goes out by itself when it is.';

/** Times that a server's request for a pause is honoured before the person is asked. */
const PATIENT = 5;
/** ms until a lane is tried again that found no connection, the second time twice as much, and so on. */
const FIRST_RETRY_MS = 4_000;
const LAST_RETRY_MS = 64_000;
/** ms of such a pause at most: of a longer one the person is told, who would take it for sending. */
const LONGEST_PAUSE_MS = 300_000;

/** What becomes of the lane: it goes on (after so many ms), or waits for a connection. */
type Outcome = { readonly pauseMs: number } | 'goesOn' | 'waits';

export function createDelivery(options: DeliveryOptions): Delivery {
    const { outbox, to, files, now, newTxnId, after, onChange, onProblem } = options;
    const underWay = new Set<string>();
    /** Given up while under way. */
    const unwanted = new Set<string>();
    const moving = new Set<string>();
    /** By transaction ID: pauses that the server asked for. */
    const pauses = new Map<string, number>();
    /** By lane: times in a row without a connection, while another try is due. */
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
                // It was closed over this. Where it is open again, that goes out by it.
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
        if (/^(?:network\.|account\.(?:ownerGone|notSignedIn)$)/u.test(code)) {
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
    /** A connection may be back without the account having noticed that it was away. */
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
    /** What this one makes pointless: an edit the one before it; a reaction itself, where it is there already. */
    function supersede(written: Written): boolean {
        if (written.kind === 'edit')
            cancel(changesTo(written.target).filter((w) => w.written.kind === 'edit' && !underWay.has(w.txnId)));
        return (
            written.kind !== 'reaction' ||
            !changesTo(written.target).some((w) => w.written.kind === 'reaction' && w.written.key === written.key)
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
