/** A file that this window sends: what is remembered of it until it is in the conversation, and how it looks until then. Pure. */
import * as v from 'valibot';
import type { ChatFile } from './message.ts';

/** px of a picture's longer side that a page takes. */
export const MAX_SIDE = 65_535;
const side = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_SIDE));
export const writtenFile = v.object({
    kind: v.literal('file'),
    /** On this machine. */
    path: v.string(),
    /** As the others see it. */
    name: v.string(),
    mimeType: v.string(),
    /** Bytes when it was chosen. */
    size: v.number(),
    /** px; null: it is sent as a file like any other. */
    picture: v.nullable(v.object({ width: side, height: side })),
    /** A copy of Hush's own, to be deleted when it was sent or given up. */
    owned: v.boolean(),
    /** Markdown; empty: none. */
    caption: v.string(),
    replyTo: v.nullable(v.string()),
});
export type WrittenFile = Readonly<v.InferOutput<typeof writtenFile>>;

export function echoOf({ name, size, picture }: WrittenFile): ChatFile {
    return { name: name.slice(0, 512), size, image: picture, encrypted: true, there: true };
}
