/**
 * The bytes of a side channel message, before and after encryption. Pure.
 *
 * ```
 * packet  = version (1) · key ID (8) · IV (12) · AES-128-GCM of the content, with its tag (16)
 * content = stream (4) · number (4, big endian) · delivery (1) · UTF-8 of the message's JSON
 * ```
 *
 * A stream is one run of one page. Its numbers rise by one for each kind of delivery. The additional authenticated data
 * names the room and the share, so that a packet of one share cannot be shown in another.
 */
import * as v from 'valibot';
import type { Delivery } from './sideMessages.ts';
import { MAX_MESSAGE_BYTES, sideMessage, type SideMessage } from './sideMessages.ts';

const PACKET_VERSION = 1;
export const KEY_ID_BYTES = 8;
export const IV_BYTES = 12;
const TAG_BYTES = 16;
const HEADER = 1 + KEY_ID_BYTES + IV_BYTES;
const CONTENT_HEADER = 9;
const MAX_PACKET_BYTES = HEADER + CONTENT_HEADER + MAX_MESSAGE_BYTES + TAG_BYTES;

export interface Packet {
    /** Hexadecimal. */
    readonly keyId: string;
    readonly iv: Uint8Array<ArrayBuffer>;
    readonly sealed: Uint8Array<ArrayBuffer>;
}

export interface Content {
    readonly stream: number;
    readonly number: number;
    readonly delivery: Delivery;
    readonly message: SideMessage;
}

export function packPacket(keyId: Uint8Array, iv: Uint8Array, sealed: Uint8Array): Uint8Array<ArrayBuffer> {
    const packet = new Uint8Array(HEADER + sealed.length);
    packet[0] = PACKET_VERSION;
    packet.set(keyId, 1);
    packet.set(iv, 1 + KEY_ID_BYTES);
    packet.set(sealed, HEADER);
    return packet;
}

/** Undefined: it is no packet of this version. */
export function unpackPacket(bytes: Uint8Array): Packet | undefined {
    const tooShort = bytes.length < HEADER + CONTENT_HEADER + TAG_BYTES;
    if (tooShort || bytes.length > MAX_PACKET_BYTES || bytes[0] !== PACKET_VERSION) return undefined;
    return {
        keyId: hex(bytes.subarray(1, 1 + KEY_ID_BYTES)),
        iv: new Uint8Array(bytes.subarray(1 + KEY_ID_BYTES, HEADER)),
        sealed: new Uint8Array(bytes.subarray(HEADER)),
    };
}

/** Undefined: the message is too large. */
export function packContent({ stream, number, delivery, message }: Content): Uint8Array<ArrayBuffer> | undefined {
    const json = utf8(JSON.stringify(message));
    if (json.length > MAX_MESSAGE_BYTES) return undefined;
    const content = new Uint8Array(CONTENT_HEADER + json.length);
    const view = new DataView(content.buffer);
    view.setUint32(0, stream);
    view.setUint32(4, number);
    content[8] = delivery === 'all' ? 0 : 1;
    content.set(json, CONTENT_HEADER);
    return content;
}

/** Undefined: it is malformed, or of a type that this version does not know. */
export function unpackContent(content: Uint8Array): Content | undefined {
    if (content.length <= CONTENT_HEADER) return undefined;
    const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
    const parsed = v.safeParse(sideMessage, parse(content.subarray(CONTENT_HEADER)));
    if (!parsed.success || (content[8] !== 0 && content[8] !== 1)) return undefined;
    return {
        stream: view.getUint32(0),
        number: view.getUint32(4),
        delivery: content[8] === 0 ? 'all' : 'latest',
        message: parsed.output,
    };
}

export function hex(bytes: Uint8Array): string {
    return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function utf8(text: string): Uint8Array {
    return new TextEncoder().encode(text);
}

function parse(bytes: Uint8Array): unknown {
    try {
        return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    } catch {
        return undefined;
    }
}
