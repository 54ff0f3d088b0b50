/**
 * Whether bytes are an image that is safe to show: PNG, JPEG, GIF or WebP. The first bytes decide, never a name or a
 * declared type. SVG is excluded: it is a document with scripts and links.
 */
import { isTurned } from './exif.ts';
import { gifSize } from './gifSize.ts';
import { jpegSize } from './jpegSize.ts';

export interface ImageKind {
    readonly type: 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp';
    /** px, as browsers show it: turned as the camera says, and unpacked in full. */
    readonly width: number;
    readonly height: number;
}

/** This many bytes from the start are enough, except for a JPEG with much data before its picture. */
export const IMAGE_HEAD = 262_144;

/** Most pixels that are decoded to show a picture: each takes 4 bytes of memory, whatever the file's size. */
const MAX_PIXELS = 50_000_000;

/** Chunk types of a PNG. */
const IDAT = 0x49_44_41_54;
const EXIF = 0x65_58_49_66;

/**
 * Undefined: it is no such image, or does not declare its size. `head`: the first {@link IMAGE_HEAD} bytes are enough.
 */
export function imageKind(head: Uint8Array): ImageKind | undefined {
    const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
    const kind = png(head, view) ?? gif(head, view) ?? webp(head, view) ?? jpeg(head, view);
    return kind && kind.width > 0 && kind.height > 0 ? kind : undefined;
}

export function isTooManyPixels({ width, height }: ImageKind): boolean {
    return width * height > MAX_PIXELS;
}

function isAt(head: Uint8Array, at: number, text: string): boolean {
    return [...text].every((c, i) => head[at + i] === c.charCodeAt(0));
}

function png(head: Uint8Array, view: DataView): ImageKind | undefined {
    if (head.length < 24 || !isAt(head, 0, '\u0089PNG\r\n\u001A\n') || !isAt(head, 12, 'IHDR')) return undefined;
    const [width, height] = [view.getUint32(16), view.getUint32(20)];
    const turned = isPngTurned(head, view);
    return { type: 'image/png', width: turned ? height : width, height: turned ? width : height };
}

/** Reads the `eXIf` chunk before the picture (PNG specification, 11.3.4.5). */
function isPngTurned(head: Uint8Array, view: DataView): boolean {
    for (let at = 8; at + 8 <= head.length; at += 12 + view.getUint32(at)) {
        const chunk = view.getUint32(at + 4);
        if (chunk === IDAT) return false;
        if (chunk === EXIF) return isTurned(head.subarray(at + 8, at + 8 + view.getUint32(at)));
    }
    return false;
}

function gif(head: Uint8Array, view: DataView): ImageKind | undefined {
    if (!isAt(head, 0, 'GIF87a') && !isAt(head, 0, 'GIF89a')) return undefined;
    const size = gifSize(head, view);
    return size && { type: 'image/gif', ...size };
}

/** libwebp, unlike GIF decoders, refuses a canvas that does not fit its frames. */
function webp(head: Uint8Array, view: DataView): ImageKind | undefined {
    if (head.length < 30 || !isAt(head, 0, 'RIFF') || !isAt(head, 8, 'WEBP')) return undefined;
    const size = (width: number, height: number): ImageKind => ({ type: 'image/webp', width, height });
    if (isAt(head, 12, 'VP8 ')) return size(view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff);
    if (isAt(head, 12, 'VP8L')) {
        const bits = view.getUint32(21, true);
        return size((bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1);
    }
    if (!isAt(head, 12, 'VP8X')) return undefined;
    const three = (at: number): number => view.getUint16(at, true) | ((head[at + 2] ?? 0) << 16);
    return size(three(24) + 1, three(27) + 1);
}

function jpeg(head: Uint8Array, view: DataView): ImageKind | undefined {
    const size = jpegSize(head, view);
    return size && { type: 'image/jpeg', ...size };
}
