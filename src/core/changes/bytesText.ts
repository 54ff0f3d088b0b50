/**
 * A patch holds bytes of files in any encoding. It is read as text with one character per byte (ISO 8859-1), so that
 * nothing is lost, and only what people read is decoded as UTF-8. Pure.
 */

const CHUNK = 8_192;

export function textOfBytes(bytes: Uint8Array): string {
    let text = '';
    for (let at = 0; at < bytes.length; at += CHUNK) text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
    return text;
}

export function bytesOfText(text: string): Uint8Array {
    const bytes = new Uint8Array(text.length);
    for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
    return bytes;
}

/** For people: bytes that are no UTF-8 become replacement characters. */
export function readable(text: string): string {
    return new TextDecoder('utf-8').decode(bytesOfText(text));
}

/** Undefined: it is not UTF-8. */
export function strictlyReadable(text: string): string | undefined {
    try {
        return new TextDecoder('utf-8', { fatal: true }).decode(bytesOfText(text));
    } catch {
        return undefined;
    }
}

/** The other way: UTF-16 text to one character per byte of its UTF-8. */
export function asBytesText(text: string): string {
    return textOfBytes(new TextEncoder().encode(text));
}
