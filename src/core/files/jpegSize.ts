/** How large browsers show a JPEG, from its beginning (ITU T.81, B.1 and B.2). Pure. */
import { isTurned } from './exif.ts';

/** Markers of frames are SOF0 to SOF15, but for those of tables and an extension. */
const NO_FRAMES: ReadonlySet<number> = new Set([0xc4, 0xc8, 0xcc]);
const SOS = 0xda;
const APP1 = 0xe1;
/** What such an APP1 begins with. */
const EXIF = 0x45_78_69_66;

/**
 * px; undefined: no frame is found. Decoders pass over bytes that are no segment, and so find frames that a walk along
 * lengths would not: where one would have to, it is no JPEG to Hush.
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
        // The first Exif is the one that counts; two bytes of zero follow its name.
        if (marker === APP1 && turned === undefined && view.getUint32(at + 4) === EXIF)
            turned = isTurned(head.subarray(at + 10, at + 2 + length));
        at += 2 + length;
    }
    return undefined;
}

/** Before a frame: none of those that stand alone, and no scan. */
function hasLength(marker: number): boolean {
    return marker >= 0xc0 && marker !== SOS && !(marker >= 0xd0 && marker <= 0xd9);
}
