/** The size at which browsers show a GIF, from its first bytes (GIF89a specification, 18 to 24). */

const EXTENSION = 0x21;
const IMAGE = 0x2c;

/**
 * px. Undefined: the first image does not begin within `head`. Chromium enlarges the logical screen if the first image
 * exceeds it, and cuts later images (measured, 156).
 */
export function gifSize(
    head: Uint8Array,
    view: DataView,
): { readonly width: number; readonly height: number } | undefined {
    if (head.length < 13) return undefined;
    const packed = view.getUint8(10);
    let at = 13 + (packed & 0x80 ? 3 * 2 ** ((packed & 7) + 1) : 0);
    while (head[at] === EXTENSION) {
        // Blocks with their lengths follow the label. A block of length 0 is the last.
        for (at += 2; head[at] !== 0; at += 1 + (head[at] ?? 0)) if (at >= head.length) return undefined;
        at += 1;
    }
    if (head[at] !== IMAGE || at + 9 > head.length) return undefined;
    const field = (from: number): number => view.getUint16(from, true);
    return {
        width: Math.max(field(6), field(at + 1) + field(at + 5)),
        height: Math.max(field(8), field(at + 3) + field(at + 7)),
    };
}
