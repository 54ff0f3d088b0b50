/** The largest event that goes out (client-server API, "Size limits"). Pure. */
import { HushError } from '../../extension/errors.ts';

/** Bytes of an event as servers exchange it. */
const MAX_EVENT = 65_536;
/** Bytes of what servers add to a content: IDs, hashes, signatures and the events before it. */
const RESERVED = 4_096;
/** Bytes. */
export const MAX_CONTENT = MAX_EVENT - RESERVED;

/** The code of an answer that no server gave: what it would have refused did not leave. */
export const NOT_SENT_TOO_LARGE = 'COM.HUSH_EVENT_TOO_LARGE';

/** The sentence for it. */
export function tooLarge(cause?: unknown): HushError {
    return new HushError(
        'event.tooLarge',
        `This is too long: what is sent at once may have ${MAX_CONTENT / 1_024} KiB, as it goes out (${MAX_EVENT / 1_024} with what servers add to it). Send it in parts.`,
        { cause },
    );
}

/** `body`: the JSON of an event's content, as it goes out. */
export function isSendable(body: unknown): boolean {
    if (typeof body !== 'string' || body.length <= MAX_CONTENT / 3) return true; // a UTF-16 unit has at most 3 bytes in UTF-8
    return new TextEncoder().encode(body).length <= MAX_CONTENT;
}

/** @throws HushError `event.tooLarge`. */
export function assertSendable(body: unknown): void {
    if (!isSendable(body)) throw tooLarge();
}
