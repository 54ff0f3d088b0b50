/** Two people whose homeservers are not the same: rooms, invitations, the chat, keys and the announcement of a share. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { whoIsInside } from '../../src/extension/rooms/inside.ts';
import { buildJoinLink, parseJoinLink, viaServers, type JoinTarget } from '../../src/core/rooms/joinLink.ts';
import type { JoinRule } from '../../src/core/rooms/roomWords.ts';
import { startFederation, type Federation } from '../stack/federation.ts';
import { isMediaKey } from './support/keyKinds.ts';
import { newPerson, pair, until, untilRoom, type Person } from './support/matrixAccounts.ts';

describe('two homeservers that federate', function () {
    this.timeout(120_000);
    let federation: Federation;
    let alice: Person;
    let bob: Person;
    let roomId: string;

    before(async function () {
        this.timeout(180_000);
        federation = await startFederation();
        const [here, there] = federation.servers;
        [alice, bob] = await Promise.all([newPerson(here, 'Alice'), newPerson(there, 'Bob')]);
    });
    after(async () => {
        await Promise.all([alice, bob].map((p) => p?.account.stop().catch(() => undefined)));
        await federation?.stop();
    });

    const serverOf = (userId: string): string => userId.slice(userId.indexOf(':') + 1);
    const untilSaid = async (person: Person, body: string): Promise<void> => {
        const { chat } = person.account;
        let said = (await chat.timeline(roomId)).messages;
        await until(
            () => said.some((m) => m.body === body),
            (check) =>
                chat.onChange(() => void chat.timeline(roomId).then(({ messages }) => ((said = messages), check()))),
            body,
        );
    };

    it('a person of the other server is invited, comes in, and each sees the other by name', async () => {
        assert.notEqual(serverOf(alice.userId), serverOf(bob.userId));
        roomId = await pair(alice, bob);
        const { members } = await untilRoom(
            bob.account,
            roomId,
            (room) => room.members.every(({ name }) => !name.startsWith('@')),
            'names',
        );
        assert.deepEqual(members.map(({ name }) => name).toSorted(), ['Alice', 'Bob']);
    });

    it('who does not exist over there is told apart from a server that does not answer', async () => {
        await assert.rejects(alice.account.invite(roomId, `@nobody:${serverOf(bob.userId)}`), {
            code: 'room.unknownUser',
        });
    });

    it('what is written is read on both sides, encrypted on the way', async () => {
        for (const [from, to, markdown] of [
            [alice, bob, 'from here'],
            [bob, alice, 'from there'],
        ] as const) {
            const read = untilSaid(to, markdown);
            await from.account.chat.send(roomId, `f.${markdown.length}`, { kind: 'text', markdown, replyTo: null });
            await read;
        }
    });

    it('a file goes across: uploaded on one server, had from the other', async () => {
        const folder = await mkdtemp(join(tmpdir(), 'hush-federation-'));
        const [path, to] = [join(folder, 'in'), join(folder, 'out')];
        const bytes = randomBytes(200_000);
        await writeFile(path, bytes);
        const read = untilSaid(bob, 'across.bin');
        await alice.account.files.send(roomId, 'f.file', {
            path,
            name: 'across.bin',
            mimeType: 'application/octet-stream',
            picture: null,
            thumbnail: null,
            caption: '',
            replyTo: null,
        });
        await read;
        const { messages } = await bob.account.chat.timeline(roomId);
        const { key } = messages.find((m) => m.body === 'across.bin') ?? { key: '' };
        await bob.account.files.save(roomId, key, to, 'f.save');
        assert.deepEqual(await readFile(to), bytes);
        await rm(folder, { recursive: true });
    });

    it('a share is announced across, its key goes from device to device, and it ends for both', async () => {
        const keys: string[] = [];
        bob.account.rtc.onKey((event) => {
            if (event.kind === 'key' && isMediaKey(event.key)) keys.push(event.key.identity);
        });
        await bob.account.rtc.join(roomId, []);
        await alice.account.rtc.join(roomId, [{ id: '01SHARE', startedTs: 1, transport: 'mesh' }]);
        await untilRoom(bob.account, roomId, ({ rtc }) => rtc.some((m) => m.shares.length > 0), 'the share');
        await untilRoom(alice.account, roomId, ({ rtc }) => rtc.length === 2, 'both in the session');
        await alice.account.rtc.startKeys(roomId);
        await until(
            () => keys.length > 0,
            (check) => bob.account.rtc.onKey(check),
            'the key',
        );
        await alice.account.rtc.leave(roomId);
        await untilRoom(bob.account, roomId, ({ rtc }) => rtc.every((m) => m.shares.length === 0), 'no share');
    });

    it('who types and who is there is seen across', async () => {
        bob.account.presence.look(roomId);
        await alice.account.presence.activity(roomId);
        bob.account.presence.type(roomId, true);
        let typing: readonly string[] = [];
        await until(
            () => typing.includes('Bob'),
            (check) =>
                alice.account.presence.onActivity(
                    () => void alice.account.presence.activity(roomId).then((now) => ((typing = now.typing), check())),
                ),
            'Bob typing',
        );
    });

    /** What a link of Alice’s says, read again by Bob. */
    const linkTo = async (room: string): Promise<JoinTarget> => {
        const inside = await whoIsInside(
            { members: [] },
            alice.account.roomAdmin.people(room),
            new Promise(() => undefined),
        );
        const link = buildJoinLink('vscode', { target: { room, via: viaServers(inside.userIds, () => 0) } }, 'vscode');
        const parsed = parseJoinLink(link);
        assert.ok(parsed.kind === 'room' && parsed.target.via.length > 0);
        return parsed.target;
    };
    const roomOfAlice = async (name: string, rule: JoinRule, allow: readonly string[] = []): Promise<string> => {
        const room = await alice.account.createSessionRoom({ name, invite: [], workspaceLink: undefined });
        await alice.account.roomAdmin.change(room, { kind: 'joinRule', rule, allow });
        return room;
    };

    it('a link leads into a room of the other server, through the servers that it names and no others', async () => {
        const target = await linkTo(await roomOfAlice('Far away', 'public'));
        const { roomAdmin } = bob.account;
        const nowhere = { room: target.room, via: [] };
        assert.equal((await roomAdmin.preview(nowhere)).name, undefined);
        await assert.rejects(roomAdmin.joinTarget(nowhere), { code: 'room.notFound' });
        const seen = await roomAdmin.preview(target);
        assert.deepEqual([seen.name, seen.joinRule, seen.encrypted, seen.people], ['Far away', 'public', true, 1]);
        assert.equal(await roomAdmin.joinTarget(target), target.room);
        await untilRoom(alice.account, target.room, ({ members }) => members.length === 2, 'Bob');
    });

    it('a request to join goes through the servers that the link names', async () => {
        const target = await linkTo(await roomOfAlice('Ask first', 'knock'));
        const { roomAdmin } = bob.account;
        await assert.rejects(roomAdmin.knock({ room: target.room, via: [] }, 'hello'), { code: 'room.notFound' });
        await roomAdmin.knock(target, 'hello from afar');
        const asked = await untilRoom(alice.account, target.room, ({ knocks }) => knocks?.length === 1, 'the request');
        assert.deepEqual([asked.knocks?.[0]?.userId, asked.knocks?.[0]?.reason], [bob.userId, 'hello from afar']);
        await alice.account.invite(target.room, bob.userId);
        await untilRoom(bob.account, target.room, ({ membership }) => membership === 'invite', 'the answer');
        await bob.account.join(target.room);
    });

    it('a restricted room of the other server lets in through it who is in the room that it names', async () => {
        const [, there] = federation.servers;
        const target = await linkTo(await roomOfAlice('Inner', 'restricted', [roomId]));
        const carol = await newPerson(there, 'Carol');
        try {
            await assert.rejects(carol.account.roomAdmin.joinTarget(target), { code: 'room.notInvited' });
            const nowhere = { room: target.room, via: [] };
            await assert.rejects(bob.account.roomAdmin.joinTarget(nowhere), { code: 'room.notFound' });
            assert.equal(await bob.account.roomAdmin.joinTarget(target), target.room);
            await untilRoom(alice.account, target.room, ({ members }) => members.length === 2, 'Bob');
        } finally {
            await carol.account.stop();
        }
    });

    it('nobody of another server is invited to a room that is closed to them, and why is said', async () => {
        const closed = await alice.account.createSessionRoom({
            name: 'At home',
            invite: [],
            workspaceLink: undefined,
            federate: false,
        });
        await assert.rejects(alice.account.invite(closed, bob.userId), {
            code: 'room.forbidden',
            message: new RegExp(`for people of ${serverOf(alice.userId)} only`, 'u'),
        });
    });
});
