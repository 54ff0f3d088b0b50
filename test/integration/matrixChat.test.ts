/** The conversation of a room between real devices, through a real homeserver. */
import assert from 'node:assert/strict';
import { CryptoEvent } from 'matrix-js-sdk/lib/crypto-api/index.js';
import { ClientPrefix, Method } from 'matrix-js-sdk/lib/matrix.js';
import type { ChatSend, ChatTimeline } from '../../src/core/chat/chatPort.ts';
import type { ChatMessage } from '../../src/core/chat/message.ts';
import { startSynapse, type Synapse } from '../stack/synapse.ts';
import { newPerson, pair, signedIn, until, untilRoom, type Person } from './support/matrixAccounts.ts';
import { lastClientOf } from './support/matrixClients.ts';

const text = (markdown: string, replyTo: string | null = null): ChatSend => ({ kind: 'text', markdown, replyTo });
const FILE = {
    v: 'v2',
    url: 'mxc://hs.example/abc',
    key: { kty: 'oct', alg: 'A256CTR', key_ops: ['encrypt', 'decrypt'], ext: true, k: 'A'.repeat(43) },
    iv: 'A'.repeat(22),
    hashes: { sha256: 'A'.repeat(43) },
};
let transactions = 0;
const txn = (): string => `t${process.pid}.${transactions++}`;

describe('the chat of a session', function () {
    this.timeout(90_000);
    let synapse: Synapse;
    let alice: Person;
    let bob: Person;
    let roomId: string;
    /** Bob's requests to /sync wait for this. */
    let network: Promise<void> = Promise.resolve();
    /** Bob's homeserver says that what comes in was written by this user. */
    let forging: string | undefined;
    const others: Person[] = [];

    /** The timeline once it holds what is awaited. */
    const untilChat = async (
        person: Person,
        holds: (messages: readonly ChatMessage[]) => boolean,
        what: string,
    ): Promise<ChatTimeline> => {
        const { chat } = person.account;
        let timeline = await chat.timeline(roomId);
        await until(
            () => holds(timeline.messages),
            (check) => chat.onChange(() => void chat.timeline(roomId).then((next) => ((timeline = next), check()))),
            what,
        );
        return timeline;
    };
    const find = (body: string) => (messages: readonly ChatMessage[]) => messages.some((m) => m.body === body);
    const said = async (person: Person, body: string): Promise<ChatMessage> =>
        (await untilChat(person, find(body), body)).messages.find((m) => m.body === body) as ChatMessage;

    before(async function () {
        this.timeout(180_000);
        synapse = await startSynapse();
        const gated: typeof fetch = async (input, init) => {
            if (!String(input instanceof Request ? input.url : input).includes('/sync')) return fetch(input, init);
            await network;
            const response = await fetch(input, init);
            return forging === undefined ? response : Response.json(forge(await response.json(), roomId, forging));
        };
        [alice, bob] = await Promise.all([newPerson(synapse, 'Alice'), newPerson(synapse, 'Bob', { fetch: gated })]);
        roomId = await pair(alice, bob);
    });
    after(async () => {
        await Promise.all([alice, bob, ...others].map((p) => p?.account.stop().catch(() => undefined)));
        await synapse?.stop();
    });

    it('carries text, a reply, an edit, reactions and a deletion to both ends', async () => {
        await alice.account.chat.send(roomId, txn(), text('Look at `src/main.ts:12`, **please**'));
        const first = await said(bob, 'Look at `src/main.ts:12`, **please**');
        assert.equal(first.name, 'Alice');
        assert.equal(first.kind, 'text');
        assert.match(first.html ?? '', /<code>src\/main\.ts:12<\/code>.*<strong>please<\/strong>/u);

        await bob.account.chat.send(roomId, txn(), text('on it', first.key));
        const reply = await said(alice, 'on it');
        assert.deepEqual(reply.reply, { key: first.key, name: 'Alice', excerpt: 'Look at src/main.ts:12, please' });
        assert.equal(reply.html, null);

        await bob.account.chat.send(roomId, txn(), { kind: 'edit', markdown: 'done', target: reply.key });
        const edited = await said(alice, 'done');
        assert.deepEqual([edited.key, edited.edited, edited.txnId], [reply.key, true, null]);

        await alice.account.chat.send(roomId, txn(), { kind: 'reaction', target: reply.key, key: '👍' });
        const seen = await untilChat(bob, (all) => all.some((m) => m.reactions.length > 0), 'the reaction');
        assert.deepEqual(seen.messages.at(-1)?.reactions, [{ key: '👍', names: ['Alice'], own: null }]);
        const mine = await untilChat(alice, (all) => all.some((m) => m.reactions.length > 0), 'her own reaction');
        const { own } = mine.messages.at(-1)?.reactions[0] ?? {};
        assert.ok(own);
        await alice.account.chat.send(roomId, txn(), { kind: 'delete', target: own });
        await untilChat(bob, (all) => all.every((m) => m.reactions.length === 0), 'no reaction');

        assert.deepEqual([edited.mayDelete, (await said(bob, 'done')).mayDelete], [true, true], 'Alice made the room');
        await bob.account.chat.send(roomId, txn(), { kind: 'delete', target: reply.key });
        const gone = await untilChat(alice, (all) => all.some((m) => m.kind === 'deleted'), 'the deletion');
        assert.ok(!JSON.stringify(gone).includes('done'));
        // What the server still has of the reply and of its edit.
        const left = await lastClientOf(alice.userId).createMessagesRequest(roomId, null, 50, 'b' as never);
        const ids = left.chunk.filter((e) => e.sender === bob.userId && e.type === 'm.room.encrypted');
        assert.ok(
            ids.every((e) => !('ciphertext' in e.content)),
            JSON.stringify(ids),
        );
    });

    it('a resend with the same transaction ID makes no second message', async () => {
        const id = txn();
        await alice.account.chat.send(roomId, id, text('once'));
        await alice.account.chat.send(roomId, id, text('once'));
        await alice.account.chat.send(roomId, txn(), text('after'));
        const { messages } = await untilChat(bob, find('after'), 'the message after');
        assert.equal(messages.filter((m) => m.body === 'once').length, 1);
        assert.equal((await said(alice, 'once')).txnId, id);
    });

    it('what a person missed is paged in without a hole and without anything twice', async () => {
        const { promise, resolve } = Promise.withResolvers<void>();
        network = promise;
        // The request that is under way still answers.
        await alice.account.chat.send(roomId, txn(), text('before the gap'));
        const bodies = Array.from({ length: 130 }, (_, i) => `missed ${i}`);
        for (const body of bodies) await alice.account.chat.send(roomId, txn(), text(body));
        resolve();
        const last = bodies.at(-1) ?? '';
        let timeline = await untilChat(bob, find(last), last);
        assert.ok(!find('missed 0')(timeline.messages), 'the sync was not limited: this tests nothing');
        for (let pages = 0; !timeline.atStart; pages++) {
            assert.ok(pages < 30);
            await bob.account.chat.earlier(roomId);
            timeline = await bob.account.chat.timeline(roomId);
            const shown = timeline.messages.map((m) => m.body).filter((body) => bodies.includes(body));
            assert.deepEqual(shown, bodies.slice(-shown.length));
        }
        const all = timeline.messages.map((m) => m.body);
        assert.deepEqual(all.slice(-131), ['before the gap', ...bodies]);
        assert.equal(new Set(timeline.messages.map((m) => m.key)).size, all.length);
        assert.equal(all.filter((body) => body === 'once').length, 1);
        // Alice, whose sync missed nothing, has the same conversation.
        while (!(await alice.account.chat.timeline(roomId)).atStart) await alice.account.chat.earlier(roomId);
        assert.deepEqual(
            (await alice.account.chat.timeline(roomId)).messages.map((m) => m.key),
            timeline.messages.map((m) => m.key),
        );
    });

    it('a message far up is looked up with what lies around it, and paged on from to the newest', async () => {
        const { messages } = await alice.account.chat.timeline(roomId);
        const target = messages.find((m) => m.body === 'missed 5');
        assert.ok(target);
        const { chat } = await bob.reopen();
        await chat.find(roomId, target.key);
        let around = await chat.timeline(roomId, target.key);
        const bodies = (): string[] => around.messages.map((m) => m.body);
        assert.ok(bodies().includes('missed 5') && !around.atEnd && !around.atStart, bodies().join());
        assert.ok(!(await chat.timeline(roomId)).messages.some((m) => m.key === target.key), 'it was not there');
        for (let pages = 0; !around.atEnd; pages++) {
            assert.ok(pages < 30);
            await chat.later(roomId, target.key);
            around = await chat.timeline(roomId, target.key);
        }
        const keys = messages.map((m) => m.key);
        const first = keys.indexOf(around.messages[0]?.key ?? '');
        assert.deepEqual(
            around.messages.map((m) => m.key),
            keys.slice(first),
        );
        assert.deepEqual((await chat.timeline(roomId)).messages, around.messages, 'it is one with the newest');
        await assert.rejects(chat.find(roomId, '$nothing'), { code: 'chat.notThere' });
    });

    it('an edit further down than what is loaded is shown, and is deleted with its message', async () => {
        const { messages } = await alice.account.chat.timeline(roomId);
        const target = messages.find((m) => m.body === 'missed 9')?.key ?? '';
        for (const markdown of ['once more', 'and again'])
            await alice.account.chat.send(roomId, txn(), { kind: 'edit', markdown, target });
        // So many that they are not in what a new start of Bob's has.
        for (let i = 0; i < 60; i++) await alice.account.chat.send(roomId, txn(), text(`below ${i}`));
        await untilChat(bob, find('below 59'), 'the last');
        const account = await bob.reopen();
        const newest = await account.chat.timeline(roomId);
        assert.ok(!find('below 0')(newest.messages), 'the edits are loaded: this tests nothing');
        await account.chat.find(roomId, target);
        const around = async (): Promise<ChatMessage | undefined> =>
            (await account.chat.timeline(roomId, target)).messages.find((m) => m.key === target);
        const old = await around();
        assert.deepEqual([old?.body, old?.edited], ['and again', true]);

        const again = await alice.reopen();
        await again.chat.find(roomId, target);
        assert.ok(!find('below 0')((await again.chat.timeline(roomId)).messages), 'the edits are loaded');
        await again.chat.send(roomId, txn(), { kind: 'delete', target });
        const path = `/rooms/${encodeURIComponent(roomId)}/relations/${encodeURIComponent(target)}/m.replace`;
        const left = await lastClientOf(alice.userId).http.authedRequest<{ chunk: unknown[] }>(
            Method.Get,
            path,
            {},
            undefined,
            { prefix: ClientPrefix.V1 },
        );
        assert.deepEqual(left.chunk, [], 'what an edit said can still be read');
        let now = await around();
        await until(
            () => now?.kind === 'deleted',
            (check) => account.chat.onChange(() => void around().then((next) => ((now = next), check()))),
            'the deletion',
        );
    });

    it('two who ask for the same page at once get it once', async () => {
        const account = await bob.reopen();
        await Promise.all([1, 2, 3].map(() => account.chat.earlier(roomId)));
        const { messages } = await account.chat.timeline(roomId);
        assert.equal(new Set(messages.map((m) => m.key)).size, messages.length);
    });

    it('a message of any shape is shown as something, and none is lost', async () => {
        const hostile: object[] = [
            {},
            { msgtype: 'm.text', body: 7 },
            { msgtype: ['m.text'], body: { a: 1 } },
            { msgtype: 'm.text', body: 'x', format: 'org.matrix.custom.html', formatted_body: '<b>'.repeat(5_000) },
            { msgtype: 'm.text', body: 'l'.repeat(30_000) },
            { msgtype: 'm.text', body: 'evil\u202Etxt.exe', 'm.relates_to': 'nonsense' },
            { msgtype: 'm.file', body: 'plan.pdf', url: 'mxc://x/y' },
            { msgtype: 'm.notice', body: 'build green' },
        ];
        const before = (await bob.account.chat.timeline(roomId)).messages.length;
        const sdk = lastClientOf(alice.userId);
        for (const content of hostile) await sdk.sendEvent(roomId, 'm.room.message' as never, content as never);
        await alice.account.chat.send(roomId, txn(), text('still here'));
        const { messages } = await untilChat(bob, find('still here'), 'the last one');
        assert.equal(messages.length, before + hostile.length + 1);
        assert.deepEqual(
            messages.slice(-4).map((m) => m.kind),
            ['text', 'file', 'notice', 'text'],
        );
    });

    it('a message that somebody else encrypted is not shown as the sender’s', async () => {
        forging = `@mallory:${synapse.serverName}`;
        await alice.account.chat.send(roomId, txn(), text('I am Mallory'));
        const { messages } = await untilChat(bob, (all) => all.at(-1)?.sender === forging, 'the forged message');
        forging = undefined;
        assert.equal(messages.at(-1)?.kind, 'unreadable');
        assert.match(messages.at(-1)?.body ?? '', /not encrypted by the person it claims to come from/u);
    });

    it('an edit that came in clear changes nothing, of a text or of a file', async () => {
        const sdk = lastClientOf(alice.userId);
        const body = (event: object): object => ({ msgtype: 'm.text', ...event });
        const file = { msgtype: 'm.file', body: 'real.pdf', file: FILE, info: { size: 7 } };
        const kinds: [object, object][] = [
            [body({ body: 'what Alice said' }), body({ body: 'what the server says' })],
            [file, { ...file, body: 'evil.pdf', file: { ...FILE, url: 'mxc://evil.example/x' }, info: { size: 9 } }],
        ];
        for (const [original, forged] of kinds) {
            const { event_id: target } = await sdk.sendEvent(roomId, 'm.room.message' as never, original as never);
            await untilChat(bob, (all) => all.some((m) => m.key === target), 'the original');
            const edit = {
                ...forged,
                'm.new_content': forged,
                'm.relates_to': { rel_type: 'm.replace', event_id: target },
            };
            const path = `/rooms/${encodeURIComponent(roomId)}/send/m.room.message/${txn()}`;
            await sdk.http.authedRequest(Method.Put, path, undefined, edit);
            await alice.account.chat.send(roomId, txn(), text(`after ${target}`));
            const live = await untilChat(bob, find(`after ${target}`), 'what came after');
            const replaced = lastClientOf(bob.userId).getRoom(roomId)?.findEventById(target)?.getContent()['body'];
            assert.equal(replaced, (forged as { body: string }).body, 'the SDK was not fooled: this tests nothing');
            const { chat } = await bob.reopen();
            await chat.find(roomId, target);
            for (const timeline of [live, await chat.timeline(roomId, target)]) {
                const shown = timeline.messages.find((m) => m.key === target);
                assert.equal(shown?.edited, false);
                assert.equal(shown.body, (original as { body: string }).body);
                assert.equal(shown.file?.size, original === file ? 7 : undefined);
            }
        }
    });

    it('a deletion shows at once also where the person looks at an old part', async () => {
        while (!find('missed 7')((await alice.account.chat.timeline(roomId)).messages))
            await alice.account.chat.earlier(roomId);
        const target = (await alice.account.chat.timeline(roomId)).messages.find((m) => m.body === 'missed 7');
        assert.ok(target);
        const { chat } = await bob.reopen();
        await chat.find(roomId, target.key);
        const isDeleted = async (): Promise<boolean> =>
            (await chat.timeline(roomId, target.key)).messages.find((m) => m.key === target.key)?.kind === 'deleted';
        assert.equal(await isDeleted(), false);
        let gone = false;
        await alice.account.chat.send(roomId, txn(), { kind: 'delete', target: target.key });
        await until(
            () => gone,
            (check) => {
                const look = (): void => void isDeleted().then((now) => ((gone = now), check()));
                look();
                return chat.onChange(look);
            },
            'the deletion',
        );
    });

    it('what is too long is refused before it goes out, with the reason', async () => {
        await assert.rejects(alice.account.chat.send(roomId, txn(), text('ä'.repeat(30_000))), {
            code: 'event.tooLarge',
        });
        await assert.rejects(alice.account.chat.send('!nowhere:example.org', txn(), text('hello')), {
            code: 'room.notFound',
        });
    });

    it('a device that has no key for a message says why, and reads what comes after', async () => {
        const second = await signedIn(synapse, bob.userId, bob.password);
        others.push(second);
        await untilRoom(second.account, roomId, (room) => room.encrypted, 'the room');
        const { messages } = await untilChat(second, (all) => all.length > 0, 'messages');
        const unreadable = messages.filter((m) => m.kind === 'unreadable');
        assert.ok(unreadable.length > 0);
        assert.ok(
            unreadable.every((m) => m.body.startsWith('This message')),
            unreadable[0]?.body,
        );
        const crypto = lastClientOf(alice.userId).getCrypto();
        let devices = 0;
        await until(
            () => devices === 2,
            (check) => {
                const look = (): void =>
                    void crypto?.getUserDeviceInfo([bob.userId]).then((all) => {
                        devices = all.get(bob.userId)?.size ?? 0;
                        check();
                    });
                lastClientOf(alice.userId).on(CryptoEvent.DevicesUpdated, look);
                look();
                return { dispose: () => lastClientOf(alice.userId).off(CryptoEvent.DevicesUpdated, look) };
            },
            'the new device at Alice',
        );
        await alice.account.chat.send(roomId, txn(), text('welcome, new device'));
        assert.equal((await said(second, 'welcome, new device')).kind, 'text');
    });
});

interface Synced {
    rooms?: { join?: Record<string, { timeline?: { events: { type: string; sender: string }[] } }> };
}

function forge(answer: unknown, roomId: string, sender: string): unknown {
    const events = (answer as Synced).rooms?.join?.[roomId]?.timeline?.events ?? [];
    for (const event of events) if (event.type === 'm.room.encrypted') event.sender = sender;
    return answer;
}
