/** Takes unsent messages back, unless the server already has them. */
import { isSameReaction } from '../base/reactionKey.ts';
import type { Outbox, Waiting, Written } from './outbox.ts';

export interface WithdrawalOptions {
    readonly outbox: Outbox;
    /** Transaction IDs of messages that are being sent. */
    readonly underWay: ReadonlySet<string>;
    readonly stopFile: (txnId: string) => void;
    /** A message that is being sent is dropped when that fails. */
    readonly dropLater: (txnId: string) => void;
}
export interface Withdrawal {
    cancel(waiting: readonly Waiting[]): void;
    changesTo(target: string): Waiting[];
    /**
     * Cancels what this change makes pointless: an earlier edit of the same message. Returns false if the change itself
     * is pointless, because the reaction already exists.
     */
    supersede(written: Written): boolean;
}

export function createWithdrawal({ outbox, underWay, stopFile, dropLater }: WithdrawalOptions): Withdrawal {
    const changesTo = (target: string): Waiting[] =>
        outbox.waiting.filter(({ written }) => 'target' in written && written.target === target);
    const cancel = (waiting: readonly Waiting[]): void => {
        for (const { txnId, written, accepted } of waiting) {
            if (!underWay.has(txnId)) {
                if (!accepted) outbox.drop(txnId);
            } else if (written.kind === 'file') stopFile(txnId);
            else dropLater(txnId);
        }
    };
    return {
        cancel,
        changesTo,
        supersede(written) {
            if (written.kind === 'edit')
                cancel(changesTo(written.target).filter((w) => w.written.kind === 'edit' && !underWay.has(w.txnId)));
            if (written.kind !== 'reaction') return true;
            return !changesTo(written.target).some(
                (w) => w.written.kind === 'reaction' && isSameReaction(w.written.key, written.key),
            );
        },
    };
}
