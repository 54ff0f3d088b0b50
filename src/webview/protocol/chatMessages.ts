/**
 * What the chat view and its host say to each other, and the shape of a message on its way from the Matrix layer to the
 * page. A page gets the whole conversation that is shown each time it changed. Bodies are as their senders wrote them:
 * whoever draws one makes it safe (webview/chat/bodyRenderer.ts). Pure.
 */
import * as v from 'valibot';

/** Stands for the call ID in the envelope: there is one chat view per window. */
export const CHAT_CALL = 'chat';

/** Most characters of a body, and of what is written; an event holds 65,536 bytes. */
export const MAX_BODY = 66_000;
/** Most messages that a page shows; older ones are had by scrolling up. */
export const MAX_SHOWN = 2_000;

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(512));
const name = v.pipe(v.string(), v.maxLength(512));
const body = v.pipe(v.string(), v.maxLength(MAX_BODY));

export const messageKinds = [
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
    /** Event ID of our own reaction. */
    own: v.nullable(id),
});
export type Reaction = v.InferOutput<typeof reaction>;

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
    reply: v.nullable(v.object({ key: id, name, excerpt: v.pipe(v.string(), v.maxLength(512)) })),
    edited: v.boolean(),
    reactions: v.pipe(v.array(reaction), v.maxLength(64)),
    mayDelete: v.boolean(),
    state: v.picklist(['sent', 'sending', 'failed']),
    /** Why it failed: a sentence. */
    problem: v.nullable(v.pipe(v.string(), v.maxLength(1_024))),
});
export type ChatMessage = v.InferOutput<typeof chatMessage>;

/** Host to page. */
export const chatHostMessage = v.variant('type', [
    v.object({
        type: v.literal('chat.show'),
        /** Null: no room is chosen. */
        room: v.nullable(v.object({ roomId: id, name, encrypted: v.boolean() })),
        /** Oldest first, without a hole. */
        messages: v.pipe(v.array(chatMessage), v.maxLength(MAX_SHOWN)),
        /** There is nothing older. */
        atStart: v.boolean(),
        /** Older ones are on their way. */
        loading: v.boolean(),
        /** Nothing new comes in: the homeserver is not reached. */
        offline: v.boolean(),
        /** First message that was not seen when the view was opened. */
        firstUnread: v.nullable(id),
    }),
    /** Something the person did here did not work. */
    v.object({
        type: v.literal('chat.problem'),
        text: v.pipe(v.string(), v.maxLength(1_024)),
        /** An edit that was not made: back into the composer, if that is free. */
        edit: v.nullable(v.object({ key: id, markdown: v.string() })),
    }),
]);
export type ChatHostMessage = v.InferOutput<typeof chatHostMessage>;

/** Page to host. */
export const chatPageMessage = v.variant('type', [
    v.object({ type: v.literal('chat.ready') }),
    v.object({
        type: v.literal('chat.send'),
        roomId: id,
        markdown: v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_BODY)),
        replyTo: v.nullable(id),
        edits: v.nullable(id),
    }),
    v.object({ type: v.literal('chat.react'), roomId: id, target: id, key: reaction.entries.key }),
    /** Of a message, after the host asked; of our own reaction, at once. */
    v.object({ type: v.literal('chat.delete'), roomId: id, target: id, ask: v.boolean() }),
    v.object({ type: v.literal('chat.retry'), txnId: id }),
    v.object({ type: v.literal('chat.cancel'), txnId: id }),
    v.object({ type: v.literal('chat.earlier'), roomId: id }),
    /** The person has the newest message in view. */
    v.object({ type: v.literal('chat.seen'), roomId: id, key: id }),
    v.object({
        type: v.literal('chat.open'),
        path: v.pipe(v.string(), v.minLength(1), v.maxLength(1_024)),
        /** From 1; 0: none was named. */
        line: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10_000_000)),
        endLine: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10_000_000)),
        column: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1_000_000)),
    }),
    v.object({ type: v.literal('chat.copy'), text: body }),
    v.object({ type: v.literal('chat.action'), name: v.picklist(['startSession', 'pickRoom']) }),
    v.object({ type: v.literal('chat.log'), text: v.pipe(v.string(), v.maxLength(1_024)) }),
]);
export type ChatPageMessage = v.InferOutput<typeof chatPageMessage>;
