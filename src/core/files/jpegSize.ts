/** The size at which browsers show a JPEG, from its first bytes (ITU T.81, B.1 and B.2). */
import { isTurned } from './exif.ts';

/** SOF0 to SOF15 mark frames, except these, which mark tables and an extension. */
const NO_FRAMES: ReadonlySet<number> = new Set([0xc4, 0xc8, 0xcc]);
const SOS = 0xda;
const APP1 = 0xe1;
/** An Exif APP1 begins with these bytes. */
const EXIF = 0x45_78_69_66;

/**
 * px. Undefined: no frame was found. Decoders skip bytes that are no segment, and so find frames that a walk by lengths
 * misses. Hush does not skip: such a file is no JPEG here.
 */
export function jpegSize(
    head: Uint8Array,
    view: DataView,
): { readonly width: number; readonly height: number } | undefined {
    if (head[0] !== 0xff || head[1] !== 0xd8) return undefined;
    let turned: boolean | undefined;
    for (let at = 2; at + 9 <= head.length && head[at] === 0xff;) {
        const marker = head[at + 1] ?? 0;
        if (marker === 0xff) {
            at += 1; // a fill byte
            continue;
        }
        if (!hasLength(marker)) return undefined;
        const length = view.getUint16(at + 2);
        if (length < 2) return undefined;
        if (marker >= 0xc0 && marker <= 0xcf && !NO_FRAMES.has(marker)) {
            const [height, width] = [view.getUint16(at + 5), view.getUint16(at + 7)];
            return turned ? { width: height, height: width } : { width, height };
        }
        // The first Exif counts. Two zero bytes follow its name.
        if (marker === APP1 && turned === undefined && view.getUint32(at + 4) === EXIF)
            turned = isTurned(head.subarray(at + 10, at + 2 + length));
        at += 2 + length;
    }
    return undefined;
}

/** True before a frame: excludes scans and markers that stand alone. */
function hasLength(marker: number): boolean {
    return marker >= 0xc0 && marker !== SOS && !(marker >= 0xd0 && marker <= 0xd9);
}
