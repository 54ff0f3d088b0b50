/** A chat with fakes around it: the account's conversation, presence, and files that go out when the test says. */
import type { ChatPort, ChatSend } from '../../../src/core/chat/chatPort.ts';
import type { FileSender } from '../../../src/core/chat/delivery.ts';
import type { WrittenFile } from '../../../src/core/chat/writtenFile.ts';
import { createConversation, type ChatAccount, type Conversation } from '../../../src/core/chat/chatConversation.ts';
import type { ChatRoom } from '../../../src/core/chat/chatRoom.ts';
import { HushError } from '../../../src/core/base/errors.ts';
import { Listeners } from '../../../src/core/base/listeners.ts';
import { createLog } from '../../../src/core/base/log.ts';
import { NO_ACTIVITY, type PresencePort, type RoomActivity } from '../../../src/core/rooms/presencePort.ts';
import type { ChatMessage } from '../../../src/core/chat/message.ts';

export const ROOM: ChatRoom = {
    roomId: '!room:hs',
    name: 'Room',
    barred: null,
    mayReact: true,
    self: { userId: '@me:hs', name: 'Me' },
    online: true,
};
/** Where this person writes. */
export const PLACE = { roomId: ROOM.roomId, userId: ROOM.self.userId };
export const message = (key: string, from = '@you:hs', more: Partial<ChatMessage> = {}): ChatMessage => ({
    key,
    txnId: null,
    sender: from,
    name: from,
    own: from === '@me:hs',
    ts: 1,
    kind: 'text',
    body: key,
    html: null,
    file: null,
    reply: null,
    edited: false,
    reactions: [],
    mayDelete: false,
    state: 'sent',
    problem: null,
    ...more,
});

export class FakeChat implements ChatPort {
    messages: ChatMessage[] = [];
    atStart = true;
    full = false;
    readonly sent: { txnId: string; what: ChatSend }[] = [];
    readonly failures: unknown[] = [];
    readonly changed = new Listeners<[string]>();
    onChange = this.changed.add;
    /** What lies around a message further up, once it was found. */
    readonly further = new Map<string, ChatMessage[]>();
    timeline = async (roomId: string, around?: string | null) => {
        const there = this.partAt(around);
        const { atStart, full } = this;
        return { roomId, messages: [...(there ?? this.messages)], atStart, full, atEnd: there === undefined };
    };
    find = async (_room: string, key: string): Promise<void> => {
        if (!this.further.has(key)) throw new HushError('chat.notThere', 'It is not there.');
    };
    /** They have met the newest. */
    later = async (_room: string, around: string): Promise<void> => {
        this.messages.unshift(...(this.partAt(around) ?? []));
        this.further.clear();
    };
    private partAt(around: string | null | undefined): ChatMessage[] | undefined {
        return [...this.further.values()].find((part) => part.some(({ key }) => key === around));
    }
    earlier = async (): Promise<void> => void this.messages.unshift(message(`$earlier${this.messages.length}`));
    send = async (_room: string, txnId: string, what: ChatSend): Promise<void> => {
        this.sent.push({ txnId, what });
        await this.held;
        const failure = this.failures.shift();
        if (failure !== undefined) throw failure;
    };
    private held: Promise<void> | undefined;
    /** The next ones take until the function that is returned is called. */
    hold(): () => void {
        const { promise, resolve } = Promise.withResolvers<void>();
        this.held = promise;
        return () => {
            this.held = undefined;
            resolve();
        };
    }
    arrive(...messages: ChatMessage[]): void {
        this.messages.push(...messages);
        this.changed.emit(ROOM.roomId);
    }
}

class FakePresence implements PresencePort {
    readonly told: string[] = [];
    now: RoomActivity = NO_ACTIVITY;
    readonly changed = new Listeners<[string]>();
    onActivity = this.changed.add;
    look = (roomId: string): void => void this.told.push(`look ${roomId}`);
    show = (): void => undefined;
    type = (_room: string, typing: boolean): void => void this.told.push(typing ? 'typing' : 'not typing');
    markRead = (_room: string, eventId: string): void => void this.told.push(`read ${eventId}`);
    activity = async (): Promise<RoomActivity> => this.now;
    become(now: RoomActivity): void {
        this.now = now;
        this.changed.emit(ROOM.roomId);
    }
}
/** Files that go out when the test says. */
class FakeSender implements FileSender {
    readonly sent: { txnId: string; file: WrittenFile; end: PromiseWithResolvers<void> }[] = [];
    send = (_to: unknown, _room: string, txnId: string, file: WrittenFile): Promise<void> => {
        const end = Promise.withResolvers<void>();
        this.sent.push({ txnId, file, end });
        return end.promise;
    };
    cancel = (txnId: string): void =>
        this.sent.findLast((s) => s.txnId === txnId)?.end.reject(new HushError('file.cancelled', 'Cancelled.'));
}
export const FILE: WrittenFile = {
    kind: 'file',
    path: '/tmp/a.png',
    name: 'a.png',
    mimeType: 'image/png',
    size: 1_000,
    picture: { width: 4, height: 3 },
    owned: true,
    caption: '',
    replyTo: null,
};

/** What one test has; made anew for each. */
export class ChatWorld {
    readonly chat = new FakeChat();
    readonly presence = new FakePresence();
    readonly files = new FakeSender();
    readonly account: ChatAccount = {
        userId: '@me:hs',
        chat: this.chat,
        files: {} as ChatAccount['files'],
        presence: this.presence,
    };
    /** By key and user ID. */
    readonly memory = new Map<string, unknown>();
    readonly later: (() => void)[] = [];
    readonly problems: string[] = [];
    readonly found: string[] = [];
    private txn = 0;
    tells = { typing: true, receipts: true };
    watching = true;
    /** What the person says when asked whether to delete. */
    sure = false;
    session!: Conversation;

    settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

    /** A new window. */
    open = async (online = true): Promise<Conversation> => {
        this.session = createConversation({
            memory: {
                get: (userId, key) => this.memory.get(`${key} ${userId}`),
                set: (userId, key, value) => void this.memory.set(`${key} ${userId}`, structuredClone(value)),
            },
            tells: () => this.tells,
            now: () => 5,
            newTxnId: () => `t${this.txn++}`,
            files: this.files,
            after: (_ms, work) => void this.later.push(work),
            watching: () => this.watching,
            confirmDelete: async () => this.sure,
            onChange: () => undefined,
            onRead: () => undefined,
            onFound: (key) => void this.found.push(key),
            onProblem: (text) => void this.problems.push(text),
            log: createLog({
                debug: () => undefined,
                info: () => undefined,
                warn: () => undefined,
                error: () => undefined,
            }),
        });
        this.session.follow(this.account, online, online ? ROOM : { ...ROOM, online });
        await this.settled();
        return this.session;
    };

    /** The homeserver is reached, or not. */
    reach = (online: boolean): void => this.session.follow(this.account, online, { ...ROOM, online });

    /** What was tried to be said, in that order. */
    texts = (): string[] => this.chat.sent.map(({ what }) => ('markdown' in what ? what.markdown : what.kind));

    states = (): string[] => this.session.shown.messages.map((m) => `${m.body} ${m.state}`);
}
