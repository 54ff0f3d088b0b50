/** A room's settings and its replacement by another version, on a real homeserver. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RoomNotice } from '../../src/core/rooms/roomsPort.ts';
import { followReplaced } from '../../src/core/workspace/workspaceRooms.ts';
import { levelOf, obstacle } from '../../src/core/rooms/powerLevels.ts';
import { fromSdk } from '../../src/matrix/requests/matrixHttp.ts';
import { MAX_CONTENT } from '../../src/matrix/requests/eventSize.ts';
import { linkForRemote } from '../../src/core/workspace/workspaceHash.ts';
import { startSynapse, type Synapse } from '../stack/synapse.ts';
import { startFaultProxy, type Passing } from './support/faultProxy.ts';
import { newPerson, pair, until, untilRoom, type Person } from './support/matrixAccounts.ts';
import { lastClientOf } from './support/matrixClients.ts';
import { roomOf, untilMembers } from './support/roomPeople.ts';

/** 1 × 1 px. */
const PNG = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
);

describe('a room is changed on a real homeserver', function () {
    this.timeout(60_000);
    let synapse: Synapse;
    let alice: Person;
    let bob: Person;
    before(async function () {
        this.timeout(180_000);
        synapse = await startSynapse();
        [alice, bob] = await Promise.all([newPerson(synapse, 'Alice'), newPerson(synapse, 'Bob')]);
    });
    after(async () => {
        await Promise.all([alice, bob].map((p) => p?.account.stop().catch(() => undefined)));
        await synapse?.stop();
    });

    it('name, topic, picture, address, who gets in and who reads the history', async () => {
        const roomId = await pair(alice, bob);
        const { roomAdmin } = alice.account;
        const team = await alice.account.createSessionRoom({ name: 'team', invite: [], workspaceLink: undefined });
        const before = await roomAdmin.settings(roomId);
        assert.deepEqual(
            [before.name, before.topic, before.avatar, before.alias, before.history, before.joinRule, before.allow],
            ['Pairing', undefined, undefined, undefined, 'invited', 'invite', []],
        );
        const folder = await mkdtemp(join(tmpdir(), 'hush-avatar-'));
        const file = join(folder, 'room.png');
        await writeFile(file, PNG);
        await writeFile(join(folder, 'room.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
        const alias = `#pairing${process.pid}:${synapse.serverName}`;
        await roomAdmin.change(roomId, { kind: 'name', name: 'Renamed' });
        await roomAdmin.change(roomId, { kind: 'topic', topic: 'about pairs' });
        await roomAdmin.change(roomId, { kind: 'avatar', path: file });
        await roomAdmin.change(roomId, { kind: 'alias', alias });
        await roomAdmin.change(roomId, { kind: 'history', history: 'joined' });
        await roomAdmin.change(roomId, { kind: 'joinRule', rule: 'knock_restricted', allow: [team, 'nonsense'] });
        const seen = await untilRoom(
            bob.account,
            roomId,
            (room) => room.name === 'Renamed' && room.alias === alias && room.joinRule === 'knock_restricted',
            'the changes',
        );
        assert.equal(seen.roomId, roomId);
        const after = await bob.account.roomAdmin.settings(roomId);
        assert.match(after.avatar ?? '', /^mxc:\/\//u);
        assert.deepEqual(
            [after.name, after.topic, after.alias, after.history, after.joinRule, after.allow],
            ['Renamed', 'about pairs', alias, 'joined', 'knock_restricted', [team]],
        );
        const other = `#other${process.pid}:${synapse.serverName}`;
        await roomAdmin.change(roomId, { kind: 'alias', alias: other });
        await assert.rejects(lastClientOf(bob.userId).getRoomIdForAlias(alias), /not found/iu);
        await roomAdmin.change(team, { kind: 'alias', alias });
        await assert.rejects(roomAdmin.change(roomId, { kind: 'alias', alias }), { code: 'room.forbidden' });
        await roomAdmin.change(roomId, { kind: 'alias', alias: undefined });
        await roomAdmin.change(roomId, { kind: 'avatar', path: undefined });
        const cleared = await roomAdmin.settings(roomId);
        assert.deepEqual([cleared.alias, cleared.avatar], [undefined, undefined]);

        await assert.rejects(roomAdmin.change(roomId, { kind: 'avatar', path: join(folder, 'room.svg') }), {
            code: 'file.notImage',
        });
        await assert.rejects(roomAdmin.change(roomId, { kind: 'avatar', path: join(folder, 'none.png') }), {
            code: 'file.unreadable',
        });
        await assert.rejects(roomAdmin.change(roomId, { kind: 'alias', alias: 'no address' }), {
            code: 'room.badLink',
        });
        for (const change of [
            { kind: 'name', name: 'Bob’s' },
            { kind: 'joinRule', rule: 'public', allow: [] },
        ] as const)
            await assert.rejects(bob.account.roomAdmin.change(roomId, change), { code: 'room.forbidden' });
        const room = bob.account.rooms().find((r) => r.roomId === roomId);
        assert.ok(room?.powers && obstacle(room.powers, bob.userId, { kind: 'state', type: 'm.room.name' }));
    });

    it('a picture is shown small, and one that the homeserver would not take is not sent', async () => {
        const proxy = await startFaultProxy(synapse.baseUrl);
        const carol = await newPerson(synapse, 'Carol', { fetch: proxy.fetch });
        try {
            const roomId = await carol.account.createSessionRoom({
                name: 'seen',
                invite: [],
                workspaceLink: undefined,
            });
            const { roomAdmin } = carol.account;
            assert.equal(await roomAdmin.picture(roomId), undefined);
            const folder = await mkdtemp(join(tmpdir(), 'hush-avatar-'));
            const file = join(folder, 'room.png');
            await writeFile(file, PNG);
            const limit =
                (bytes: number) =>
                ({ path }: Passing) =>
                    path.includes('/media/config')
                        ? ({ kind: 'refuse', status: 200, body: { 'm.upload.size': bytes } } as const)
                        : undefined;
            proxy.meddle(limit(PNG.length - 1));
            await assert.rejects(roomAdmin.change(roomId, { kind: 'avatar', path: file }), {
                code: 'file.tooLarge',
                message: /the homeserver takes .* at most/u,
            });
            assert.ok(!proxy.seen.some(({ path }) => path.startsWith('/_matrix/media/')), 'it was sent all the same');
            assert.equal((await roomAdmin.settings(roomId)).avatar, undefined);
            await carol.reopen(); // a limit counts for an hour
            proxy.meddle(undefined);
            await carol.account.roomAdmin.change(roomId, { kind: 'avatar', path: file });
            const shown = await carol.account.roomAdmin.picture(roomId);
            assert.match(shown ?? '', /^data:image\/(?:png|jpeg);base64,[\w+/]+=*$/u);
            const thumbnail = proxy.seen.find(({ path }) => path.startsWith('/_matrix/client/v1/media/thumbnail/'));
            assert.match(thumbnail?.path ?? '', /\?width=64&height=64&method=crop$/u);
            // What a server calls a picture is looked at before an editor draws it.
            for (const url of [
                'mxc://example.org/../x',
                'https://example.org/a.png',
                `mxc://${synapse.serverName}/none`,
            ]) {
                await lastClientOf(carol.userId).sendStateEvent(roomId, 'm.room.avatar' as never, { url } as never, '');
                assert.equal(await carol.account.roomAdmin.picture(roomId), undefined, url);
            }
        } finally {
            await carol.account.stop();
            await proxy.stop();
        }
    });

    it('what others set beside it stays: further addresses, and conditions that Hush does not know', async () => {
        const roomId = await pair(alice, bob);
        const sdk = lastClientOf(alice.userId);
        const { roomAdmin } = alice.account;
        const state = (type: string): Promise<Record<string, unknown>> => sdk.getStateEvent(roomId, type, '');
        const [first, second, third] = ['one', 'two', 'three'].map((n) => `#${n}${process.pid}:${synapse.serverName}`);
        assert.ok(first !== undefined && second !== undefined && third !== undefined);
        await sdk.createAlias(second, roomId);
        const addresses = { alt_aliases: [second], 'org.example.note': 'kept' };
        await sdk.sendStateEvent(roomId, 'm.room.canonical_alias' as never, addresses as never, '');
        await roomAdmin.change(roomId, { kind: 'alias', alias: first });
        assert.deepEqual(await state('m.room.canonical_alias'), { ...addresses, alias: first });
        await roomAdmin.change(roomId, { kind: 'alias', alias: undefined });
        assert.deepEqual(await state('m.room.canonical_alias'), addresses);

        const foreign = { type: 'org.example.badge', badge: 'gold' };
        const [team, other] = ['!team:hs', '!other:hs'];
        const named = { type: 'm.room_membership', room_id: team, via: ['hs'] };
        const allow = [named, foreign, { type: 'm.room_membership' }, 5, null];
        const rules = { join_rule: 'restricted', allow, 'org.example.note': 'kept' };
        await sdk.sendStateEvent(roomId, 'm.room.join_rules' as never, rules as never, '');
        assert.deepEqual((await roomAdmin.settings(roomId)).allow, [team]);
        await roomAdmin.change(roomId, { kind: 'joinRule', rule: 'knock_restricted', allow: [team, other] });
        const note = { 'org.example.note': 'kept' };
        assert.deepEqual(await state('m.room.join_rules'), {
            ...note,
            join_rule: 'knock_restricted',
            allow: [foreign, named, { type: 'm.room_membership', room_id: other }],
        });
        await roomAdmin.change(roomId, { kind: 'joinRule', rule: 'invite', allow: [] });
        assert.deepEqual(await state('m.room.join_rules'), { ...note, join_rule: 'invite', allow: [foreign] });
    });

    it('an address that the room may not have is not kept from others', async () => {
        const roomId = await pair(alice, bob);
        const alias = `#mine${process.pid}:${synapse.serverName}`;
        await assert.rejects(bob.account.roomAdmin.change(roomId, { kind: 'alias', alias }), {
            code: 'room.forbidden',
        });
        await assert.rejects(lastClientOf(bob.userId).getRoomIdForAlias(alias), /not found/iu);
        // One that led to the room before is somebody's, and stays.
        await lastClientOf(alice.userId).createAlias(alias, roomId);
        await assert.rejects(bob.account.roomAdmin.change(roomId, { kind: 'alias', alias }), {
            code: 'room.forbidden',
        });
        assert.equal((await lastClientOf(bob.userId).getRoomIdForAlias(alias)).room_id, roomId);
    });

    it('the largest event that goes out is taken by the server, and a larger one is not sent', async () => {
        const roomId = await pair(alice, bob);
        const sdk = lastClientOf(alice.userId);
        const send = (bytes: number): Promise<unknown> => {
            const empty = JSON.stringify({ text: '' }).length;
            const content = { text: 'x'.repeat(bytes - empty) };
            return sdk.sendStateEvent(roomId, 'org.example.large' as never, content as never, 'k'.repeat(255));
        };
        await send(MAX_CONTENT);
        await assert.rejects(send(MAX_CONTENT + 1), (error) => fromSdk(error, 'Sending').code === 'event.tooLarge');
        const topic = 'x'.repeat(MAX_CONTENT);
        await assert.rejects(alice.account.roomAdmin.change(roomId, { kind: 'topic', topic }), {
            code: 'event.tooLarge',
        });
    });

    it('a rule that the room’s version does not know is not set, and encryption is turned on for good', async () => {
        const { room_id: roomId } = await lastClientOf(alice.userId).createRoom({ room_version: '6' });
        await untilRoom(alice.account, roomId, (room) => !room.encrypted && room.powers !== undefined, 'the room');
        const { roomAdmin } = alice.account;
        await assert.rejects(roomAdmin.change(roomId, { kind: 'joinRule', rule: 'knock', allow: [] }), /Upgrade it/u);
        await roomAdmin.change(roomId, { kind: 'encryption' });
        await untilRoom(alice.account, roomId, (room) => room.encrypted, 'encryption');
    });

    for (const [from, to] of [
        ['10', '11'],
        ['11', '12'],
    ] as const) {
        it(`an upgrade from version ${from} to ${to} takes people and workspaces along, and is followed`, async () => {
            const link = linkForRemote('git@github.com:hush/hush.git', randomBytes);
            assert.ok(link);
            const old = await roomOf(alice, [bob], { version: from });
            await alice.account.linkWorkspace(old, link);
            await alice.account.roomAdmin.change(old, { kind: 'name', name: `from ${from}` });
            await untilRoom(
                bob.account,
                old,
                (room) => room.workspaces.length === 1 && room.name === `from ${from}`,
                'the link',
            );
            await assert.rejects(bob.account.roomAdmin.upgrade(old, to), { code: 'room.forbidden' });
            const { stable } = await alice.account.roomAdmin.versions();
            assert.ok(stable.includes(to));
            const told: RoomNotice[] = [];
            bob.account.roomAdmin.onNews((news) => told.push(news));

            const { roomId, notInvited } = await alice.account.roomAdmin.upgrade(old, to);
            assert.deepEqual(notInvited, []);
            const replaced = await untilRoom(
                bob.account,
                old,
                (room) => room.replacement !== undefined,
                'the tombstone',
            );
            assert.equal(replaced.replacement?.room, roomId);
            await until(
                () => told.length > 0,
                (check) => bob.account.roomAdmin.onNews(check),
                'the news',
            );
            assert.deepEqual(told, [{ kind: 'replaced', roomId: old, roomName: `from ${from}` }]);
            const invited = await untilRoom(
                bob.account,
                roomId,
                (room) => room.membership === 'invite',
                'the invitation',
            );
            assert.equal(invited.predecessor, old);
            const map = { 'file:///hush': old };
            assert.equal(followReplaced(map, bob.account.rooms()), map);
            await bob.account.roomAdmin.joinTarget(replaced.replacement ?? { room: '', via: [] });
            await untilMembers(bob, roomId, [alice, bob]);
            const next = await untilRoom(bob.account, roomId, (room) => room.workspaces.length === 1, 'the workspace');
            assert.deepEqual([next.version, next.encrypted, next.name], [to, true, `from ${from}`]);
            assert.deepEqual(followReplaced(map, bob.account.rooms()), { 'file:///hush': roomId });
            assert.equal(levelOf(next.powers!, alice.userId), to === '12' ? Infinity : 100);
        });
    }
});
