/**
 * The conversation of this window: which room it is, what is in it and on its way, what the person has seen. Draws
 * nothing and knows no vscode; the view shows what {@link ChatSession.shown} says whenever it changed. Pure.
 */
import * as v from 'valibot';
import {
    MAX_BODY,
    MAX_SHOWN,
    type ChatHostMessage,
    type ChatMessage,
    type ChatPageMessage,
} from '../../webview/protocol/chatMessages.ts';
import { visibleLine } from '../../webview/protocol/visibleText.ts';
import { HushError, userMessage } from '../errors.ts';
import type { Disposable } from '../lifecycle.ts';
import type { Log } from '../log.ts';
import type { PresencePort } from '../presence/presencePort.ts';
import type { ChatPort, ChatSend } from './chatPort.ts';
import { createChatPresence, type ChatPresenceOptions } from './chatPresence.ts';
import { createDelivery, type FileSender } from './delivery.ts';
import { createOutbox } from './outbox.ts';
import { markedMessage, seenBy } from './roomActivity.ts';
import { unreadOf, type Seen } from './unread.ts';
import type { WrittenFile } from './writtenFile.ts';

export interface ChatRoom {
    readonly roomId: string;
    readonly name: string;
    readonly encrypted: boolean;
    /** Our own name in it. */
    readonly self: { readonly userId: string; readonly name: string };
    readonly online: boolean;
}
/** What is kept with the workspace. */
export interface ChatMemory {
    get(key: 'seen' | 'outbox'): unknown;
    set(key: 'seen' | 'outbox', value: unknown): void;
}
export interface ChatSessionOptions {
    readonly memory: ChatMemory;
    /** ms since the epoch. */
    readonly now: () => number;
    readonly newTxnId: () => string;
    readonly files: FileSender;
    readonly after: (ms: number, work: () => void) => void;
    /** The person has this window before them, and the chat open. */
    readonly watching: () => boolean;
    readonly tells: ChatPresenceOptions['tells'];
    readonly confirmDelete: () => Promise<boolean>;
    readonly onChange: () => void;
    readonly onProblem: (text: string, edit?: { key: string; markdown: string }) => void;
    /** The message that the person wanted to see is in the conversation that is shown. */
    readonly onFound: (key: string) => void;
    readonly log: Log;
}
type Shown = Extract<ChatHostMessage, { type: 'chat.show' }>;
/** What is about messages and their words; the rest is the view's. */
type Written = Extract<
    ChatPageMessage,
    {
        type: `chat.${'send' | 'react' | 'delete' | 'retry' | 'cancel' | 'earlier' | 'later' | 'goTo' | 'newest' | 'seen' | 'typing'}`;
    }
>;

export interface ChatSession extends Disposable {
    readonly shown: Shown;
    readonly unread: number;
    /** The room of now and the account it is had by; the same again changes nothing. */
    follow(port: ChatPort | undefined, room: ChatRoom | undefined, presence?: PresencePort): void;
    /** The person signed out: nothing of the conversation stays with the workspace. */
    forget(): void;
    /** The page was opened anew. */
    opened(): void;
    /** The window has come before the person. */
    focus(): void;
    /** @throws HushError `chat.noRoom`, `chat.tooLong`. */
    send(markdown: string): void;
    /** The room that files go to. @throws HushError `chat.noRoom`. */
    readonly target: string;
    /** Sends one of these, after another if that is said; their echoes show what becomes of it. Returns its transaction ID. */
    sendFile(roomId: string, file: WrittenFile, after?: string): string;
    /** Where a file lies that is on its way under this transaction ID. */
    localPath(txnId: string): string | undefined;
    handle(message: Written): void;
}

export function createChatSession(options: ChatSessionOptions): ChatSession {
    const { memory, log } = options;
    const seen = new Map<string, Seen>(seenOf(memory.get('seen')));
    const outbox = createOutbox(memory.get('outbox'), (waiting) => memory.set('outbox', waiting));
    const delivery = createDelivery({ ...options, outbox, port: () => port });
    const presence = createChatPresence({
        ...options,
        onChange({ ownRead }) {
            const read = ownRead && markedMessage(latest, ownRead);
            // Read on another device of the person.
            if (room && read && read.ts > (seen.get(room.roomId)?.ts ?? Infinity)) note(room.roomId, read.key);
            options.onChange();
        },
    });
    let port: ChatPort | undefined;
    let subscription: Disposable | undefined;
    let room: ChatRoom | undefined;
    let messages: readonly ChatMessage[] = [];
    /** Up to the newest, wherever the person looks. */
    let latest: readonly ChatMessage[] = [];
    let atStart = false;
    let full = false;
    let atEnd = true;
    /** A message further up that the person looks at, with what lies around it. */
    let anchor: string | null = null;
    /** The room that messages are got for. */
    let loading: string | undefined;
    /** What was said to be read, by room. */
    const told = new Map<string, string>();
    let divider: string | null = null;
    /** In view while the window was behind others. */
    let glanced: string | undefined;
    let running: Promise<void> | undefined;
    let again = false;

    const isAt = (at: ChatPort, roomId: string): boolean => at === port && roomId === room?.roomId;

    /** Resolves when what is known now is shown. */
    function read(): Promise<void> {
        again = true;
        return (running ??= readOn().finally(() => {
            running = undefined;
        }));
    }
    async function readOn(): Promise<void> {
        try {
            do {
                again = false;
                if (!port || !room) return;
                const [from, { roomId }] = [port, room];
                const at = anchor;
                const newest = await from.timeline(roomId);
                const timeline = at === null ? newest : await from.timeline(roomId, at);
                if (!isAt(from, roomId) || at !== anchor) {
                    again = true;
                    continue;
                }
                ({ messages, atStart, full, atEnd } = timeline);
                latest = newest.messages;
                if (atEnd) anchor = null; // they have become one
                const last = latest.at(-1);
                // A room that is opened for the first time has no news.
                if (last && !seen.has(roomId)) note(roomId, last.key);
                if (!options.watching()) divider ??= unreadOf(latest, seen.get(roomId)).first;
                options.onChange();
            } while (again);
        } catch (error) {
            log.warn('The conversation could not be read', error);
        }
    }
    function note(roomId: string, key: string): void {
        const ts = latest.find((m) => m.key === key)?.ts;
        if (ts === undefined || seen.get(roomId)?.key === key) return;
        seen.delete(roomId);
        seen.set(roomId, { key, ts });
        memory.set('seen', [...seen].slice(-200));
        options.onChange();
    }

    function noteRead(roomId: string, key: string): void {
        if (told.get(roomId) !== key) presence.read(roomId, key);
        told.set(roomId, key);
        note(roomId, key);
    }

    /** What has no echo: it shows when it is there, or is told when it is not. */
    async function act(roomId: string, what: ChatSend): Promise<void> {
        try {
            await port?.send(roomId, options.newTxnId(), what);
        } catch (error) {
            const edit = what.kind === 'edit' ? { key: what.target, markdown: what.markdown } : undefined;
            options.onProblem(userMessage(error, 'That'), edit);
        }
    }
    async function load(roomId: string, get: (port: ChatPort) => Promise<void>): Promise<void> {
        if (loading === roomId || !port || roomId !== room?.roomId) return;
        loading = roomId;
        options.onChange();
        try {
            await get(port);
        } catch (error) {
            options.onProblem(userMessage(error, 'Getting messages'));
        }
        await read();
        if (loading === roomId) loading = undefined;
        options.onChange();
    }
    async function goTo(roomId: string, key: string): Promise<void> {
        try {
            await port?.find(roomId, key);
        } catch (error) {
            return options.onProblem(userMessage(error, 'Looking up the message'));
        }
        if (roomId !== room?.roomId) return;
        anchor = key;
        await read();
        if (messages.some((m) => m.key === key)) options.onFound(key);
    }
    function toNewest(): void {
        if (anchor === null) return;
        anchor = null;
        void read();
    }

    return {
        get shown(): Shown {
            const merged = room && atEnd ? outbox.merge(room.roomId, messages, room.self) : messages;
            return {
                type: 'chat.show',
                room: room ? { roomId: room.roomId, name: room.name.slice(0, 512), encrypted: room.encrypted } : null,
                messages: merged.slice(-MAX_SHOWN),
                atStart,
                full,
                atEnd,
                loading: loading !== undefined && loading === room?.roomId,
                offline: room?.online === false,
                firstUnread: divider,
                typing: presence.activity.typing.slice(0, 3).map((name) => visibleLine(name, 128)),
                // Of an old part it is not known where those stand who have read on.
                seen: atEnd ? seenBy(messages, presence.activity.read) : [],
            };
        },
        get unread() {
            return room ? unreadOf(latest, seen.get(room.roomId)).count : 0;
        },
        follow(nextPort, nextRoom, nextPresence) {
            const moved = nextPort !== port || nextRoom?.roomId !== room?.roomId;
            const online = nextRoom?.online === true && room?.online !== true;
            const same = JSON.stringify(nextRoom) === JSON.stringify(room);
            if (nextPort !== port) {
                subscription?.dispose();
                subscription = nextPort?.onChange((roomId) => (roomId === room?.roomId ? void read() : undefined));
            }
            if (nextRoom?.roomId !== room?.roomId) {
                messages = latest = [];
                anchor = null;
                atEnd = true;
                atStart = full = false;
                divider = null;
                glanced = undefined;
            }
            port = nextPort;
            room = nextRoom;
            presence.follow(nextPresence, nextRoom?.roomId);
            if (!same || moved) options.onChange();
            // Another window may have taken the account over meanwhile: what it told nobody heard.
            if (moved || online) void read();
            if (online) delivery.online();
        },
        forget() {
            delivery.forget();
            seen.clear();
            memory.set('seen', []);
        },
        opened() {
            divider = room ? unreadOf(latest, seen.get(room.roomId)).first : null;
        },
        focus() {
            if (room && glanced !== undefined) noteRead(room.roomId, glanced);
            glanced = undefined;
        },
        send(markdown) {
            const { roomId } = assertRoom(room);
            if (markdown.length > MAX_BODY)
                throw new HushError('chat.tooLong', 'This is too long for one message. Select less of it.');
            divider = null;
            toNewest();
            delivery.write(roomId, { kind: 'text', markdown, replyTo: null });
        },
        get target() {
            return assertRoom(room).roomId;
        },
        sendFile(roomId, file, after) {
            divider = null;
            toNewest();
            return delivery.write(roomId, file, after);
        },
        localPath(txnId) {
            const written = outbox.waiting.find((w) => w.txnId === txnId)?.written;
            return written?.kind === 'file' ? written.path : undefined;
        },
        handle(message) {
            switch (message.type) {
                case 'chat.send': {
                    const { roomId, markdown, replyTo, edits } = message;
                    if (edits !== null) return void act(roomId, { kind: 'edit', markdown, target: edits });
                    divider = null;
                    toNewest();
                    return void delivery.write(roomId, { kind: 'text', markdown, replyTo });
                }
                case 'chat.react':
                    return void act(message.roomId, { kind: 'reaction', target: message.target, key: message.key });
                case 'chat.delete': {
                    const { roomId, target } = message;
                    const sure = message.ask ? options.confirmDelete() : Promise.resolve(true);
                    return void sure.then((yes) => (yes ? act(roomId, { kind: 'delete', target }) : undefined));
                }
                case 'chat.retry':
                    return delivery.retry(message.txnId);
                case 'chat.cancel':
                    return delivery.cancel(message.txnId);
                case 'chat.earlier':
                    // What comes in there is shown with what lies around it, of however many.
                    if (anchor !== null) anchor = messages[0]?.key ?? anchor;
                    return void load(message.roomId, (from) => from.earlier(message.roomId, anchor));
                case 'chat.later': {
                    if (anchor === null) return;
                    const last = (anchor = messages.at(-1)?.key ?? anchor);
                    return void load(message.roomId, (from) => from.later(message.roomId, last));
                }
                case 'chat.goTo':
                    return void goTo(message.roomId, message.key);
                case 'chat.newest':
                    return toNewest();
                case 'chat.seen':
                    if (message.roomId !== room?.roomId) return;
                    if (options.watching()) noteRead(message.roomId, message.key);
                    else glanced = message.key;
                    return;
                case 'chat.typing':
                    return presence.typing(message.roomId, message.typing);
            }
        },
        dispose() {
            subscription?.dispose();
            presence.dispose();
        },
    };
}

/** @throws HushError `chat.noRoom` */
function assertRoom(room: ChatRoom | undefined): ChatRoom {
    if (room) return room;
    throw new HushError(
        'chat.noRoom',
        'This workspace has no session to send to. Run "Hush: Start Session for This Workspace", or choose a room with "Hush: Open Chat…".',
    );
}

const remembered = v.array(v.tuple([v.string(), v.object({ key: v.string(), ts: v.number() })]));

function seenOf(value: unknown): readonly [string, Seen][] {
    const parsed = v.safeParse(remembered, value);
    return parsed.success ? parsed.output : [];
}
