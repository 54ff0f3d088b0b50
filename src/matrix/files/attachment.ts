/**
 * Checks what a message says about its attachment, field by field (client-server API, "Sending encrypted attachments"
 * and "m.room.message msgtypes"). The type and the size are only claims until the bytes confirm them. Pure.
 */
import { asRecord } from '../events/rawEvent.ts';
import { parseMxc, type Mxc } from './mxc.ts';

export type Source =
    /** Base64 as in the event: 32, 16 and 32 bytes. */
    | {
          readonly kind: 'encrypted';
          readonly mxc: Mxc;
          readonly key: string;
          readonly iv: string;
          readonly sha256: string;
      }
    /** The homeserver can read and change it. */
    | { readonly kind: 'clear'; readonly mxc: Mxc };

export interface Attachment {
    /** The sender's name for the file. It is not safe as a file name. */
    readonly name: string;
    /** The sender's claim, in bytes. Undefined: the sender claims no possible size. */
    readonly size: number | undefined;
    /** The sender calls it an image. */
    readonly image: boolean;
    /** px, the sender's claim. */
    readonly width: number | undefined;
    readonly height: number | undefined;
    /** Undefined: it cannot be downloaded, because the message describes it in a malformed way. */
    readonly source: Source | undefined;
    /** A smaller picture of the file, with its own encryption. */
    readonly thumbnail: Source | undefined;
}

const TYPES: ReadonlySet<unknown> = new Set(['m.image', 'm.file', 'm.audio', 'm.video']);
/** Bytes: 1 TiB. */
const MAX_SIZE = 2 ** 40;
const MAX_SIDE = 65_535;
const MAX_NAME = 4_096;

/** Undefined: the message is not an attachment. */
export function attachmentOf(content: unknown): Attachment | undefined {
    const fields = asRecord(content);
    if (!fields || !TYPES.has(fields['msgtype'])) return undefined;
    const info = asRecord(fields['info']) ?? {};
    const image = fields['msgtype'] === 'm.image';
    const name = textOf(fields['filename']) ?? textOf(fields['body']) ?? '';
    return {
        name,
        size: whole(info['size'], 0, MAX_SIZE),
        image,
        width: whole(info['w'], 1, MAX_SIDE),
        height: whole(info['h'], 1, MAX_SIDE),
        source: sourceOf(fields['file'], fields['url']),
        thumbnail: image ? sourceOf(info['thumbnail_file'], undefined) : undefined,
    };
}

function textOf(value: unknown): string | undefined {
    return typeof value === 'string' && value.trim() !== '' ? value.slice(0, MAX_NAME) : undefined;
}

function whole(value: unknown, least: number, most: number): number | undefined {
    return typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most
        ? value
        : undefined;
}

/** If the message has both, the encrypted one counts. A malformed one is not replaced by the clear one. */
function sourceOf(file: unknown, url: unknown): Source | undefined {
    if (file === undefined) {
        const mxc = parseMxc(url);
        return mxc && { kind: 'clear', mxc };
    }
    const fields = asRecord(file);
    const mxc = parseMxc(fields?.['url']);
    const jwk = asRecord(fields?.['key']);
    const key = base64(jwk?.['k'], 32, /^[A-Za-z0-9_-]+$/u);
    const iv = base64(fields?.['iv'], 16, /^[A-Za-z0-9+/]+$/u);
    const sha256 = base64(asRecord(fields?.['hashes'])?.['sha256'], 32, /^[A-Za-z0-9+/]+$/u);
    if (fields?.['v'] !== 'v2' || jwk?.['kty'] !== 'oct' || jwk['alg'] !== 'A256CTR') return undefined;
    return mxc && key && iv && sha256 ? { kind: 'encrypted', mxc, key, iv, sha256 } : undefined;
}

/** Base64 of exactly this many bytes. Removes the padding, which Matrix leaves out. */
function base64(value: unknown, bytes: number, alphabet: RegExp): string | undefined {
    if (typeof value !== 'string' || value.length > 64) return undefined;
    const bare = value.replace(/={1,2}$/u, '');
    return bare.length === Math.ceil((bytes * 4) / 3) && alphabet.test(bare) ? bare : undefined;
}
