/** The largest event that goes out (client-server API, "Size limits"). Pure. */
import { HushError } from '../../core/base/errors.ts';

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
    return bytesOf(body) <= MAX_CONTENT;
}

/** @throws HushError `event.tooLarge`. */
export function assertSendable(body: unknown): void {
    if (!isSendable(body)) throw tooLarge();
}

/** Bytes of a Megolm message besides its cipher text: version, index and lengths at most, MAC and signature. */
const MEGOLM = 83;
/** Bytes of a block of AES, which the plain text is filled up to, and of a key in base64. */
const BLOCK = 16;
const KEY = 43;

/**
 * Bytes at most of what goes out for an event that is encrypted (client-server API, "m.megolm.v1.aes-sha2"); the exact
 * number is known only when it was, and what is uploaded for it should not wait for that.
 */
export function encryptedBytes(
    event: { readonly type: string; readonly room_id: string; readonly content: Readonly<Record<string, unknown>> },
    deviceId: string,
): number {
    const plain = bytesOf(JSON.stringify(event));
    const padded = plain + BLOCK - (plain % BLOCK);
    const relation = event.content['m.relates_to'];
    const around = {
        algorithm: 'm.megolm.v1.aes-sha2',
        ciphertext: '',
        device_id: deviceId,
        sender_key: 'x'.repeat(KEY),
        session_id: 'x'.repeat(KEY),
        ...(relation === undefined ? {} : { 'm.relates_to': relation }),
    };
    return bytesOf(JSON.stringify(around)) + Math.ceil(((padded + MEGOLM) * 4) / 3);
}

/** As {@link encryptedBytes}. @throws HushError `event.tooLarge`. */
export function assertSendableEncrypted(...event: Parameters<typeof encryptedBytes>): void {
    if (encryptedBytes(...event) > MAX_CONTENT) throw tooLarge();
}

function bytesOf(text: string): number {
    return new TextEncoder().encode(text).length;
}
