/** A file that this window sends: what is stored until it is in the conversation, and how it looks until then. */
import * as v from 'valibot';
import { changesClaim } from '../changes/changesClaim.ts';
import type { ChatFile } from './message.ts';

/** The largest px of a picture's longer side that a page accepts. */
export const MAX_SIDE = 65_535;
const side = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_SIDE));
export const writtenFile = v.object({
    kind: v.literal('file'),
    /** On this machine. */
    path: v.string(),
    /** The name that others see. */
    name: v.string(),
    mimeType: v.string(),
    /** Bytes when the person chose it. */
    size: v.number(),
    /** px. Null: it is sent as an ordinary file. */
    picture: v.nullable(v.object({ width: side, height: side })),
    /** Hush's own copy. It is deleted after the file was sent or dropped. */
    owned: v.boolean(),
    /** Markdown. Empty: no caption. */
    caption: v.string(),
    replyTo: v.nullable(v.string()),
    /** It is a patch. */
    changes: v.optional(changesClaim),
});
export type WrittenFile = Readonly<v.InferOutput<typeof writtenFile>>;

export function echoOf({ name, size, picture, changes }: WrittenFile): ChatFile {
    return {
        name: name.slice(0, 512),
        size,
        image: picture,
        encrypted: true,
        there: true,
        ...(changes ? { changes } : {}),
    };
}
