/**
 * The envelope around every message between the extension host and a page. The receiver drops malformed and stale
 * messages. The address of a page is its ID and its generation.
 */
import * as v from 'valibot';

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(512));

/** Raised when a message changes in a way that an older page would misread. */
export const PROTOCOL_VERSION = 1;

/**
 * Surrounds every message. `pageId`: the ID of the share or viewer tab that the page was opened for. `generation`
 * rises each time the host rebuilds the page, so that messages of an older page are dropped.
 */
export const envelope = v.object({
    hush: v.literal(PROTOCOL_VERSION),
    pageId: id,
    generation: v.pipe(v.number(), v.integer(), v.minValue(0)),
    message: v.unknown(),
});

export type Envelope = v.InferOutput<typeof envelope>;
