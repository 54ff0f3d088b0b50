/**
 * This window's conversation: its room, its messages, the unsent messages, and what the person has seen. It draws
 * nothing and does not know vscode. The view shows {@link ChatSession.shown} after each change.
 */
import { MAX_BODY, MAX_SHOWN, type ChatMessage } from './message.ts';
import type { ChatPageMessage, ShownChat } from './chatPageMessages.ts';
import { visibleLine } from '../base/visibleText.ts';
import type { FilesPort } from '../files/filesPort.ts';
import type { PresencePort } from '../rooms/presencePort.ts';
import { HushError, userMessage } from '../base/errors.ts';
import type { Disposable } from '../base/disposable.ts';
import type { Log } from '../base/log.ts';
import type { ChatPort } from './chatPort.ts';
import { assertWritable, type ChatRoom } from './chatRoom.ts';
import { createChatPresence, type ChatPresenceOptions } from './chatPresence.ts';
import type { FileSender } from './delivery.ts';
import { echoesOf, withChanges } from './echoes.ts';
import type { Written } from './outbox.ts';
import { createPersonChat, forgetPerson, type ChatMemory, type PersonChat } from './personChat.ts';
import { markedMessage, seenBy } from './roomActivity.ts';
import { unreadOf, type Unread } from './unread.ts';
import type { WrittenFile } from './writtenFile.ts';

/** The parts of an account that the chat needs. */
export interface ChatAccount {
    readonly userId: string;
    readonly chat: ChatPort;
    readonly files: FilesPort;
    readonly presence: PresencePort;
}
/** A room and the person who writes in it. */
export interface ChatPlace {
    readonly roomId: string;
    readonly userId: string;
}
export interface ChatSessionOptions {
    readonly memory: ChatMemory;
    /** ms since the epoch. */
    readonly now: () => number;
    readonly newTxnId: () => string;
    readonly files: FileSender;
    readonly after: (ms: number, work: () => void) => void;
    /** True while the chat is open and its window has the focus. */
    readonly watching: () => boolean;
    readonly tells: ChatPresenceOptions['tells'];
    readonly confirmDelete: () => Promise<boolean>;
    readonly onChange: () => void;
    readonly onProblem: (text: string) => void;
    /** The requested message is now in the conversation on the screen. */
    readonly onFound: (key: string) => void;
    readonly log: Log;
}
type Shown = ShownChat;
/** The messages about conversation and text. The view handles the rest. */
type FromPage = Extract<
    ChatPageMessage,
    {
        type: `chat.${'send' | 'react' | 'delete' | 'retry' | 'cancel' | 'earlier' | 'later' | 'goTo' | 'newest' | 'seen' | 'typing'}`;
    }
>;

export interface ChatSession extends Disposable {
    readonly shown: Shown;
    readonly unread: number;
    /**
     * Sets the current account, whether the homeserver is reachable, and the room. The same values again change
     * nothing.
     */
    follow(account: ChatAccount | undefined, online: boolean, room: ChatRoom | undefined): void;
    /** This person signed out: nothing of theirs stays in the workspace. */
    forget(userId: string): void;
    /** The page was opened again. */
    opened(): void;
    /** The window got the focus. */
    focus(): void;
    /** @throws HushError `chat.noRoom`, `room.forbidden`, `chat.tooLong`. */
    send(markdown: string): void;
    /** The room and the sender for files. @throws HushError `chat.noRoom`, `room.forbidden`. */
    readonly target: ChatPlace;
    /** The person who writes on the page: the person of the open account, or of the last one. */
    readonly userId: string | undefined;
    /**
     * Sends one of these files, after another one if `after` names it. Its echo shows the progress. If `place` names
     * another account than the open one, the file waits. Returns its transaction ID.
     */
    sendFile(place: ChatPlace, file: WrittenFile, after?: string): string;
    /** The local path of the file that is being sent under this transaction ID. */
    localPath(txnId: string): string | undefined;
    handle(message: FromPage): void;
}

export function createChatSession(options: ChatSessionOptions): ChatSession {
    const { memory, log } = options;
    const people = new Map<string, PersonChat>();
    let person: PersonChat | undefined;
    let account: ChatAccount | undefined;
    let online = false;
    const presence = createChatPresence({
        ...options,
        onChange({ ownRead }) {
            const marked = ownRead && markedMessage(latest, ownRead);
            // Read on another device of the person.
            if (room && marked && marked.ts > (person?.seen(room.roomId)?.ts ?? Infinity))
                note(room.roomId, marked.key);
            options.onChange();
        },
    });
    let subscription: Disposable | undefined;
    let room: ChatRoom | undefined;
    let messages: readonly ChatMessage[] = [];
    /** The messages up to the newest one, whatever part the person looks at. */
    let latest: readonly ChatMessage[] = [];
    let atStart = false;
    let full = false;
    let atEnd = true;
    /** An older message that the person looks at. The messages around it are shown. */
    let anchor: string | null = null;
    /** The room whose messages are loading. */
    let loading: string | undefined;
    /** The last message in each room that we reported as read. */
    const told = new Map<string, string>();
    let divider: string | null = null;
    /** The message that was in view while the window was in the background. */
    let glanced: string | undefined;
    let running: Promise<void> | undefined;
    let again = false;

    const isAt = (at: ChatPort, roomId: string): boolean => at === account?.chat && roomId === room?.roomId;
    const news = (): Unread => unreadOf(latest, room && person?.seen(room.roomId));

    function personOf(userId: string): PersonChat {
        let found = people.get(userId);
        if (!found) {
            const to = (): ChatAccount | undefined => (account?.userId === userId ? account : undefined);
            found = createPersonChat(userId, memory, { ...options, to, onChange: changed });
            people.set(userId, found);
        }
        return found;
    }
    function changed(): void {
        if (room) person?.outbox.arrived(room.roomId, anchor === null ? latest : [...latest, ...messages]);
        options.onChange();
    }

    /** Resolves when the current state is shown. */
    function read(): Promise<void> {
        again = true;
        return (running ??= readOn().then(() => {
            running = undefined;
            return again ? read() : undefined; // (requested while the last run ended)
        }));
    }
    async function readOn(): Promise<void> {
        try {
            do {
                again = false;
                if (!account || !room) return;
                const [from, { roomId }] = [account.chat, room];
                const at = anchor;
                const newest = await from.timeline(roomId);
                const timeline = at === null ? newest : await from.timeline(roomId, at);
                if (!isAt(from, roomId) || at !== anchor) {
                    again = true;
                    continue;
                }
                ({ messages, atStart, full, atEnd } = timeline);
                latest = newest.messages;
                if (atEnd) anchor = null; // the two parts have joined
                const last = latest.at(-1);
                // A room that is opened for the first time has no unread messages.
                if (last && !person?.seen(roomId)) note(roomId, last.key);
                if (!options.watching()) divider ??= news().first;
                changed();
            } while (again);
        } catch (error) {
            log.warn('The conversation could not be read', error);
        }
    }
    function note(roomId: string, key: string): void {
        const ts = latest.find((m) => m.key === key)?.ts;
        if (ts === undefined || person?.seen(roomId)?.key === key) return;
        // A message from a wrong clock must not make all later ones count as seen.
        person?.see(roomId, { key, ts: Math.min(ts, options.now() + MOST_AHEAD_MS) });
        options.onChange();
    }

    function noteRead(roomId: string, key: string): void {
        if (told.get(roomId) !== key) presence.read(roomId, key);
        told.set(roomId, key);
        note(roomId, key);
    }

    /** A deletion has no echo. The message disappears, or the person is told why it does not. */
    async function remove(roomId: string, target: string, ask: boolean): Promise<void> {
        const by = person;
        const unsent = by?.outbox.waiting.find((w) => w.txnId === target);
        if (by && unsent) {
            if (unsent.accepted || by.delivery.isUnderWay(target)) return options.onProblem(ON_ITS_WAY);
            return by.delivery.cancel(target);
        }
        if (ask && !(await options.confirmDelete())) return;
        try {
            if (by !== person || !account) throw new HushError('account.notSignedIn', NOT_OPEN);
            by?.delivery.cancelChanges(target);
            await account.chat.send(roomId, options.newTxnId(), { kind: 'delete', target });
        } catch (error) {
            options.onProblem(userMessage(error, 'Deleting the message'));
        }
    }
    function write(roomId: string, written: Written): void {
        if (!person) return options.onProblem(NOT_OPEN);
        if (written.kind === 'text') {
            divider = null;
            toNewest();
        }
        person.delivery.write(roomId, written);
    }
    /** The current text of the message that the person edits. */
    const bodyOf = (key: string): string => [...messages, ...latest].find((m) => m.key === key)?.body ?? '';

    async function load(roomId: string, get: (port: ChatPort) => Promise<void>): Promise<void> {
        if (loading === roomId || !account || roomId !== room?.roomId) return;
        loading = roomId;
        options.onChange();
        try {
            await get(account.chat);
        } catch (error) {
            options.onProblem(userMessage(error, 'Getting messages'));
        }
        await read();
        if (loading === roomId) loading = undefined;
        options.onChange();
    }
    async function goTo(roomId: string, key: string): Promise<void> {
        try {
            await account?.chat.find(roomId, key);
            const part = await account?.chat.timeline(roomId, key);
            if (roomId !== room?.roomId) return;
            // A call, or a message of an ignored person, is not in the part.
            if (!part?.messages.some((m) => m.key === key)) return options.onProblem(NOT_SHOWN);
        } catch (error) {
            return options.onProblem(userMessage(error, 'Looking up the message'));
        }
        anchor = key;
        await read();
        options.onFound(key);
    }
    function toNewest(): void {
        if (anchor === null) return;
        anchor = null;
        void read();
    }

    return {
        get shown(): Shown {
            const { roomId = '', name = '', barred = null, mayReact = false, self = NOBODY } = room ?? {};
            const waiting = person?.outbox.waiting.filter((w) => w.roomId === roomId) ?? [];
            const how = { self, isUnderWay: (txnId: string) => person?.delivery.isUnderWay(txnId) === true };
            const there = withChanges(messages, waiting, how);
            const echoes = atEnd ? echoesOf(messages, waiting, how) : [];
            return {
                type: 'chat.show',
                room: room ? { roomId, name: name.slice(0, 512), barred, mayReact, self: self.userId } : null,
                messages: [...there, ...echoes].slice(-MAX_SHOWN),
                atStart,
                full,
                atEnd,
                loading: loading !== undefined && loading === room?.roomId,
                offline: room?.online === false,
                firstUnread: divider,
                typing: presence.activity.typing.slice(0, 3).map((typist) => visibleLine(typist, 400)),
                // Of an old part it is not known where those stand who have read on.
                seen: atEnd ? seenBy(messages, presence.activity.read) : [],
            };
        },
        get unread() {
            return news().count;
        },
        follow(next, nextOnline, nextRoom) {
            const other = next !== undefined && next.userId !== person?.userId;
            const moved = other || next?.chat !== account?.chat || nextRoom?.roomId !== room?.roomId;
            const back = next !== undefined && nextOnline && (other || !account || !online);
            const same = JSON.stringify(nextRoom) === JSON.stringify(room);
            if (next?.chat !== account?.chat) {
                subscription?.dispose();
                subscription = next?.chat.onChange((roomId) => (roomId === room?.roomId ? void read() : undefined));
            }
            if (other || nextRoom?.roomId !== room?.roomId) {
                messages = latest = [];
                anchor = null;
                atEnd = true;
                atStart = full = false;
                divider = null;
                glanced = undefined;
            }
            if (other) told.clear();
            [account, online, room] = [next, nextOnline, nextRoom];
            if (next && other) person = personOf(next.userId);
            presence.follow(next?.presence, nextRoom?.roomId);
            if (!same || moved) options.onChange();
            // Another window may have taken over the account meanwhile. Nobody here heard its changes.
            const known = moved || back ? read() : Promise.resolve();
            // Messages that already arrived are not sent again.
            if (back) void known.then(() => (online && account === next ? person?.delivery.online() : undefined));
        },
        forget(userId) {
            people.get(userId)?.delivery.forget();
            people.delete(userId);
            if (person?.userId === userId) person = undefined;
            forgetPerson(userId, memory);
        },
        opened() {
            divider = news().first;
        },
        focus() {
            if (room && glanced !== undefined) noteRead(room.roomId, glanced);
            glanced = undefined;
        },
        send(markdown) {
            const { roomId } = assertWritable(room);
            if (markdown.length > MAX_BODY)
                throw new HushError('chat.tooLong', 'This is too long for one message. Select less of it.');
            write(roomId, { kind: 'text', markdown, replyTo: null });
        },
        get target() {
            const { roomId, self } = assertWritable(room);
            return { roomId, userId: self.userId };
        },
        get userId() {
            return person?.userId;
        },
        sendFile({ roomId, userId }, file, after) {
            if (userId === person?.userId) {
                divider = null;
                toNewest();
            }
            return personOf(userId).delivery.write(roomId, file, after);
        },
        localPath(txnId) {
            const written = person?.outbox.waiting.find((w) => w.txnId === txnId)?.written;
            return written?.kind === 'file' ? written.path : undefined;
        },
        handle(message) {
            switch (message.type) {
                case 'chat.send': {
                    const { roomId, markdown, replyTo, edits: target } = message;
                    if (target === null) return write(roomId, { kind: 'text', markdown, replyTo });
                    return write(roomId, { kind: 'edit', markdown, target, was: bodyOf(target) });
                }
                case 'chat.react':
                    return write(message.roomId, { kind: 'reaction', target: message.target, key: message.key });
                case 'chat.delete':
                    return void remove(message.roomId, message.target, message.ask);
                case 'chat.retry':
                    return person?.delivery.retry(message.txnId);
                case 'chat.cancel':
                    return person?.delivery.cancel(message.txnId);
                case 'chat.earlier':
                    // The anchor becomes the oldest message, so that the part around it includes the older ones that
                    // arrive.
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

/** Clocks of servers differ by less. */
const MOST_AHEAD_MS = 60 * 60_000;
const NOBODY = { userId: '', name: '' };
const ON_ITS_WAY = 'Your reaction is on its way. Take it back when it has arrived.';
const NOT_SHOWN = 'That is not a message that Hush can show.';
const NOT_OPEN = 'You are not signed in now. Try again when you are.';
