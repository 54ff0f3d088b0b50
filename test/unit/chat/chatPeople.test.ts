/** Several accounts in one window: what one person wrote, saw and picked is nothing to the next. */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'mocha';
import { createChatMemory, type WorkspaceState } from '../../../src/core/chat/chatMemory.ts';
import { createForgotten } from '../../../src/core/chat/forgotten.ts';
import type { ChatAccount } from '../../../src/core/chat/chatConversation.ts';
import { forgetPerson } from '../../../src/core/chat/personChat.ts';
import { HushError } from '../../../src/core/base/errors.ts';
import { createLog } from '../../../src/core/base/log.ts';
import { createDrafts } from '../../../src/webview/chat/drafts.ts';
import { ChatWorld, FakeChat, FILE, message, PLACE, ROOM } from './chatWorld.ts';

const OFFLINE = new HushError('network.offline', 'No net.');
const HIS = { ...ROOM, self: { userId: '@bob:hs', name: 'Bob' } };

describe('the chat of a window with two accounts', () => {
    let world: ChatWorld;
    let his: FakeChat;
    let bob: ChatAccount;
    const become = async (who: 'me' | 'bob'): Promise<void> => {
        world.session.follow(undefined, false, undefined); // one account is closed before the next is opened
        if (who === 'me') world.session.follow(world.account, true, ROOM);
        else world.session.follow(bob, true, HIS);
        await world.settled();
    };
    beforeEach(() => {
        world = new ChatWorld();
        his = new FakeChat();
        bob = { ...world.account, userId: '@bob:hs', chat: his };
    });

    it('neither shows nor sends one person’s unsent messages as the other, and has them again later', async () => {
        await world.open();
        world.chat.failures.push(OFFLINE, OFFLINE);
        world.session.send('mine');
        await world.settled();
        await become('bob');
        for (const work of world.later.splice(0)) work();
        await world.settled();
        assert.deepEqual([world.states(), his.sent, world.chat.sent.length], [[], [], 1]);
        world.session.handle({ type: 'chat.retry', txnId: 't0' });
        world.session.handle({ type: 'chat.cancel', txnId: 't0' });
        assert.deepEqual(his.sent, []);
        await become('me');
        assert.deepEqual([world.states(), world.texts(), his.sent], [['mine failed'], ['mine', 'mine'], []]);
    });

    it('the same in the next window, which opens with the other’s account', async () => {
        await world.open();
        world.chat.failures.push(OFFLINE);
        world.session.send('mine');
        await world.settled();
        const { account } = world;
        Object.assign(world, { account: bob });
        await world.open();
        assert.deepEqual([world.states(), his.sent], [[], []]);
        world.session.follow(undefined, false, undefined);
        world.session.follow(account, true, ROOM);
        await world.settled();
        assert.deepEqual([world.states(), world.texts()], [['mine sending'], ['mine', 'mine']]);
    });

    it('keeps a message for its account when the account closes during the sending, whatever the error', async () => {
        await world.open();
        const release = world.chat.hold();
        world.session.send('mine');
        world.session.sendFile(PLACE, FILE);
        await become('bob');
        world.chat.failures.push(new HushError('internal', 'Closed.'));
        release();
        world.files.sent[0]?.end.reject(new HushError('internal', 'Closed.'));
        await world.settled();
        assert.deepEqual(world.states(), []);
        await become('me');
        assert.deepEqual(world.states(), ['mine sending', 'a.png sending']);
        assert.deepEqual(
            world.files.sent.map(({ txnId }) => txnId),
            ['t1', 't1'],
        );
    });

    it('sends a message again when the account that closed during the sending is open again', async () => {
        await world.open();
        const release = world.chat.hold();
        world.session.send('one');
        world.session.follow(undefined, false, undefined);
        const again = new FakeChat();
        world.session.follow({ ...world.account, chat: again }, true, ROOM);
        await world.settled();
        world.chat.failures.push(new HushError('network.timeout', 'Too late.'));
        release();
        await world.settled();
        assert.deepEqual(
            again.sent.map(({ txnId }) => txnId),
            ['t0'],
        );
    });

    it('a file that was chosen by one goes out as that one, though the other is there by now', async () => {
        await world.open();
        const place = world.session.target;
        await become('bob');
        world.session.sendFile(place, FILE);
        assert.deepEqual([world.states(), world.files.sent.length], [[], 0]);
        assert.equal(world.session.localPath('t0'), undefined);
        await become('me');
        assert.deepEqual([world.states(), world.files.sent.length], [['a.png sending'], 1]);
    });

    it('counts messages as unread for each person separately', async () => {
        world.chat.messages = [message('$1', '@you:hs', { ts: 1 })];
        await world.open();
        world.watching = false;
        his.messages = [message('$1', '@you:hs', { ts: 1 })];
        await become('bob');
        his.arrive(message('$2', '@you:hs', { ts: 2 }));
        await world.settled();
        assert.equal(world.session.unread, 1);
        world.chat.messages = [...his.messages];
        world.watching = true;
        world.session.handle({ type: 'chat.seen', roomId: ROOM.roomId, key: '$2' });
        assert.equal(world.session.unread, 0);
        world.watching = false;
        await become('me');
        assert.equal(world.session.unread, 1);
    });

    it('signing out takes only that person’s', async () => {
        await world.open();
        world.chat.failures.push(OFFLINE);
        world.session.send('mine');
        await world.settled();
        await become('bob');
        his.failures.push(OFFLINE);
        world.session.send('his');
        await world.settled();
        world.session.follow(undefined, false, undefined);
        world.session.forget('@bob:hs');
        assert.deepEqual(
            [...world.memory].filter(([key, value]) => key.endsWith('@bob:hs') && value !== undefined),
            [],
        );
        await become('bob');
        assert.deepEqual(world.states(), []);
        await become('me');
        assert.deepEqual(world.states(), ['mine sending']);
    });
});

describe('what the chat’s page keeps', () => {
    it('is each person’s own, and goes when they sign out', () => {
        let kept: unknown;
        const draft = { text: 'half a', replyTo: null, edits: null, about: '', files: [] };
        const drafts = createDrafts(undefined, (state) => void (kept = state));
        drafts.set('@me:hs', '!a', draft);
        assert.equal(drafts.get('@bob:hs', '!a'), undefined);
        drafts.set('@bob:hs', '!a', { ...draft, text: 'his' });
        drafts.forget('@me:hs');
        const next = createDrafts(kept, () => undefined);
        assert.deepEqual([next.get('@me:hs', '!a'), next.get('@bob:hs', '!a')?.text], [undefined, 'his']);
    });

    it('goes also when the page was closed as they signed out: the next one is told, once', () => {
        const memento = fakeMemento();
        const told: string[] = [];
        const open = () => createForgotten(memento, (userId) => void told.push(userId));
        open().note('@me:hs', false);
        open().note('@bob:hs', true);
        assert.deepEqual(told, ['@bob:hs']);
        const next = open();
        next.opened();
        next.opened();
        assert.deepEqual(told, ['@bob:hs', '@me:hs']);
    });
});

describe('what the chat keeps with the workspace', () => {
    it('is kept for each person, and the files of all of them stay until they are sent', () => {
        const memento = fakeMemento();
        let changes = 0;
        const open = () => createChatMemory(memento, () => void changes++, createLog(SILENT));
        const memory = open();
        const waiting = (path: string): unknown => [
            { written: { ...FILE, path } },
            { written: { kind: 'text' } },
            null,
        ];
        memory.set('@me:hs', 'outbox', waiting('/mine'));
        memory.set('@bob:hs', 'outbox', waiting('/his'));
        memory.set('@bob:hs', 'picked', '!room:hs');
        assert.deepEqual([changes, open().paths, open().people], [2, ['/mine', '/his'], ['@me:hs', '@bob:hs']]);
        assert.deepEqual([memory.get('@me:hs', 'picked'), memory.get('@bob:hs', 'picked')], [undefined, '!room:hs']);
        forgetPerson('@bob:hs', memory);
        assert.deepEqual([memory.paths, memory.people], [['/mine'], ['@me:hs']]);
    });
});

const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

function fakeMemento(): WorkspaceState {
    const kept = new Map<string, unknown>();
    return {
        keys: () => [...kept.keys()],
        get: (key) => kept.get(key),
        update: async (key, value) => void (value === undefined ? kept.delete(key) : kept.set(key, value)),
    };
}
