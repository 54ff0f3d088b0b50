/** The orientation that a camera stores with its picture (Exif 3.0, 4.6; TIFF 6.0, "Image File Directory"). */

const ORIENTATION = 0x01_12;
/** Bytes of a directory entry, and the type of its value: one 16-bit number. */
const ENTRY = 12;
const SHORT = 3;

/**
 * Whether browsers turn the picture by a quarter, which swaps width and height. `tiff`: untrusted bytes from the byte
 * order mark on. Malformed data turns nothing.
 */
export function isTurned(tiff: Uint8Array): boolean {
    const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
    if (tiff.length < 8) return false;
    const order = view.getUint16(0);
    if (order !== 0x49_49 && order !== 0x4d_4d) return false;
    const little = order === 0x49_49;
    const directory = view.getUint32(4, little);
    if (view.getUint16(2, little) !== 42 || directory + 2 > tiff.length) return false;
    const entries = view.getUint16(directory, little);
    for (let i = 0; i < entries; i++) {
        const at = directory + 2 + i * ENTRY;
        if (at + ENTRY > tiff.length) return false;
        if (view.getUint16(at, little) !== ORIENTATION) continue;
        if (view.getUint16(at + 2, little) !== SHORT || view.getUint32(at + 4, little) !== 1) return false;
        const orientation = view.getUint16(at + 8, little);
        return orientation >= 5 && orientation <= 8;
    }
    return false;
}
