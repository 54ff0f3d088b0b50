/**
 * The messages of the side channel: what the devices of one share tell each other beside its picture. They never name
 * their sender: that is the device whose key opened them. Version 1. Unknown types and fields are ignored, so that a
 * newer Hush can say more.
 */
import * as v from 'valibot';

/** The largest message, as UTF-8 of its JSON. LiveKit and browsers carry 15 KiB in one packet. */
export const MAX_MESSAGE_BYTES = 12_288;
export const SIDE_CHANNEL_VERSION = 1;

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(64));
/** 0 is the left or upper edge of the picture, 1 the right or lower one. */
const unit = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const point = v.tuple([unit, unit]);
const line = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10_000_000));
const text = (length: number) => v.pipe(v.string(), v.maxLength(length));

const MAX_POINTS = 200;
const shape = v.variant('kind', [
    /** A part of a stroke: its points from the one with index `from`, which replace what came from there on. */
    v.object({
        kind: v.literal('pen'),
        from: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10_000)),
        points: v.pipe(v.array(point), v.minLength(1), v.maxLength(MAX_POINTS)),
    }),
    v.object({ kind: v.literal('arrow'), from: point, to: point }),
    v.object({ kind: v.literal('box'), from: point, to: point }),
    v.object({ kind: v.literal('label'), at: point, text: v.pipe(text(200), v.minLength(1)) }),
]);

/** A device. Only in messages about others; a sender is never named. */
const device = v.object({ userId: v.pipe(text(255), v.minLength(1)), deviceId: v.pipe(text(255), v.minLength(1)) });

const range = v.object({ start: line, end: line });
/** Where somebody is in their checkout. */
const place = v.object({
    /** Relative to the repository, with slashes. */
    path: v.pipe(text(1_024), v.minLength(1)),
    /** The object name of the checked out commit. Null: there is none. */
    commit: v.nullable(v.pipe(v.string(), v.regex(/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/u))),
    /** The file differs from that commit. */
    changed: v.boolean(),
    /** The editor has unsaved changes. */
    unsaved: v.boolean(),
    /** Lines, from 0. Absent, like what follows: its person tells only the file. */
    visible: v.optional(range),
    /** The first selection. The end is where the cursor is. */
    selection: v.optional(v.object({ start: v.tuple([line, line]), end: v.tuple([line, line]) })),
    problems: v.optional(v.object({ errors: line, warnings: line })),
});
export type Place = v.InferOutput<typeof place>;

export const sideMessage = v.variant('type', [
    /** Said to whoever may be there. It is answered once, with `answer`: what was said before could not be opened. */
    v.object({
        type: v.literal('hello'),
        version: v.pipe(v.number(), v.integer(), v.minValue(1)),
        answer: v.boolean(),
    }),
    /** Null: it is no longer over the picture. */
    v.object({ type: v.literal('pointer'), at: v.nullable(point) }),
    v.object({ type: v.literal('drawing'), id, shape, pinned: v.boolean() }),
    /** Removes drawings of the sender. Those of everybody, if the sharer sends it without IDs. */
    v.object({ type: v.literal('erase'), ids: v.optional(v.pipe(v.array(id), v.maxLength(500))) }),
    /** Only from the sharer: who may point and draw. */
    v.object({
        type: v.literal('rules'),
        drawing: v.boolean(),
        silenced: v.pipe(v.array(device), v.maxLength(200)),
    }),
    /** Null: outside of the workspace, or not to be told. */
    v.object({ type: v.literal('place'), place: v.nullable(place) }),
    /** The sender's editor follows that device. Null: it follows nobody. */
    v.object({ type: v.literal('following'), device: v.nullable(device) }),
]);
export type SideMessage = v.InferOutput<typeof sideMessage>;

/** `latest`: only the newest counts, so a lost one is not repeated. `all`: each arrives, in order. */
export type Delivery = 'all' | 'latest';

export function deliveryOf({ type }: SideMessage): Delivery {
    return type === 'pointer' ? 'latest' : 'all';
}
