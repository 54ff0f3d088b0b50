/**
 * The messages between the chat view and its host, and the shape of a message on its way from the Matrix layer to the
 * page. The page gets the whole conversation once, and then its changes. Bodies are unchanged from their senders:
 * code that draws one must make it safe first (webview/chat/bodyRenderer.ts).
 */
import * as v from 'valibot';
import { changesAct, changesAsked, changesShown } from './changesMessages.ts';
import { MAX_BODY, MAX_SHOWN, reaction, chatMessage, body, id, name, problem } from './message.ts';

/** The page ID in the envelope: each window has one chat view. */
export const CHAT_PAGE_ID = 'chat';

/** Bytes of a file that is pasted into the page or dropped on it. */
export const MAX_PASTED = 50 * 1_048_576;
/** The most files that the page sends at once. */
export const MAX_PASTED_FILES = 10;
/** The most paths in one question. */
export const MAX_PATHS = 100;
/** The most paths of one message that are looked for. */
export const MAX_MESSAGE_PATHS = 200;
const path = v.pipe(v.string(), v.minLength(1), v.maxLength(1_024));
const paths = v.pipe(v.array(path), v.maxLength(MAX_PATHS));
const bytes = v.pipe(
    v.instance(Uint8Array),
    v.check(({ length }) => length <= MAX_PASTED),
);
/** Only types that a browser draws without running code. The first bytes decide, not the name. */
const imageType = v.picklist(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

/** Numbers the states that the page was told, so that it notices a missed one. */
const seq = v.pipe(v.number(), v.integer(), v.minValue(0));
const index = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_SHOWN));
/** Oldest first, without gaps. */
const messages = v.pipe(v.array(chatMessage), v.maxLength(MAX_SHOWN));
/** What belongs to the conversation beside its messages. */
const around = {
    /** Null: no room is selected. */
    room: v.nullable(
        v.object({
            roomId: id,
            name,
            /** A sentence: why the person may not write in this room. */
            barred: problem,
            mayReact: v.boolean(),
            /** User ID of the person who writes here. */
            self: id,
        }),
    ),
    /** No older messages exist. */
    atStart: v.boolean(),
    /** Older messages exist but do not fit with these. They are shown around an older message. */
    full: v.boolean(),
    /** The part ends with the newest message. */
    atEnd: v.boolean(),
    /** Older messages are loading. */
    loading: v.boolean(),
    /** The homeserver is unreachable, so no new messages arrive. */
    offline: v.boolean(),
    /** The first message that was unseen when the view opened. */
    firstUnread: v.nullable(id),
    /** Names of people who are typing. */
    typing: v.pipe(v.array(name), v.maxLength(3)),
    /** For a message: the names of people who have read up to it and no further. */
    seen: v.pipe(v.array(v.object({ key: id, names: v.pipe(v.array(name), v.maxLength(20)) })), v.maxLength(100)),
};

/** Host to page. */
export const chatHostMessage = v.variant('type', [
    /** The whole conversation: for a new page, and when it missed a change. */
    v.object({ type: v.literal('chat.show'), seq, messages, ...around }),
    /** What has changed since the state with the number `base`. */
    v.object({
        type: v.literal('chat.change'),
        base: seq,
        seq,
        around: v.partial(v.object(around)),
        /** One after the other: each replaces `remove` messages from index `at`. */
        splices: v.pipe(v.array(v.object({ at: index, remove: index, insert: messages })), v.maxLength(2)),
        /** Messages that stay in their place and look different. */
        changed: messages,
    }),
    /** The requested message is shown: scroll it into view. */
    v.object({ type: v.literal('chat.goTo'), key: id }),
    /** Something that the person did here failed. */
    v.object({ type: v.literal('chat.problem'), text: v.pipe(v.string(), v.maxLength(1_024)) }),
    /** This person signed out: the page must drop everything of theirs. */
    v.object({ type: v.literal('chat.forget'), userId: id }),
    /** How much of a file was sent, 0 to 1. */
    v.object({ type: v.literal('chat.progress'), txnId: id, done: v.pipe(v.number(), v.minValue(0), v.maxValue(1)) }),
    /** The decrypted and checked picture of a message, or why there is none. */
    v.object({
        type: v.literal('chat.picture'),
        roomId: id,
        key: id,
        picture: v.nullable(v.object({ bytes, imageType })),
        problem,
    }),
    changesShown,
    /** A pasted or dropped file could not be sent. The file and its text go back to the person. */
    v.object({
        type: v.literal('chat.back'),
        roomId: id,
        /** User ID of its sender. */
        userId: id,
        /** A sentence: the reason. */
        text: v.pipe(v.string(), v.maxLength(1_024)),
        caption: body,
        replyTo: v.nullable(id),
        name,
        bytes,
        imageType: v.nullable(imageType),
    }),
    /** Of the paths that were asked about, those of files in the workspace. */
    v.object({ type: v.literal('chat.places'), asked: paths, found: paths }),
    /** Asks for a small version of this picture. The host cannot make one. */
    v.object({ type: v.literal('chat.shrink'), request: id, bytes, imageType }),
]);
export type ChatHostMessage = v.InferOutput<typeof chatHostMessage>;
/** The conversation as the page shows it. */
export type ShownChat = Omit<Extract<ChatHostMessage, { type: 'chat.show' }>, 'seq'>;
export type ShownChange = Extract<ChatHostMessage, { type: 'chat.change' }>;

/** Page to host. */
export const chatPageMessage = v.variant('type', [
    v.object({ type: v.literal('chat.ready') }),
    /** A change was missed: the page needs the whole conversation. */
    v.object({ type: v.literal('chat.again') }),
    v.object({
        type: v.literal('chat.send'),
        roomId: id,
        markdown: v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_BODY)),
        replyTo: v.nullable(id),
        edits: v.nullable(id),
    }),
    v.object({ type: v.literal('chat.react'), roomId: id, target: id, key: reaction.entries.key }),
    /** For a message, the host asks the person first. Our own reaction is deleted at once. */
    v.object({ type: v.literal('chat.delete'), roomId: id, target: id, ask: v.boolean() }),
    v.object({ type: v.literal('chat.retry'), txnId: id }),
    v.object({ type: v.literal('chat.cancel'), txnId: id }),
    v.object({ type: v.literal('chat.earlier'), roomId: id }),
    v.object({ type: v.literal('chat.later'), roomId: id }),
    /** Shows a message that is not on the screen, with the messages around it. */
    v.object({ type: v.literal('chat.goTo'), roomId: id, key: id }),
    /** Returns to the newest messages. */
    v.object({ type: v.literal('chat.newest'), roomId: id }),
    /** Repeated every few seconds while the person types. */
    v.object({ type: v.literal('chat.typing'), roomId: id, typing: v.boolean() }),
    /** The picture of this message came into view. */
    v.object({ type: v.literal('chat.picture'), roomId: id, key: id }),
    /** Shows it large. */
    v.object({ type: v.literal('chat.enlarge'), roomId: id, key: id }),
    v.object({ type: v.literal('chat.save'), roomId: id, key: id }),
    changesAsked,
    changesAct,
    /** Opens a dialog where the person chooses files to send. */
    v.object({ type: v.literal('chat.attach'), roomId: id, replyTo: v.nullable(id) }),
    /** Sends a pasted or dropped file. `follows`: send it after the previous file. */
    v.object({
        type: v.literal('chat.file'),
        roomId: id,
        name,
        bytes,
        caption: body,
        replyTo: v.nullable(id),
        follows: v.boolean(),
    }),
    /** The answer to `chat.shrink`. Null: there is no smaller version, or the picture cannot be drawn. */
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
    /** The newest message is in view. */
    v.object({ type: v.literal('chat.seen'), roomId: id, key: id }),
    v.object({
        type: v.literal('chat.open'),
        path,
        /** Starts at 1. 0: no line was named. */
        line: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10_000_000)),
        endLine: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10_000_000)),
        column: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1_000_000)),
    }),
    /** Which of these paths, named in messages, are files in the workspace? */
    v.object({ type: v.literal('chat.places'), paths }),
    v.object({ type: v.literal('chat.copy'), text: body }),
    v.object({ type: v.literal('chat.action'), name: v.picklist(['startSession', 'pickRoom']) }),
    v.object({ type: v.literal('chat.log'), text: v.pipe(v.string(), v.maxLength(1_024)) }),
]);
export type ChatPageMessage = v.InferOutput<typeof chatPageMessage>;
