/**
 * Encodes IndexedDB keys as text (https://w3c.github.io/IndexedDB/#key-construct). Equal keys have equal texts,
 * different keys have different texts, and a text decodes to its key. It uses JSON, because SQLite stores UTF-8 and
 * would damage a lone surrogate, which `JSON.stringify` escapes. Tagged arrays hold values that JSON lacks.
 */

type Encoded = string | readonly ['n' | 'd' | 'b', string] | readonly ['a', readonly Encoded[]];

/** @throws TypeError for an invalid key. The store never holds one. */
export function encodeKey(key: IDBValidKey): string {
    return JSON.stringify(toTagged(key));
}

/** @throws if {@link encodeKey} did not make `text`. */
export function decodeKey(text: string): IDBValidKey {
    return fromTagged(JSON.parse(text));
}

function toTagged(key: unknown): Encoded {
    if (typeof key === 'string') return key;
    if (typeof key === 'number') return ['n', doubleToHex(key)];
    if (key instanceof Date) return ['d', doubleToHex(key.getTime())];
    if (Array.isArray(key)) return ['a', key.map(toTagged)];
    if (key instanceof ArrayBuffer) return ['b', Buffer.from(key).toString('base64')];
    if (ArrayBuffer.isView(key))
        return ['b', Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('base64')];
    throw new TypeError('Not an IndexedDB key');
}

function fromTagged(value: unknown): IDBValidKey {
    if (typeof value === 'string') return value;
    if (Array.isArray(value) && value.length === 2) {
        const [tag, body]: readonly unknown[] = value;
        if (tag === 'a' && Array.isArray(body)) return body.map(fromTagged);
        if (typeof body === 'string') {
            if (tag === 'n') return hexToDouble(body);
            if (tag === 'd') return new Date(hexToDouble(body));
            if (tag === 'b') return new Uint8Array(Buffer.from(body, 'base64')).buffer;
        }
    }
    throw new TypeError('Not an encoded IndexedDB key');
}

/** Uses bits instead of digits: infinities are valid keys, but JSON has none. */
function doubleToHex(value: number): string {
    if (Number.isNaN(value)) throw new TypeError('NaN is not an IndexedDB key');
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleBE(value === 0 ? 0 : value); // -0 and 0 are the same key
    return bytes.toString('hex');
}

function hexToDouble(hex: string): number {
    return Buffer.from(hex, 'hex').readDoubleBE();
}
