/** Decides what follows when a message could not be sent. Pure. */
import { isHushError, userMessage } from '../base/errors.ts';
import type { Written } from './outbox.ts';

/** The person need not act: the message goes out by itself. */
const NO_CONNECTION = 'Not sent yet: there is no connection. It goes out by itself when there is one.';
/** The person is asked after the server asked for this many pauses. */
const PATIENT = 5;
/**
 * The longest pause in ms. A longer one is shown to the person, who would otherwise think that the message is being
 * sent.
 */
const LONGEST_PAUSE_MS = 300_000;

export type AfterFailure =
    | { readonly kind: 'cancelled' }
    | { readonly kind: 'pause'; readonly pauseMs: number }
    /** `retry`: without a sign of a connection, too. */
    | { readonly kind: 'wait'; readonly problem: string; readonly retry: boolean }
    | { readonly kind: 'failed'; readonly problem: string };

/** `pauses`: how many pauses the server has asked for, with this one. */
export function afterFailure(error: unknown, written: Written, pauses: number): AfterFailure {
    const known: { code: string; retryAfterMs?: number | undefined } = isHushError(error) ? error : { code: '' };
    const { code, retryAfterMs } = known;
    if (code === 'file.cancelled') return { kind: 'cancelled' };
    const isLong = retryAfterMs !== undefined && retryAfterMs > LONGEST_PAUSE_MS;
    if (retryAfterMs !== undefined && !isLong && pauses <= PATIENT) return { kind: 'pause', pauseMs: retryAfterMs };
    const problem = userMessage(error, written.kind === 'reaction' ? 'The reaction' : 'Sending the message');
    if (!/^(?:network\.|account\.(?:leaderGone|notSignedIn)$)/u.test(code)) return { kind: 'failed', problem };
    const isOffline = /^network\.(?:offline|timeout)$/u.test(code);
    return { kind: 'wait', problem: isOffline ? NO_CONNECTION : problem, retry: !isLong };
}
