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
import { HushError, userMessage } from '../errors.ts';
import type { Disposable } from '../lifecycle.ts';
import type { Log } from '../log.ts';
import type { ChatPort, ChatSend } from './chatPort.ts';
import { createDelivery } from './delivery.ts';
import { createOutbox } from './outbox.ts';
import { unreadOf, type Seen } from './unread.ts';

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
    readonly after: (ms: number, work: () => void) => void;
    /** The person has this window before them, and the chat open. */
    readonly watching: () => boolean;
    readonly confirmDelete: () => Promise<boolean>;
    readonly onChange: () => void;
    readonly onProblem: (text: string, edit?: { key: string; markdown: string }) => void;
    readonly log: Log;
}
type Shown = Extract<ChatHostMessage, { type: 'chat.show' }>;
type Written = Extract<
    ChatPageMessage,
    { roomId: string } | { txnId: string } // what is about a message; the rest is the view's
>;

export interface ChatSession extends Disposable {
    readonly shown: Shown;
    readonly unread: number;
    /** The room of now and the account it is had by; the same again changes nothing. */
    follow(port: ChatPort | undefined, room: ChatRoom | undefined): void;
    /** The person signed out: nothing of the conversation stays with the workspace. */
    forget(): void;
    /** The page was opened anew. */
    opened(): void;
    /** The window has come before the person. */
    focus(): void;
    /** @throws HushError `chat.noRoom`, `chat.tooLong`. */
    send(markdown: string): void;
    handle(message: Written): void;
}

export function createChatSession(options: ChatSessionOptions): ChatSession {
    const { memory, log } = options;
    const seen = new Map<string, Seen>(seenOf(memory.get('seen')));
    const outbox = createOutbox(memory.get('outbox'), (waiting) => memory.set('outbox', waiting));
    const delivery = createDelivery({ ...options, outbox, port: () => port });
    let port: ChatPort | undefined;
    let subscription: Disposable | undefined;
    let room: ChatRoom | undefined;
    let messages: readonly ChatMessage[] = [];
    let atStart = false;
    let loading = false;
    let divider: string | null = null;
    /** In view while the window was behind others. */
    let glanced: string | undefined;
    let reading = false;
    let again = false;

    const isAt = (at: ChatPort, roomId: string): boolean => at === port && roomId === room?.roomId;

    async function read(): Promise<void> {
        if (reading) {
            again = true;
            return;
        }
        reading = true;
        try {
            do {
                again = false;
                if (!port || !room) return;
                const [from, { roomId }] = [port, room];
                const timeline = await from.timeline(roomId);
                if (!isAt(from, roomId)) {
                    again = true;
                    continue;
                }
                ({ messages, atStart } = timeline);
                const last = messages.at(-1);
                // A room that is opened for the first time has no news.
                if (last && !seen.has(roomId)) note(roomId, last.key);
                if (!options.watching()) divider ??= unreadOf(messages, seen.get(roomId)).first;
                options.onChange();
            } while (again);
        } catch (error) {
            log.warn('The conversation could not be read', error);
        } finally {
            reading = false;
        }
    }
    function note(roomId: string, key: string): void {
        const ts = messages.find((m) => m.key === key)?.ts;
        if (ts === undefined || seen.get(roomId)?.key === key) return;
        seen.delete(roomId);
        seen.set(roomId, { key, ts });
        memory.set('seen', [...seen].slice(-200));
        options.onChange();
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
    async function earlier(roomId: string): Promise<void> {
        if (loading || !port || roomId !== room?.roomId) return;
        loading = true;
        options.onChange();
        try {
            await port.earlier(roomId);
        } catch (error) {
            options.onProblem(userMessage(error, 'Getting earlier messages'));
        }
        await read();
        loading = false;
        options.onChange();
    }

    return {
        get shown(): Shown {
            const merged = room ? outbox.merge(room.roomId, messages, room.self) : [];
            return {
                type: 'chat.show',
                room: room ? { roomId: room.roomId, name: room.name.slice(0, 512), encrypted: room.encrypted } : null,
                messages: merged.slice(-MAX_SHOWN),
                atStart,
                loading,
                offline: room?.online === false,
                firstUnread: divider,
            };
        },
        get unread() {
            return room ? unreadOf(messages, seen.get(room.roomId)).count : 0;
        },
        follow(nextPort, nextRoom) {
            const moved = nextPort !== port || nextRoom?.roomId !== room?.roomId;
            const online = nextRoom?.online === true && room?.online !== true;
            const same = JSON.stringify(nextRoom) === JSON.stringify(room);
            if (nextPort !== port) {
                subscription?.dispose();
                subscription = nextPort?.onChange((roomId) => (roomId === room?.roomId ? void read() : undefined));
            }
            if (nextRoom?.roomId !== room?.roomId) {
                messages = [];
                atStart = false;
                divider = null;
                glanced = undefined;
            }
            port = nextPort;
            room = nextRoom;
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
            divider = room ? unreadOf(messages, seen.get(room.roomId)).first : null;
        },
        focus() {
            if (room && glanced !== undefined) note(room.roomId, glanced);
            glanced = undefined;
        },
        send(markdown) {
            if (!room)
                throw new HushError(
                    'chat.noRoom',
                    'This workspace has no session to send to. Run "Hush: Start Session for This Workspace", or choose a room with "Hush: Open Chat…".',
                );
            if (markdown.length > MAX_BODY)
                throw new HushError('chat.tooLong', 'This is too long for one message. Select less of it.');
            divider = null;
            delivery.write(room.roomId, markdown, null);
        },
        handle(message) {
            switch (message.type) {
                case 'chat.send': {
                    const { roomId, markdown, replyTo, edits } = message;
                    if (edits !== null) return void act(roomId, { kind: 'edit', markdown, target: edits });
                    divider = null;
                    return delivery.write(roomId, markdown, replyTo);
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
                    outbox.discard(message.txnId);
                    return options.onChange();
                case 'chat.earlier':
                    return void earlier(message.roomId);
                case 'chat.seen':
                    if (message.roomId !== room?.roomId) return;
                    if (options.watching()) note(message.roomId, message.key);
                    else glanced = message.key;
            }
        },
        dispose: () => subscription?.dispose(),
    };
}

const remembered = v.array(v.tuple([v.string(), v.object({ key: v.string(), ts: v.number() })]));

function seenOf(value: unknown): readonly [string, Seen][] {
    const parsed = v.safeParse(remembered, value);
    return parsed.success ? parsed.output : [];
}
