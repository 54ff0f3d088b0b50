/** A chat message as data: its shape and its limits. */
import * as v from 'valibot';
import { changesClaim } from '../changes/changesClaim.ts';
import { codePointer } from './codePointer.ts';

/** The most characters of a body, and of text that a person writes. An event holds 65,536 bytes. */
export const MAX_BODY = 66_000;

/** The most messages that a page shows at once. From there the person can ask for others. */
export const MAX_SHOWN = 2_000;

export const id = v.pipe(v.string(), v.minLength(1), v.maxLength(512));

export const name = v.pipe(v.string(), v.maxLength(512));

export const body = v.pipe(v.string(), v.maxLength(MAX_BODY));

export const problem = v.nullable(v.pipe(v.string(), v.maxLength(1_024)));

const messageKinds = [
    'text',
    'emote', // "/me" of other clients
    'notice', // from a bot; does not notify
    'file', // an attachment; its name is the body
    'other', // a poll, a location or an unknown kind; the body is its text
    'unreadable', // could not be decrypted; the body says why
    'deleted',
] as const;

export type MessageKind = (typeof messageKinds)[number];

export const reaction = v.object({
    /** Whole, as it is sent. */
    key: v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_BODY)),
    /** Set if the key is not what is shown: it is long, or the address of a custom emoji. */
    label: v.optional(name),
    /** Names of the people who reacted. */
    names: v.pipe(v.array(name), v.maxLength(1_000)),
    /** Event ID of our own reaction. While it is being sent: its transaction ID. */
    own: v.nullable(id),
    /** Our own reaction is being sent. */
    pending: v.optional(v.boolean()),
});

export type Reaction = v.InferOutput<typeof reaction>;

const px = v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)));

/** An attachment, as its message describes it. */
const chatFile = v.object({
    name,
    /** Bytes. Null: the sender did not say. */
    size: v.nullable(v.number()),
    /** The sender calls it an image of this size in px. The picture itself is requested when it comes into view. */
    image: v.nullable(v.object({ width: px, height: px })),
    encrypted: v.boolean(),
    /** False: the message describes the file in a way that makes no sense. */
    there: v.boolean(),
    /** The sender says that it is a patch. Only for an encrypted file. */
    changes: v.optional(changesClaim),
});

export type ChatFile = v.InferOutput<typeof chatFile>;

export const chatMessage = v.object({
    /** Event ID. While the message is being sent: its transaction ID. */
    key: id,
    /** Transaction ID, if this device sent it. */
    txnId: v.nullable(id),
    sender: id,
    name,
    /** Present if the name is not all that the sender calls themselves. */
    wholeName: v.optional(v.pipe(v.string(), v.maxLength(4_096))),
    own: v.boolean(),
    /** ms since the epoch, by the sender's server. */
    ts: v.number(),
    kind: v.picklist(messageKinds),
    /** A word or two: what the message is, if it is no plain text. */
    what: v.optional(name),
    body,
    /** Unsafe HTML, as the sender wrote it. */
    html: v.nullable(body),
    /** Present for an attachment. The body is then its caption, or its name. */
    file: v.nullable(chatFile),
    /** Lines of code that it points at. */
    pointer: v.optional(codePointer),
    reply: v.nullable(v.object({ key: id, name, excerpt: v.pipe(v.string(), v.maxLength(512)) })),
    edited: v.boolean(),
    reactions: v.pipe(v.array(reaction), v.maxLength(64)),
    mayDelete: v.boolean(),
    /** `waiting`: it has not left this window yet. */
    state: v.picklist(['sent', 'waiting', 'sending', 'failed']),
    /** A sentence: why it failed. */
    problem,
    /** Our own edit, which is shown before the server has it. */
    change: v.optional(v.object({ txnId: id, state: v.picklist(['waiting', 'sending', 'failed']), problem })),
});

export type ChatMessage = v.InferOutput<typeof chatMessage>;
