/** A message of a conversation as data: its shape and its limits. */
import * as v from 'valibot';

/** Most characters of a body, and of what is written; an event holds 65,536 bytes. */
export const MAX_BODY = 66_000;

/** Most messages that a page shows at once; it is asked for others from there. */
export const MAX_SHOWN = 2_000;

export const id = v.pipe(v.string(), v.minLength(1), v.maxLength(512));

export const name = v.pipe(v.string(), v.maxLength(512));

export const body = v.pipe(v.string(), v.maxLength(MAX_BODY));

export const problem = v.nullable(v.pipe(v.string(), v.maxLength(1_024)));

const messageKinds = [
    'text',
    'emote', // "/me" of other clients
    'notice', // of a bot: quiet
    'file', // an attachment, by its name
    'unreadable', // could not be decrypted; the body says why
    'deleted',
] as const;

export type MessageKind = (typeof messageKinds)[number];

export const reaction = v.object({
    key: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
    /** Who reacted, by name. */
    names: v.pipe(v.array(name), v.maxLength(1_000)),
    /** Event ID of our own reaction; of one that is on its way, its transaction ID. */
    own: v.nullable(id),
    /** Our own one is on its way. */
    pending: v.optional(v.boolean()),
});

export type Reaction = v.InferOutput<typeof reaction>;

const px = v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)));

/** An attachment, as its message describes it. */
const chatFile = v.object({
    name,
    /** Bytes; null: its sender did not say. */
    size: v.nullable(v.number()),
    /** Its sender calls it an image, of so many px: what is to be shown is asked for when it comes into view. */
    image: v.nullable(v.object({ width: px, height: px })),
    encrypted: v.boolean(),
    /** False: what the message says about it makes no sense. */
    there: v.boolean(),
});

export type ChatFile = v.InferOutput<typeof chatFile>;

export const chatMessage = v.object({
    /** Event ID; of a message that is on its way, its transaction ID. */
    key: id,
    /** Transaction ID where it is one of this device's. */
    txnId: v.nullable(id),
    sender: id,
    name,
    own: v.boolean(),
    /** ms since the epoch, by the sender's server. */
    ts: v.number(),
    kind: v.picklist(messageKinds),
    body,
    /** HTML as the sender wrote it: not safe. */
    html: v.nullable(body),
    /** Of an attachment; the body is then what was said about it, or its name. */
    file: v.nullable(chatFile),
    reply: v.nullable(v.object({ key: id, name, excerpt: v.pipe(v.string(), v.maxLength(512)) })),
    edited: v.boolean(),
    reactions: v.pipe(v.array(reaction), v.maxLength(64)),
    mayDelete: v.boolean(),
    /** `waiting`: it has not left this window yet. */
    state: v.picklist(['sent', 'waiting', 'sending', 'failed']),
    /** Why it failed: a sentence. */
    problem,
    /** An edit of ours that is shown already and not made yet. */
    change: v.optional(v.object({ txnId: id, state: v.picklist(['waiting', 'sending', 'failed']), problem })),
});

export type ChatMessage = v.InferOutput<typeof chatMessage>;
