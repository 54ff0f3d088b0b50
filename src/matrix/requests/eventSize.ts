/** Refuses events that are too large before they are sent (client-server API, "Size limits"). Pure. */
import { HushError } from '../../core/base/errors.ts';

/** The most bytes of an event between servers. */
const MAX_EVENT = 65_536;
/** Bytes that servers add to a content: IDs, hashes, signatures and references to earlier events. */
const RESERVED = 4_096;
/** The most bytes of a content. */
export const MAX_CONTENT = MAX_EVENT - RESERVED;

/** The error code of an answer that Hush makes itself, because the request was not sent. */
export const NOT_SENT_TOO_LARGE = 'COM.HUSH_EVENT_TOO_LARGE';

/** The error that the person sees then. */
export function tooLarge(cause?: unknown): HushError {
    return new HushError(
        'event.tooLarge',
        `This is too long: what is sent at once may have ${MAX_CONTENT / 1_024} KiB, as it goes out (${MAX_EVENT / 1_024} with what servers add to it). Send it in parts.`,
        { cause },
    );
}

/** `body`: the JSON of an event's content, as it is sent. */
export function isSendable(body: unknown): boolean {
    if (typeof body !== 'string' || body.length <= MAX_CONTENT / 3) return true; // a UTF-16 unit has at most 3 bytes in UTF-8
    return bytesOf(body) <= MAX_CONTENT;
}

/** @throws HushError `event.tooLarge`. */
export function assertSendable(body: unknown): void {
    if (!isSendable(body)) throw tooLarge();
}

/**
 * Bytes of a Megolm message besides its cipher text: version, index and lengths at their largest, MAC and signature.
 */
const MEGOLM = 83;
/** Bytes of an AES block, to which the plain text is padded, and of a key in base64. */
const BLOCK = 16;
const KEY = 43;

/**
 * The most bytes that an encrypted event can have (client-server API, "m.megolm.v1.aes-sha2"). The exact size is known
 * only after the encryption, and the check comes before any upload.
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

/** Like {@link encryptedBytes}, but @throws HushError `event.tooLarge`. */
export function assertSendableEncrypted(...event: Parameters<typeof encryptedBytes>): void {
    if (encryptedBytes(...event) > MAX_CONTENT) throw tooLarge();
}

function bytesOf(text: string): number {
    return new TextEncoder().encode(text).length;
}
