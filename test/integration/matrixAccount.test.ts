import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadAccount } from '../../src/core/account/storedAccounts.ts';
import { linkForRemote, matchesRemote } from '../../src/core/workspace/workspaceHash.ts';
import { eventually } from '../stack/eventually.ts';
import { startSynapse, type Synapse } from '../stack/synapse.ts';
import { newPerson, pair, until, untilRoom, untilState, type Person } from './support/matrixAccounts.ts';
import { openAccount } from './support/matrixEngine.ts';

describe('an account on a real homeserver', function () {
    this.timeout(60_000);
    let synapse: Synapse;
    const people: Person[] = [];
    const person = async (name: string): Promise<Person> => {
        const p = await newPerson(synapse, name);
        people.push(p);
        return p;
    };
    before(async function () {
        this.timeout(180_000);
        synapse = await startSynapse();
    });
    after(async () => {
        await Promise.all(people.map((p) => p.account.stop().catch(() => undefined)));
        await synapse?.stop();
    });

    it('creates an encrypted session room with a workspace link, invites, joins and declines', async () => {
        const [alice, bob] = await Promise.all([person('Alice'), person('Bob')]);
        const link = linkForRemote('git@github.com:hush/hush.git', randomBytes);
        assert.ok(link);
        const invitations: string[] = [];
        bob.account.onInvite((room) => invitations.push(`${room.inviter?.name}: ${room.name}`));
        const roomId = await alice.account.createSessionRoom({
            name: 'hush',
            invite: [bob.userId],
            workspaceLink: link,
        });
        const seen = await untilRoom(bob.account, roomId, (room) => room.membership === 'invite', 'the invitation');
        assert.equal(seen.inviter?.userId, alice.userId);
        await until(
            () => invitations.length > 0,
            (check) => bob.account.onRooms(check),
            'onInvite',
        );
        assert.deepEqual(invitations, ['Alice: hush']);
        await bob.account.join(roomId);
        const room = await untilRoom(
            bob.account,
            roomId,
            (r) => r.members.length === 2 && r.workspaces.length === 1,
            'the room',
        );
        assert.ok(
            room.encrypted &&
                room.mayJoinSession &&
                room.mayInvite &&
                room.mayLinkWorkspace &&
                room.mayWrite &&
                room.mayReact,
        );
        assert.ok(room.workspaces[0] && matchesRemote(room.workspaces[0], 'https://GitHub.com/hush/hush'));
        const other = linkForRemote('https://example.org/other.git', randomBytes);
        assert.ok(other);
        await bob.account.linkWorkspace(roomId, other);
        await untilRoom(alice.account, roomId, (r) => r.workspaces.length === 2, 'the second link');
        assert.deepEqual(
            (await bob.account.people()).map((p) => p.name),
            ['Alice'],
        );

        const second = await alice.account.createSessionRoom({
            name: 'no',
            invite: [bob.userId],
            workspaceLink: undefined,
        });
        await untilRoom(bob.account, second, (r) => r.membership === 'invite', 'the second invitation');
        await bob.account.leaveRoom(second);
        assert.ok(!bob.account.rooms().some((r) => r.roomId === second));
        await untilRoom(alice.account, second, (r) => r.members.length === 1, 'the refusal');
    });

    it('says what is wrong with a person who cannot be invited', async () => {
        const alice = await person('Alice');
        const roomId = await alice.account.createSessionRoom({ name: 'x', invite: [], workspaceLink: undefined });
        await assert.rejects(alice.account.invite(roomId, 'bob'), { code: 'room.invalidUserId' });
        await assert.rejects(alice.account.invite(roomId, `@nobody:${synapse.serverName}`), {
            code: 'room.unknownUser',
        });
        await assert.rejects(alice.account.join('!nowhere:example.org'), { name: 'HushError' });
    });

    it('starts again from its store: no initial sync, same device, no new one-time keys', async () => {
        const [alice, bob] = await Promise.all([person('Alice'), person('Bob')]);
        const roomId = await pair(alice, bob);
        const before = Object.fromEntries(await alice.account.diagnostics());
        const requests: string[] = [];
        const account = await alice.reopen({
            fetch: (input, init) => {
                requests.push(`${init?.method ?? 'GET'} ${String(input instanceof Request ? input.url : input)}`);
                return fetch(input, init);
            },
        });
        assert.ok(account.rooms().some((room) => room.roomId === roomId && room.members.length === 2));
        await until(
            () => account.state.kind === 'ready' && account.state.online,
            (check) => account.onState(check),
            'online',
        );
        const syncs = requests.filter((r) => r.includes('/sync'));
        assert.ok(syncs.length > 0 && syncs.every((r) => r.includes('since=')), syncs.join('\n'));
        assert.deepEqual(
            requests.filter((r) => r.includes('/keys/upload')),
            [],
        );
        const after = Object.fromEntries(await account.diagnostics());
        assert.equal(after['One-time keys on the server'], before['One-time keys on the server']);
        assert.equal(after['Device'], before['Device']);
        assert.match(after['Ready'] ?? '', /from the store/u);
    });

    it('the first start without a network says so, and goes on when there is one', async () => {
        const dave = await person('Dave');
        await dave.account.stop();
        const stored = await loadAccount(dave.vault, dave.log);
        assert.ok(stored);
        let network = false;
        const account = await openAccount({
            stored,
            vault: dave.vault,
            dataDir: await mkdtemp(join(tmpdir(), 'hush-account-')),
            log: dave.log,
            serviceUrlSetting: () => '',
            fetch: (input, init) => (network ? fetch(input, init) : Promise.reject(new TypeError('fetch failed'))),
        });
        account.start();
        await until(
            () => account.state.kind === 'starting' && account.state.unreachable === true,
            (check) => account.onState(check),
            'unreachable',
        );
        network = true;
        await untilState(account, 'ready');
        await account.stop();
    });

    it('who joined a room lately and starts without a network has what was there, and the rest when there is one', async () => {
        const [alice, bob] = await Promise.all([person('Alice'), person('Bob')]);
        const roomId = await pair(alice, bob);
        let network = false;
        const account = await bob.reopen({
            fetch: (input, init) => (network ? fetch(input, init) : Promise.reject(new TypeError('fetch failed'))),
        });
        assert.deepEqual(account.state, { ...account.state, kind: 'ready', online: false });
        assert.ok(account.rooms().some((room) => room.roomId === roomId));
        const asked = (): boolean => bob.lines.some((line) => line.includes('Checking inviter cross-signing keys'));
        bob.lines.length = 0;
        network = true;
        await untilRoom(account, roomId, (room) => room.members.length === 2, 'the members');
        await eventually(() => Promise.resolve(asked()), 'the question for history keys');
        await alice.account.chat.send(roomId, 'late', { kind: 'text', markdown: 'welcome back', replyTo: null });
        await eventually(
            async () => (await account.chat.timeline(roomId)).messages.some((m) => m.body === 'welcome back'),
            'the message',
        );
    });

    it('keeps tokens and keys out of the log', () => {
        const all = people.flatMap((p) => p.lines).join('\n');
        assert.ok(all.length > 1_000);
        assert.doesNotMatch(all, /sy[tr]_\w{4}/u);
        assert.doesNotMatch(all, /Bearer [^…]/u);
    });
});
