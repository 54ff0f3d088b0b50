/**
 * This window's conversation: its room, its messages, the unsent messages, and what the person has seen. It draws
 * nothing and does not know vscode. The view shows {@link Conversation.shown} after each change.
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
import { createChatPresence, type ChatPresence, type ChatPresenceOptions } from './chatPresence.ts';
import type { CodePointer } from './codePointer.ts';
import type { Delivery, FileSender } from './delivery.ts';
import { echoesOf, withChanges } from './echoes.ts';
import type { Written } from './outbox.ts';
import { createPersonChat, forgetPerson, type ChatMemory, type PersonChat } from './personChat.ts';
import { createReadProgress, type ReadProgress } from './readProgress.ts';
import { seenBy } from './roomActivity.ts';
import { createTimelinePart, type TimelinePart } from './timelinePart.ts';
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
export interface ConversationOptions {
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
    /** Gets the newest messages of the room each time that they were read. */
    readonly onRead: (roomId: string, latest: readonly ChatMessage[]) => void;
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

export interface Conversation extends Disposable {
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
    send(markdown: string, pointer?: CodePointer): void;
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

export function createConversation(options: ConversationOptions): Conversation {
    const { memory } = options;
    const people = new Map<string, PersonChat>();
    let person: PersonChat | undefined;
    let account: ChatAccount | undefined;
    let online = false;
    let subscription: Disposable | undefined;
    let room: ChatRoom | undefined;

    const roomId = (): string | undefined => room?.roomId;
    const changed = (): void => {
        if (room) person?.outbox.arrived(room.roomId, part.known);
        options.onChange();
    };
    const part = createTimelinePart({
        ...options,
        chat: () => account?.chat,
        roomId,
        onRead(readRoom) {
            progress.read(readRoom);
            options.onRead(readRoom, part.latest);
            changed();
        },
    });
    const presence = createChatPresence({
        ...options,
        onChange({ ownRead }) {
            if (ownRead) progress.readElsewhere(ownRead);
            options.onChange();
        },
    });
    const progress = createReadProgress({
        ...options,
        latest: () => part.latest,
        person: () => person,
        roomId,
        tell: (at, key) => presence.read(at, key),
    });
    const personOf = (userId: string): PersonChat => {
        const to = (): ChatAccount | undefined => (account?.userId === userId ? account : undefined);
        const found = people.get(userId) ?? createPersonChat(userId, memory, { ...options, to, onChange: changed });
        people.set(userId, found);
        return found;
    };
    const writes = (): void => {
        progress.writes();
        part.toNewest();
    };
    const write = (at: string, written: Written): void => {
        if (!person) return options.onProblem(NOT_OPEN);
        if (written.kind === 'text') writes();
        person.delivery.write(at, written);
    };
    const remove = createRemoval({ ...options, person: () => person, chat: () => account?.chat });
    const parts: PageParts = { part, progress, presence, write, remove, delivery: () => person?.delivery };

    return {
        get shown() {
            return shownOf({ room, person, part, progress, presence });
        },
        get unread() {
            return progress.unread.count;
        },
        follow(next, nextOnline, nextRoom) {
            const other = next !== undefined && next.userId !== person?.userId;
            const moved = other || next?.chat !== account?.chat || nextRoom?.roomId !== room?.roomId;
            const back = next !== undefined && nextOnline && (other || !account || !online);
            const same = JSON.stringify(nextRoom) === JSON.stringify(room);
            if (next?.chat !== account?.chat) {
                subscription?.dispose();
                subscription = next?.chat.onChange((at) => (at === room?.roomId ? void part.read() : undefined));
            }
            if (other || nextRoom?.roomId !== room?.roomId) {
                part.clear();
                progress.clear();
            }
            if (other) progress.forget();
            [account, online, room] = [next, nextOnline, nextRoom];
            if (next && other) person = personOf(next.userId);
            presence.follow(next?.presence, nextRoom?.roomId);
            if (!same || moved) options.onChange();
            // Another window may have taken over the account meanwhile. Nobody here heard its changes.
            const known = moved || back ? part.read() : Promise.resolve();
            // Messages that already arrived are not sent again.
            if (back) void known.then(() => (online && account === next ? person?.delivery.online() : undefined));
        },
        forget(userId) {
            people.get(userId)?.delivery.forget();
            people.delete(userId);
            if (person?.userId === userId) person = undefined;
            forgetPerson(userId, memory);
        },
        opened: progress.opened,
        focus: progress.focus,
        send(markdown, pointer) {
            const { roomId: at } = assertWritable(room);
            assertShort(markdown);
            write(at, { kind: 'text', markdown, replyTo: null, ...(pointer ? { pointer } : {}) });
        },
        get target() {
            const { roomId: at, self } = assertWritable(room);
            return { roomId: at, userId: self.userId };
        },
        get userId() {
            return person?.userId;
        },
        sendFile({ roomId: at, userId }, file, after) {
            if (userId === person?.userId) writes();
            return personOf(userId).delivery.write(at, file, after);
        },
        localPath(txnId) {
            return person && pathOf(person, txnId);
        },
        handle: (message) => handleFromPage(message, parts),
        dispose() {
            subscription?.dispose();
            presence.dispose();
        },
    };
}

function assertShort(markdown: string): void {
    if (markdown.length > MAX_BODY)
        throw new HushError('chat.tooLong', 'This is too long for one message. Select less of it.');
}

function pathOf({ outbox }: PersonChat, txnId: string): string | undefined {
    const written = outbox.waiting.find((w) => w.txnId === txnId)?.written;
    return written?.kind === 'file' ? written.path : undefined;
}

interface ShownParts {
    readonly room: ChatRoom | undefined;
    readonly person: PersonChat | undefined;
    readonly part: TimelinePart;
    readonly progress: ReadProgress;
    readonly presence: Pick<ChatPresence, 'activity'>;
}

function shownOf({ room, person, part, progress, presence }: ShownParts): Shown {
    const waiting = person?.outbox.waiting.filter((w) => w.roomId === (room?.roomId ?? '')) ?? [];
    const how = {
        self: room?.self ?? NOBODY,
        isUnderWay: (txnId: string) => person?.delivery.isUnderWay(txnId) === true,
    };
    const { messages, atStart, full, atEnd, loading } = part;
    const there = withChanges(messages, waiting, how);
    const echoes = atEnd ? echoesOf(messages, waiting, how) : [];
    return {
        type: 'chat.show',
        room: room ? shownRoom(room) : null,
        messages: [...there, ...echoes].slice(-MAX_SHOWN),
        atStart,
        full,
        atEnd,
        loading,
        offline: room?.online === false,
        firstUnread: progress.divider,
        typing: presence.activity.typing.slice(0, 3).map((typist) => visibleLine(typist, 400)),
        // Of an old part it is not known where those stand who have read on.
        seen: atEnd ? seenBy(messages, presence.activity.read) : [],
    };
}

const shownRoom = ({ roomId, name, barred, mayReact, self }: ChatRoom): Shown['room'] => ({
    roomId,
    name: name.slice(0, 512),
    barred,
    mayReact,
    self: self.userId,
});

interface PageParts {
    readonly part: TimelinePart;
    readonly progress: ReadProgress;
    readonly presence: Pick<ChatPresence, 'typing'>;
    write(roomId: string, written: Written): void;
    remove(roomId: string, target: string, ask: boolean): Promise<void>;
    delivery(): Delivery | undefined;
}

function handleFromPage(message: FromPage, { part, progress, presence, write, remove, delivery }: PageParts): void {
    switch (message.type) {
        case 'chat.send': {
            const { roomId, markdown, replyTo, edits: target } = message;
            if (target === null) return write(roomId, { kind: 'text', markdown, replyTo });
            /** The current text of the message that the person edits. */
            const was = [...part.messages, ...part.latest].find((m) => m.key === target)?.body ?? '';
            return write(roomId, { kind: 'edit', markdown, target, was });
        }
        case 'chat.react':
            return write(message.roomId, { kind: 'reaction', target: message.target, key: message.key });
        case 'chat.delete':
            return void remove(message.roomId, message.target, message.ask);
        case 'chat.retry':
            return delivery()?.retry(message.txnId);
        case 'chat.cancel':
            return delivery()?.cancel(message.txnId);
        case 'chat.earlier':
            return void part.earlier(message.roomId);
        case 'chat.later':
            return void part.later(message.roomId);
        case 'chat.goTo':
            return void part.goTo(message.roomId, message.key);
        case 'chat.newest':
            return part.toNewest();
        case 'chat.seen':
            return progress.seen(message.roomId, message.key);
        case 'chat.typing':
            return presence.typing(message.roomId, message.typing);
    }
}

interface RemovalOptions extends Pick<ConversationOptions, 'confirmDelete' | 'newTxnId' | 'onProblem'> {
    person(): PersonChat | undefined;
    chat(): ChatPort | undefined;
}

/** A deletion has no echo. The message disappears, or the person is told why it does not. */
function createRemoval({ person, chat, confirmDelete, newTxnId, onProblem }: RemovalOptions) {
    return async (roomId: string, target: string, ask: boolean): Promise<void> => {
        const by = person();
        const unsent = by?.outbox.waiting.find((w) => w.txnId === target);
        if (by && unsent) {
            if (unsent.accepted || by.delivery.isUnderWay(target)) return onProblem(ON_ITS_WAY);
            return by.delivery.cancel(target);
        }
        if (ask && !(await confirmDelete())) return;
        try {
            const to = chat();
            if (by !== person() || !to) throw new HushError('account.notSignedIn', NOT_OPEN);
            by?.delivery.cancelChanges(target);
            await to.send(roomId, newTxnId(), { kind: 'delete', target });
        } catch (error) {
            onProblem(userMessage(error, 'Deleting the message'));
        }
    };
}

const NOBODY = { userId: '', name: '' };
const ON_ITS_WAY = 'Your reaction is on its way. Take it back when it has arrived.';
const NOT_OPEN = 'You are not signed in now. Try again when you are.';
