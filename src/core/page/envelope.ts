/**
 * The envelope around every message between the extension host and a page. The receiver drops what is malformed or stale.
 * A page is addressed by its call ID and its generation.
 */
import * as v from 'valibot';

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(512));

/** Bumped when a message changes in a way that an older page would misread. */
export const PROTOCOL_VERSION = 1;

/**
 * Around every message. `call` is the share id or view id the page was opened for; `generation` rises each time the
 * host (re)builds that page, so that what an old page still says is dropped.
 */
export const envelope = v.object({
    hush: v.literal(PROTOCOL_VERSION),
    call: id,
    generation: v.pipe(v.number(), v.integer(), v.minValue(0)),
    message: v.unknown(),
});

export type Envelope = v.InferOutput<typeof envelope>;
