/** Gets what waits in the outbox to the server: pauses as long as it asks, and goes on when there is a connection again. Pure. */
import { HushError, isHushError, userMessage } from '../errors.ts';
import type { ChatPort } from './chatPort.ts';
import type { Outbox, Waiting, Written } from './outbox.ts';
import type { WrittenFile } from './writtenFile.ts';

export interface DeliveryOptions {
    readonly outbox: Outbox;
    readonly port: () => ChatPort | undefined;
    readonly files: FileSender;
    /** ms since the epoch. */
    readonly now: () => number;
    readonly newTxnId: () => string;
    readonly after: (ms: number, work: () => void) => void;
    /** The outbox changed. */
    readonly onChange: () => void;
}
/** How files go out. */
export interface FileSender {
    /** Rejects with `file.cancelled` after `cancel`. */
    send(roomId: string, txnId: string, file: WrittenFile): Promise<void>;
    cancel(txnId: string): void;
}
export interface Delivery {
    /** Returns its transaction ID. `after`: goes out when what was tried to be done with that one is over. */
    write(roomId: string, written: Written, after?: string): string;
    /** Sends again what failed, under the same transaction ID. */
    retry(txnId: string): void;
    /** Calls a file back that is on its way; a text is too fast for that. What failed is given up. */
    cancel(txnId: string): void;
    /** There is a connection: what failed for want of one goes out. */
    online(): void;
    /** Gives up everything. */
    forget(): void;
}

/** Nobody has to do anything: {@link Delivery.online}. */
const NO_CONNECTION = 'Not sent yet: there is no connection. It goes out by itself when there is one.';

/** Times that a server's request for a pause is honoured before the person is asked. */
const PATIENT = 5;

export function createDelivery({ outbox, port, files, now, newTxnId, after, onChange }: DeliveryOptions): Delivery {
    const offline = new Set<string>();
    const underWay = new Set<string>();
    /** First attempts, until they are over. */
    const first = new Map<string, Promise<void>>();

    async function deliver(waiting: Waiting, times = 0): Promise<void> {
        const { roomId, txnId, written } = waiting;
        if (!outbox.waiting.some((w) => w.txnId === txnId)) return; // forgotten during a pause
        try {
            const to = port();
            if (!to) throw new HushError('network.offline', 'You are not signed in now. Try again when you are.');
            if (written.kind === 'file') {
                underWay.add(txnId);
                await files.send(roomId, txnId, written).finally(() => underWay.delete(txnId));
            } else await to.send(roomId, txnId, written);
            outbox.accepted(txnId);
        } catch (error) {
            if (isHushError(error) && error.code === 'file.cancelled') {
                outbox.drop(txnId);
                return onChange();
            }
            const wait = isHushError(error) ? error.retryAfterMs : undefined;
            if (wait !== undefined && times < PATIENT) {
                await new Promise<void>((resolve) => after(wait, resolve));
                return deliver(waiting, times + 1);
            }
            if (isHushError(error) && /^(?:network\.|account\.ownerGone)/u.test(error.code)) offline.add(txnId);
            const waits = isHushError(error) && /^network\.(?:offline|timeout)$/u.test(error.code);
            outbox.failed(txnId, waits ? NO_CONNECTION : userMessage(error, 'Sending the message'));
        }
        onChange();
    }
    function retry(txnId: string): void {
        offline.delete(txnId);
        const waiting = outbox.retry(txnId);
        onChange();
        if (waiting) void deliver(waiting);
    }

    return {
        write(roomId, written, predecessor) {
            const txnId = newTxnId();
            const waiting: Waiting = {
                roomId,
                txnId,
                written,
                ts: now(),
                problem: null,
                accepted: false,
            };
            outbox.add(waiting);
            onChange();
            const before = first.get(predecessor ?? '');
            const attempt = before ? before.then(() => deliver(waiting)) : deliver(waiting);
            first.set(txnId, attempt);
            void attempt.finally(() => first.delete(txnId));
            return txnId;
        },
        retry,
        cancel(txnId) {
            const waiting = outbox.waiting.find((w) => w.txnId === txnId);
            if (underWay.has(txnId)) files.cancel(txnId);
            else if (waiting?.written.kind === 'file' && !waiting.accepted) outbox.drop(txnId);
            else outbox.discard(txnId);
            onChange();
        },
        online() {
            for (const txnId of [...offline]) retry(txnId);
        },
        forget() {
            offline.clear();
            outbox.clear();
        },
    };
}
