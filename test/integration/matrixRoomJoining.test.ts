/** Ways into a room, on a real homeserver: created with each option, by link, by knocking, through another room. */
import assert from 'node:assert/strict';
import { parseJoinLink, type JoinTarget } from '../../src/core/rooms/joinLink.ts';
import type { RoomNotice } from '../../src/core/rooms/roomsPort.ts';
import type { CreateSession } from '../../src/core/account/account.ts';
import { levelOf } from '../../src/core/rooms/powerLevels.ts';
import { startSynapse, type Synapse } from '../stack/synapse.ts';
import { newPerson, until, untilRoom, type Person } from './support/matrixAccounts.ts';
import { lastClientOf } from './support/matrixClients.ts';

const target = (link: string): JoinTarget => {
    const parsed = parseJoinLink(link);
    assert.equal(parsed.kind, 'room');
    return parsed.target;
};

describe('the ways into a room on a real homeserver', function () {
    this.timeout(60_000);
    let synapse: Synapse;
    let alice: Person;
    let bob: Person;
    const news = new Map<string, RoomNotice[]>();
    const untilNews = async (
        person: Person,
        holds: (item: RoomNotice) => boolean,
        what: string,
    ): Promise<RoomNotice> => {
        const find = (): RoomNotice | undefined => news.get(person.userId)?.find(holds);
        await until(
            () => find() !== undefined,
            (check) => person.account.roomAdmin.onNews(check),
            what,
        );
        return find() as RoomNotice;
    };
    const create = (session: Partial<CreateSession>): Promise<string> =>
        alice.account.createSessionRoom({ name: 'room', invite: [], workspaceLink: undefined, ...session });
    const state = (roomId: string, type: string): Promise<Record<string, unknown>> =>
        lastClientOf(alice.userId).getStateEvent(roomId, type, '');

    before(async function () {
        this.timeout(180_000);
        synapse = await startSynapse();
        [alice, bob] = await Promise.all([newPerson(synapse, 'Alice'), newPerson(synapse, 'Bob')]);
        for (const { userId, account } of [alice, bob]) {
            const told: RoomNotice[] = [];
            news.set(userId, told);
            account.roomAdmin.onNews((item) => told.push(item));
        }
    });
    after(async () => {
        await Promise.all([alice, bob].map((p) => p?.account.stop().catch(() => undefined)));
        await synapse?.stop();
    });

    it('a new room is encrypted from its first event, private, and as open to other homeservers as was said', async () => {
        const [open, closed] = [await create({}), await create({ federate: false })];
        assert.equal((await state(open, 'm.room.create'))['m.federate'] ?? true, true);
        assert.equal((await state(closed, 'm.room.create'))['m.federate'], false);
        for (const roomId of [open, closed]) {
            assert.equal((await state(roomId, 'm.room.encryption'))['algorithm'], 'm.megolm.v1.aes-sha2');
            assert.equal((await state(roomId, 'm.room.join_rules'))['join_rule'], 'invite');
            // Nothing can have been said before it: the server made it with the room.
            const { chunk } = await lastClientOf(alice.userId).createMessagesRequest(roomId, null, 50, 'f' as never);
            const types = chunk.map((event) => event.type);
            assert.ok(types.indexOf('m.room.encryption') > 0 && !types.includes('m.room.message'));
        }
    });

    it('a room that was left and forgotten is there again when it is joined again at once', async () => {
        const roomId = await create({});
        await alice.account.roomAdmin.change(roomId, { kind: 'joinRule', rule: 'public', allow: [] });
        const leave = async (): Promise<void> => {
            await bob.account.leaveRoom(roomId);
            await until(
                () => !bob.account.rooms().some((room) => room.roomId === roomId),
                (check) => bob.account.onRooms(check),
                'that it is gone',
            );
        };
        for (const time of ['first', 'second', 'third']) {
            await bob.account.roomAdmin.joinTarget({ room: roomId, via: [] });
            await untilRoom(bob.account, roomId, (room) => room.membership === 'join', `the room, the ${time} time`);
            await leave();
        }
        for (const answer of [leave, () => bob.account.join(roomId)]) {
            await alice.account.invite(roomId, bob.userId);
            await untilRoom(bob.account, roomId, (room) => room.membership === 'invite', 'the invitation');
            await answer();
        }
        await untilRoom(bob.account, roomId, (room) => room.membership === 'join', 'the room after an invitation');
    });

    it('in a trusted private room the invited may do what the creator may', async () => {
        const roomId = await create({ access: 'trusted', invite: [bob.userId] });
        await untilRoom(bob.account, roomId, (room) => room.membership === 'invite', 'the invitation');
        await bob.account.join(roomId);
        const { powers } = await untilRoom(bob.account, roomId, (room) => room.membership === 'join', 'the room');
        assert.ok(powers);
        assert.equal(levelOf(powers, bob.userId), levelOf(powers, alice.userId));
        await lastClientOf(bob.userId).sendStateEvent(
            roomId,
            'm.room.topic' as never,
            { topic: 'mine too' } as never,
            '',
        );
    });

    it('a link by address leads to the room, and a private room tells a stranger nothing but how to get in', async () => {
        const roomId = await create({ name: 'addressed' });
        const alias = `#addressed${process.pid}:${synapse.serverName}`;
        await lastClientOf(alice.userId).createAlias(alias, roomId);
        const seen = await bob.account.roomAdmin.preview(target(alias));
        assert.deepEqual([seen.target.room, seen.name, seen.membership], [roomId, undefined, undefined]);
        await assert.rejects(bob.account.roomAdmin.joinTarget(target(alias)), { code: 'room.notInvited' });
        await assert.rejects(bob.account.roomAdmin.knock(target(alias), 'please'), { code: 'room.notInvited' });
        await assert.rejects(bob.account.roomAdmin.preview(target(`#nowhere:${synapse.serverName}`)), {
            code: 'room.notFound',
        });
        await assert.rejects(bob.account.roomAdmin.joinTarget(target(`!nowhere:${synapse.serverName}`)));
        await alice.account.invite(roomId, bob.userId);
        await untilRoom(bob.account, roomId, (room) => room.membership === 'invite', 'the invitation');
        const link = `https://matrix.to/#/${encodeURIComponent(alias)}?via=${synapse.serverName}`;
        assert.equal((await bob.account.roomAdmin.preview(target(link))).membership, 'invite');
        assert.equal(await bob.account.roomAdmin.joinTarget(target(link)), roomId);
        assert.equal((await bob.account.roomAdmin.preview(target(roomId))).membership, 'join');
    });

    it('who knocks is seen with the reason, let in, and gets in', async () => {
        const roomId = await create({ name: 'knocked', access: 'knock' });
        const link = target(`matrix:roomid/${roomId.slice(1)}?via=${synapse.serverName}`);
        const seen = await bob.account.roomAdmin.preview(link);
        assert.deepEqual([seen.name, seen.joinRule, seen.people, seen.encrypted], ['knocked', 'knock', 1, true]);
        assert.equal(await bob.account.roomAdmin.knock(link, 'I am Bob of the other team'), roomId);
        await untilRoom(bob.account, roomId, (room) => room.membership === 'knock', 'his own request');
        const { knocks } = await untilRoom(alice.account, roomId, (room) => room.knocks?.length === 1, 'the request');
        assert.deepEqual(knocks, [{ userId: bob.userId, name: 'Bob', reason: 'I am Bob of the other team' }]);
        const told = await untilNews(alice, (n) => n.kind === 'knock' && n.roomId === roomId, 'the news');
        assert.ok(told.kind === 'knock');
        assert.deepEqual([told.roomName, told.name, told.reason], ['knocked', 'Bob', 'I am Bob of the other team']);
        await alice.account.invite(roomId, bob.userId);
        await untilRoom(bob.account, roomId, (room) => room.membership === 'invite', 'the answer');
        await bob.account.join(roomId);
        const inside = await untilRoom(alice.account, roomId, (room) => room.members.length === 2, 'Bob');
        assert.equal(inside.knocks, undefined);
    });

    it('a request that is denied ends with the reason, and one that is withdrawn without a trace', async () => {
        const roomId = await create({ name: 'denied', access: 'knock' });
        await bob.account.roomAdmin.knock(target(roomId), undefined);
        await untilRoom(bob.account, roomId, (room) => room.membership === 'knock', 'his own request');
        await untilRoom(alice.account, roomId, (room) => room.knocks?.length === 1, 'the request');
        await alice.account.roomAdmin.kick(roomId, bob.userId, 'not this time');
        const told = await untilNews(bob, (n) => n.kind === 'removed' && n.how === 'denied', 'the denial');
        // Who knocks knows nobody in the room by name, unless the server says it.
        assert.ok(told.kind === 'removed' && ['Alice', alice.userId].includes(told.by));
        assert.deepEqual([told.roomName, told.reason], ['denied', 'not this time']);
        assert.ok(!bob.account.rooms().some((room) => room.roomId === roomId));

        await bob.account.roomAdmin.knock(target(roomId), 'again');
        await untilRoom(alice.account, roomId, (room) => room.knocks?.length === 1, 'the second request');
        await untilRoom(bob.account, roomId, (room) => room.membership === 'knock', 'his own second request');
        await bob.account.leaveRoom(roomId);
        await untilRoom(alice.account, roomId, (room) => room.knocks === undefined, 'no request');
        assert.ok(!bob.account.rooms().some((room) => room.roomId === roomId));
    });

    it('a ban that was lifted stands in nobody’s way before the sync has told of it', async () => {
        let held: PromiseWithResolvers<void> | undefined;
        const carol = await newPerson(synapse, 'Carol', {
            fetch: async (input, init) => {
                const answer = await fetch(input, init);
                if (String(input instanceof Request ? input.url : input).includes('/sync')) await held?.promise;
                return answer;
            },
        });
        const roomId = await create({ name: 'forgiving', access: 'knock', invite: [carol.userId] });
        await untilRoom(carol.account, roomId, (room) => room.membership === 'invite', 'the invitation');
        await carol.account.join(roomId);
        await alice.account.roomAdmin.ban(roomId, carol.userId, 'enough');
        await until(
            () => !carol.account.rooms().some((room) => room.roomId === roomId),
            (check) => carol.account.onRooms(check),
            'the ban',
        );
        assert.equal((await carol.account.roomAdmin.preview(target(roomId))).membership, 'ban');
        held = Promise.withResolvers();
        await alice.account.roomAdmin.unban(roomId, carol.userId, undefined);
        assert.equal((await carol.account.roomAdmin.preview(target(roomId))).membership, undefined);
        held.resolve();
        await carol.account.stop();
    });

    it('a restricted room lets in the members of the room that it names, and explains itself to others', async () => {
        const [team, inner] = [await create({ name: 'team' }), await create({ name: 'inner' })];
        const rules = { join_rule: 'restricted', allow: [{ type: 'm.room_membership', room_id: team }] };
        await lastClientOf(alice.userId).sendStateEvent(inner, 'm.room.join_rules' as never, rules as never, '');
        await untilRoom(alice.account, inner, (room) => room.joinRule === 'restricted', 'the rule');
        await assert.rejects(bob.account.roomAdmin.joinTarget(target(inner)), {
            code: 'room.notInvited',
            message: /belongs to another room that it names/u,
        });
        await alice.account.invite(team, bob.userId);
        await untilRoom(bob.account, team, (room) => room.membership === 'invite', 'the invitation');
        await bob.account.join(team);
        const seen = await bob.account.roomAdmin.preview(target(inner));
        assert.deepEqual([seen.name, seen.joinRule], ['inner', 'restricted']);
        assert.equal(await bob.account.roomAdmin.joinTarget(target(inner)), inner);
    });

    it('who is removed or banned is told by whom, and why', async () => {
        const roomId = await create({ name: 'over', invite: [bob.userId] });
        await untilRoom(bob.account, roomId, (room) => room.membership === 'invite', 'the invitation');
        await bob.account.join(roomId);
        await untilRoom(bob.account, roomId, (room) => room.members.length === 2, 'the members');
        await alice.account.roomAdmin.ban(roomId, bob.userId, 'enough');
        const told = await untilNews(bob, (n) => n.kind === 'removed' && n.how === 'banned', 'the ban');
        assert.deepEqual(told, { kind: 'removed', roomName: 'over', by: 'Alice', how: 'banned', reason: 'enough' });
        await assert.rejects(bob.account.roomAdmin.joinTarget(target(roomId)));
    });
});
