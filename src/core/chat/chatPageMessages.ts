/**
 * What the chat view and its host say to each other, and the shape of a message on its way from the Matrix layer to the
 * page. A page gets the whole conversation that is shown each time it changed. Bodies are as their senders wrote them:
 * whoever draws one makes it safe (webview/chat/bodyRenderer.ts). Pure.
 */
import * as v from 'valibot';
import { MAX_BODY, MAX_SHOWN, reaction, chatMessage, body, id, name, problem } from './message.ts';

/** Stands for the call ID in the envelope: there is one chat view per window. */
export const CHAT_CALL = 'chat';

/** Bytes of what is pasted into the page, or dropped on it. */
export const MAX_PASTED = 50 * 1_048_576;
/** Most files that are sent at once from the page. */
export const MAX_PASTED_FILES = 10;
const bytes = v.pipe(
    v.instance(Uint8Array),
    v.check(({ length }) => length <= MAX_PASTED),
);
/** Only what a browser draws without running anything of it; by its first bytes, not by its name. */
const imageType = v.picklist(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

/** Host to page. */
export const chatHostMessage = v.variant('type', [
    v.object({
        type: v.literal('chat.show'),
        /** Null: no room is chosen. */
        room: v.nullable(
            v.object({
                roomId: id,
                name,
                /** Why nothing may be written in it: a sentence. */
                barred: problem,
                mayReact: v.boolean(),
                /** User ID of who writes here. */
                self: id,
            }),
        ),
        /** Oldest first, without a hole. */
        messages: v.pipe(v.array(chatMessage), v.maxLength(MAX_SHOWN)),
        /** There is nothing older. */
        atStart: v.boolean(),
        /** There is, but it is not shown together with this: it is around an older message that is asked for. */
        full: v.boolean(),
        /** It ends with the newest message. */
        atEnd: v.boolean(),
        /** Older ones are on their way. */
        loading: v.boolean(),
        /** Nothing new comes in: the homeserver is not reached. */
        offline: v.boolean(),
        /** First message that was not seen when the view was opened. */
        firstUnread: v.nullable(id),
        /** Names of those who write now. */
        typing: v.pipe(v.array(name), v.maxLength(3)),
        /** Under a message: who has read up to it and no further, by name. */
        seen: v.pipe(v.array(v.object({ key: id, names: v.pipe(v.array(name), v.maxLength(20)) })), v.maxLength(100)),
    }),
    /** The message that was asked for is shown: to be brought into view. */
    v.object({ type: v.literal('chat.goTo'), key: id }),
    /** Something the person did here did not work. */
    v.object({ type: v.literal('chat.problem'), text: v.pipe(v.string(), v.maxLength(1_024)) }),
    /** This person signed out: nothing of theirs is kept in the page either. */
    v.object({ type: v.literal('chat.forget'), userId: id }),
    /** How much of a file is sent, 0 to 1. */
    v.object({ type: v.literal('chat.progress'), txnId: id, done: v.pipe(v.number(), v.minValue(0), v.maxValue(1)) }),
    /** The picture of a message, decrypted and checked, or why there is none. */
    v.object({
        type: v.literal('chat.picture'),
        roomId: id,
        key: id,
        picture: v.nullable(v.object({ bytes, imageType })),
        problem,
    }),
    /** A file that was pasted or dropped could not be taken: it and its words are the person's again. */
    v.object({
        type: v.literal('chat.back'),
        roomId: id,
        /** Whose. */
        userId: id,
        /** Why: a sentence. */
        text: v.pipe(v.string(), v.maxLength(1_024)),
        caption: body,
        replyTo: v.nullable(id),
        name,
        bytes,
        imageType: v.nullable(imageType),
    }),
    /** Make a small picture of this one: the host has no way to. */
    v.object({ type: v.literal('chat.shrink'), request: id, bytes, imageType }),
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
    v.object({ type: v.literal('chat.later'), roomId: id }),
    /** A message that is not shown, or what lies around one that is. */
    v.object({ type: v.literal('chat.goTo'), roomId: id, key: id }),
    /** Back to where the conversation goes on. */
    v.object({ type: v.literal('chat.newest'), roomId: id }),
    /** Said again every few seconds while the person writes. */
    v.object({ type: v.literal('chat.typing'), roomId: id, typing: v.boolean() }),
    /** The picture of this message has come into view. */
    v.object({ type: v.literal('chat.picture'), roomId: id, key: id }),
    /** Show it large. */
    v.object({ type: v.literal('chat.enlarge'), roomId: id, key: id }),
    v.object({ type: v.literal('chat.save'), roomId: id, key: id }),
    /** Ask the person for files to send. */
    v.object({ type: v.literal('chat.attach'), roomId: id, replyTo: v.nullable(id) }),
    /** Send what was pasted or dropped; `follows`: after the one before it. */
    v.object({
        type: v.literal('chat.file'),
        roomId: id,
        name,
        bytes,
        caption: body,
        replyTo: v.nullable(id),
        follows: v.boolean(),
    }),
    /** The answer to `chat.shrink`; null: there is nothing smaller, or it cannot be drawn. */
    v.object({
        type: v.literal('chat.shrunk'),
        request: id,
        small: v.nullable(
            v.object({
                bytes,
                imageType,
                width: v.pipe(v.number(), v.integer()),
                height: v.pipe(v.number(), v.integer()),
            }),
        ),
    }),
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
