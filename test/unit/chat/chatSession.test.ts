import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'mocha';
import type { ChatPort, ChatSend } from '../../../src/extension/chat/chatPort.ts';
import { createChatSession, type ChatRoom, type ChatSession } from '../../../src/extension/chat/chatSession.ts';
import { HushError } from '../../../src/extension/errors.ts';
import { Listeners } from '../../../src/extension/listeners.ts';
import { createLog } from '../../../src/extension/log.ts';
import type { ChatMessage } from '../../../src/webview/protocol/chatMessages.ts';

const ROOM: ChatRoom = {
    roomId: '!room:hs',
    name: 'Room',
    encrypted: true,
    self: { userId: '@me:hs', name: 'Me' },
    online: true,
};
const message = (key: string, from = '@you:hs', more: Partial<ChatMessage> = {}): ChatMessage => ({
    key,
    txnId: null,
    sender: from,
    name: from,
    own: from === '@me:hs',
    ts: 1,
    kind: 'text',
    body: key,
    html: null,
    reply: null,
    edited: false,
    reactions: [],
    mayDelete: false,
    state: 'sent',
    problem: null,
    ...more,
});

class FakeChat implements ChatPort {
    messages: ChatMessage[] = [];
    atStart = true;
    readonly sent: { txnId: string; what: ChatSend }[] = [];
    readonly failures: unknown[] = [];
    readonly changed = new Listeners<[string]>();
    onChange = this.changed.add;
    timeline = async (roomId: string) => ({ roomId, messages: [...this.messages], atStart: this.atStart });
    earlier = async (): Promise<void> => void this.messages.unshift(message(`$earlier${this.messages.length}`));
    send = async (_room: string, txnId: string, what: ChatSend): Promise<void> => {
        this.sent.push({ txnId, what });
        const failure = this.failures.shift();
        if (failure !== undefined) throw failure;
    };
    arrive(...messages: ChatMessage[]): void {
        this.messages.push(...messages);
        this.changed.emit(ROOM.roomId);
    }
}

describe('the chat of a window', () => {
    let chat: FakeChat;
    let memory: Map<string, unknown>;
    let watching: boolean;
    let later: (() => void)[];
    let problems: string[];
    let session: ChatSession;
    const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    const open = async (): Promise<ChatSession> => {
        let txn = 0;
        session = createChatSession({
            memory: {
                get: (key) => memory.get(key),
                set: (key, value) => void memory.set(key, structuredClone(value)),
            },
            now: () => 5,
            newTxnId: () => `t${txn++}`,
            after: (_ms, work) => void later.push(work),
            watching: () => watching,
            confirmDelete: async () => false,
            onChange: () => undefined,
            onProblem: (text) => void problems.push(text),
            log: createLog({
                debug: () => undefined,
                info: () => undefined,
                warn: () => undefined,
                error: () => undefined,
            }),
        });
        session.follow(chat, ROOM);
        await settled();
        return session;
    };
    const states = (): string[] => session.shown.messages.map((m) => `${m.body} ${m.state}`);
    beforeEach(() => {
        chat = new FakeChat();
        memory = new Map();
        watching = true;
        later = [];
        problems = [];
    });

    it('what is written shows at once, and once when it has arrived', async () => {
        await open();
        session.send('hello');
        assert.deepEqual(states(), ['hello sending']);
        await settled();
        assert.deepEqual(states(), ['hello sending']);
        chat.arrive(message('$1', '@me:hs', { txnId: 't0', body: 'hello' }));
        await settled();
        assert.deepEqual(states(), ['hello sent']);
        assert.deepEqual(memory.get('outbox'), []);
    });

    it('what failed says why, goes out again under the same transaction ID, or is discarded', async () => {
        await open();
        chat.failures.push(new HushError('server.error', 'Broken.'), new HushError('server.error', 'Still broken.'));
        session.send('one');
        await settled();
        assert.deepEqual([states(), session.shown.messages[0]?.problem], [['one failed'], 'Broken.']);
        session.handle({ type: 'chat.retry', txnId: 't0' });
        await settled();
        assert.equal(session.shown.messages[0]?.problem, 'Still broken.');
        assert.deepEqual(
            chat.sent.map((s) => s.txnId),
            ['t0', 't0'],
        );
        session.handle({ type: 'chat.cancel', txnId: 't0' });
        assert.deepEqual(states(), []);
    });

    it('what is on its way cannot be discarded', async () => {
        await open();
        session.send('one');
        session.handle({ type: 'chat.cancel', txnId: 't0' });
        assert.deepEqual(states(), ['one sending']);
        await settled();
    });

    it('waits as long as the server asks, and for the connection', async () => {
        await open();
        chat.failures.push(new HushError('network.rateLimited', 'Pause.', { retryAfterMs: 500 }));
        session.send('one');
        await settled();
        assert.deepEqual(states(), ['one sending']);
        chat.failures.push(new HushError('network.offline', 'No net.'));
        later.shift()?.();
        await settled();
        assert.deepEqual(states(), ['one failed']);
        session.follow(chat, { ...ROOM, online: false });
        session.follow(chat, ROOM);
        await settled();
        assert.deepEqual([states(), chat.sent.length], [['one sending'], 3]);
    });

    it('what was not sent when the window closed is there in the next one', async () => {
        await open();
        chat.failures.push(new HushError('network.offline', 'No net.'));
        session.send('one');
        await settled();
        await open();
        assert.deepEqual(states(), ['one failed']);
        session.handle({ type: 'chat.retry', txnId: 't0' });
        await settled();
        assert.deepEqual(
            chat.sent.map((s) => s.txnId),
            ['t0', 't0'],
        );
    });

    it('of what was not sent nothing stays after signing out', async () => {
        await open();
        chat.failures.push(new HushError('network.offline', 'No net.'));
        session.send('one');
        await settled();
        session.follow(undefined, undefined);
        session.forget();
        assert.deepEqual([memory.get('outbox'), memory.get('seen')], [[], []]);
    });

    it('a memory of any other shape counts as none', async () => {
        memory.set('outbox', [{ roomId: 5 }, null, 'x']);
        memory.set('seen', { a: 1 });
        await open();
        assert.deepEqual(states(), []);
    });

    it('counts what others wrote since the last message in view; notices and one’s own are no news', async () => {
        chat.messages = [message('$0')];
        await open();
        assert.equal(session.unread, 0, 'a room that is opened for the first time has no news');
        watching = false;
        chat.arrive(message('$1'), message('$2', '@you:hs', { kind: 'notice' }), message('$3'));
        await settled();
        assert.deepEqual([session.unread, session.shown.firstUnread], [2, '$1']);
        session.handle({ type: 'chat.seen', roomId: ROOM.roomId, key: '$3' });
        assert.equal(session.unread, 2, 'nobody looks at a window that is behind');
        session.focus();
        assert.equal(session.unread, 0);
        chat.arrive(message('$4'), message('$5', '@me:hs'));
        await settled();
        assert.equal(session.unread, 0);
    });

    it('what was seen stays seen when it lies further back than what is loaded', async () => {
        chat.messages = [message('$0', '@you:hs', { ts: 100 })];
        await open();
        chat.messages = [message('$-1', '@you:hs', { ts: 90 }), message('$1', '@you:hs', { ts: 110 })];
        await open();
        assert.equal(session.unread, 1);
    });

    it('another room is another conversation, with what waits in each', async () => {
        await open();
        chat.failures.push(new HushError('network.offline', 'No net.'));
        session.send('one');
        await settled();
        session.follow(chat, { ...ROOM, roomId: '!other:hs' });
        await settled();
        assert.deepEqual(states(), []);
        session.follow(chat, ROOM);
        assert.deepEqual(states(), ['one failed']);
        session.follow(undefined, undefined);
        assert.equal(session.shown.room, null);
        assert.throws(() => session.send('x'), { code: 'chat.noRoom' });
    });

    it('what no event can hold is refused before it waits', async () => {
        await open();
        assert.throws(() => session.send('x'.repeat(70_000)), { code: 'chat.tooLong' });
        assert.deepEqual(states(), []);
    });

    it('asks for earlier messages one at a time, and tells when that fails', async () => {
        await open();
        session.handle({ type: 'chat.earlier', roomId: ROOM.roomId });
        session.handle({ type: 'chat.earlier', roomId: ROOM.roomId });
        assert.equal(session.shown.loading, true);
        await settled();
        await settled();
        assert.deepEqual([session.shown.loading, chat.messages.length], [false, 1]);
        chat.earlier = () => Promise.reject(new HushError('network.offline', 'No net.'));
        session.handle({ type: 'chat.earlier', roomId: ROOM.roomId });
        await settled();
        await settled();
        assert.deepEqual([problems, session.shown.loading], [['No net.'], false]);
    });

    it('deletes only when the person is sure', async () => {
        await open();
        session.handle({ type: 'chat.delete', roomId: ROOM.roomId, target: '$1', ask: true });
        await settled();
        assert.equal(chat.sent.length, 0);
        session.handle({ type: 'chat.delete', roomId: ROOM.roomId, target: '$r', ask: false });
        await settled();
        assert.deepEqual(
            chat.sent.map((s) => s.what),
            [{ kind: 'delete', target: '$r' }],
        );
    });
});
