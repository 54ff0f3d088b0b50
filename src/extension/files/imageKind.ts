/**
 * Whether bytes are an image that is safe to show, by what they begin with and never by what somebody calls them: PNG,
 * JPEG, GIF or WebP. SVG is a document with scripts and links, and none of these. Pure.
 */
export interface ImageKind {
    readonly type: 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp';
    /** px */
    readonly width: number;
    readonly height: number;
}

/** Bytes from a file's beginning that are enough, but for a JPEG with much before its picture. */
export const IMAGE_HEAD = 262_144;

/** Most pixels that are decoded to show a picture: each takes 4 bytes of memory, whatever the file's size. */
export const MAX_PIXELS = 50_000_000;

/** Undefined: it is no such image, or does not say how large it is. `head`: the first {@link IMAGE_HEAD} bytes do. */
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
    return { type: 'image/png', width: view.getUint32(16), height: view.getUint32(20) };
}

function gif(head: Uint8Array, view: DataView): ImageKind | undefined {
    if (head.length < 10 || (!isAt(head, 0, 'GIF87a') && !isAt(head, 0, 'GIF89a'))) return undefined;
    return { type: 'image/gif', width: view.getUint16(6, true), height: view.getUint16(8, true) };
}

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

/** Walks the segments to the frame's header (ITU T.81, B.2.2). */
function jpeg(head: Uint8Array, view: DataView): ImageKind | undefined {
    if (head[0] !== 0xff || head[1] !== 0xd8 || head[2] !== 0xff) return undefined;
    let at = 2;
    while (at + 9 <= head.length && head[at] === 0xff) {
        const marker = head[at + 1] ?? 0;
        const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
        if (isFrame) return { type: 'image/jpeg', height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
        if (marker === 0xff) at += 1;
        else at += 2 + view.getUint16(at + 2);
    }
    return undefined;
}
