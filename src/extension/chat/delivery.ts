/** Gets what waits in the outbox to the server: pauses as long as it asks, and goes on when there is a connection again. Pure. */
import { HushError, isHushError, userMessage } from '../errors.ts';
import type { ChatPort } from './chatPort.ts';
import type { Outbox, Waiting } from './outbox.ts';

export interface DeliveryOptions {
    readonly outbox: Outbox;
    readonly port: () => ChatPort | undefined;
    /** ms since the epoch. */
    readonly now: () => number;
    readonly newTxnId: () => string;
    readonly after: (ms: number, work: () => void) => void;
    /** The outbox changed. */
    readonly onChange: () => void;
}
export interface Delivery {
    write(roomId: string, markdown: string, replyTo: string | null): void;
    /** Sends again what failed, under the same transaction ID. */
    retry(txnId: string): void;
    /** There is a connection: what failed for want of one goes out. */
    online(): void;
    /** Gives up everything. */
    forget(): void;
}

/** Times that a server's request for a pause is honoured before the person is asked. */
const PATIENT = 5;

export function createDelivery({ outbox, port, now, newTxnId, after, onChange }: DeliveryOptions): Delivery {
    const offline = new Set<string>();

    async function deliver(waiting: Waiting, times = 0): Promise<void> {
        const { roomId, txnId, written } = waiting;
        if (!outbox.waiting.some((w) => w.txnId === txnId)) return; // forgotten during a pause
        try {
            const to = port();
            if (!to) throw new HushError('network.offline', 'You are not signed in now. Try again when you are.');
            await to.send(roomId, txnId, written);
            outbox.accepted(txnId);
        } catch (error) {
            const wait = isHushError(error) ? error.retryAfterMs : undefined;
            if (wait !== undefined && times < PATIENT) return after(wait, () => void deliver(waiting, times + 1));
            if (isHushError(error) && /^(?:network\.|account\.ownerGone)/u.test(error.code)) offline.add(txnId);
            outbox.failed(txnId, userMessage(error, 'Sending the message'));
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
        write(roomId, markdown, replyTo) {
            const waiting: Waiting = {
                roomId,
                txnId: newTxnId(),
                written: { kind: 'text', markdown, replyTo },
                ts: now(),
                problem: null,
                accepted: false,
            };
            outbox.add(waiting);
            onChange();
            void deliver(waiting);
        },
        retry,
        online() {
            for (const txnId of [...offline]) retry(txnId);
        },
        forget() {
            offline.clear();
            outbox.clear();
        },
    };
}
