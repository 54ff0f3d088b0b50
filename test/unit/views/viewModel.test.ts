import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { rowFlags, rows } from '../../../src/extension/manifest/contexts.ts';
import { powersOf } from '../../../src/core/rooms/powerLevels.ts';
import type { RoomSnapshot } from '../../../src/core/rooms/room.ts';
import { roomSnapshot } from '../roomSnapshot.ts';
import { shareChoices } from '../../../src/extension/share/shareChoices.ts';
import { buildTree, connectionMessage } from '../../../src/extension/tree/viewModel.ts';
import type { Model } from '../../../src/core/app/model.ts';
import { ALICE, BOB, liveShare, member, requestView, ROOM, Run } from '../session/fixtures.ts';

function room(patch: Partial<RoomSnapshot> = {}): RoomSnapshot {
    return roomSnapshot({
        roomId: ROOM,
        members: [
            { userId: ALICE.userId, name: 'Alice', membership: 'join' },
            { userId: BOB.userId, name: 'Bob', membership: 'join' },
        ],
        ...patch,
    });
}

function model(rooms: readonly RoomSnapshot[], run = new Run(), workspaceRoomId?: string): Model {
    return {
        account: { kind: 'ready', ...ALICE, online: true },
        rooms,
        session: run.state,
        workspaceRoomId,
    };
}

const bobSharing = member(BOB, { name: 'Bob', shares: [{ id: 'S9', startedTs: 5 }] });

describe('the tree', () => {
    it('puts the workspace’s room first, then invitations, live rooms, the rest, unencrypted last', () => {
        const rooms = [
            room({ roomId: '!e', name: 'aaa plain', encrypted: false }),
            room({ roomId: '!d', name: 'zz quiet' }),
            room({ roomId: '!c', name: 'live', rtc: [bobSharing] }),
            room({ roomId: '!b', name: 'invited', membership: 'invite', inviter: { userId: '@c:hs', name: 'Carol' } }),
            room({ roomId: '!a', name: 'mine' }),
        ];
        assert.deepEqual(
            buildTree(model(rooms, new Run(), '!a')).map((n) => n.roomId),
            ['!a', '!b', '!c', '!d', '!e'],
        );
    });

    it('who asks to be let in comes first in the room, with what one may answer', () => {
        const levels = powersOf({ sender: ALICE.userId, content: { room_version: '11' } }, undefined);
        const knocks = [{ userId: '@eve:hs', name: 'Eve', reason: 'hello' }];
        const [node] = buildTree(model([room({ powers: levels, knocks, rtc: [bobSharing] })]));
        const [row] = node?.children ?? [];
        assert.deepEqual([row?.label, row?.description], ['Eve', 'asks to join']);
        assert.match(row?.tooltip ?? '', /“hello”/u);
        assert.equal(row?.context, `${rows.knock}+invite+remove+ban+other`);
        const weak = powersOf({ sender: BOB.userId, content: { room_version: '11' } }, { invite: 50 });
        const [refused] = buildTree(model([room({ powers: weak, knocks })]))[0]?.children ?? [];
        assert.equal(refused?.context, `${rows.knock}+other`);
        const [asked] = buildTree(model([room({ membership: 'knock' })]));
        assert.deepEqual([asked?.context, asked?.description], [rows.knocking, 'you asked to join']);
    });

    it('a replaced room says so until one is in the new one, and then makes room for it', () => {
        const old = room({ roomId: '!old', name: 'old', replacement: { room: '!new', via: [] } });
        const next = room({ roomId: '!new', name: 'new', predecessor: '!old' });
        const [node] = buildTree(model([old]));
        assert.deepEqual([node?.context, node?.description], [rows.replaced, 'replaced']);
        assert.deepEqual(
            buildTree(model([old, next])).map((n) => n.label),
            ['new'],
        );
        const live = { ...old, rtc: [bobSharing] };
        assert.equal(buildTree(model([live, next])).length, 2, 'somebody shares in it still');
    });

    it('shows a teammate’s share as a row that opens it', () => {
        const [node] = buildTree(model([room({ rtc: [bobSharing] })]));
        const share = node?.children[0];
        assert.equal(share?.label, 'Bob’s screen');
        assert.equal(share?.context, `${rows.share}${rowFlags.view}`);
        assert.deepEqual(share?.target, { roomId: ROOM, ...BOB, shareId: 'S9' });
        assert.ok(node?.expanded);
    });

    it('a share that the room does not let us watch opens nothing, and says why', () => {
        const levels = { users: { [BOB.userId]: 100 }, events: { 'org.matrix.msc3401.call.member': 50 } };
        const powers = powersOf({ sender: BOB.userId, content: { room_version: '11' } }, levels);
        const other = member({ userId: '@c:hs', deviceId: 'C' }, { client: 'other' });
        const members = [{ userId: '@c:hs', name: 'Carol', membership: 'join' as const }];
        const [node] = buildTree(model([room({ powers, mayJoinSession: false, rtc: [bobSharing, other], members })]));
        assert.ok(node && !node.context.includes(rowFlags.share));
        const [share, caller] = node.children;
        assert.deepEqual([share?.context, share?.target], [rows.share, undefined]);
        assert.deepEqual([caller?.context, caller?.target], [`${rows.caller}${rowFlags.other}`, undefined]);
        for (const row of [node, share, caller])
            assert.match(row?.tooltip ?? '', /cannot .*watch.* This room asks for level 50; you have 0\./u);
    });

    it('a person’s tooltip says why each thing that is not offered is not', () => {
        const powers = powersOf(
            { sender: BOB.userId, content: { room_version: '11' } },
            { users: { [BOB.userId]: 100 } },
        );
        const [node] = buildTree(model([room({ powers })]));
        const bob = node?.children.find(({ label }) => label === 'Bob');
        assert.equal(
            bob?.tooltip,
            'Bob (@bob:hs)\nAdmin\nYou cannot change their role, remove them or ban them. This room asks for level 50; you have 0.',
        );
    });

    it('shows our own share with a stop action and no target', () => {
        const run = liveShare();
        const own = member(ALICE, { shares: [{ id: 'S1', startedTs: 1 }] });
        const [node] = buildTree(model([room({ rtc: [own] })], run));
        assert.equal(node?.children[0]?.context, rows.ownShare);
        assert.equal(node?.children[0]?.target, undefined);
        assert.equal(node?.children[0]?.description, 'nobody watches yet');
    });

    it('a membership that an earlier run left behind does not make us share', () => {
        const run = new Run();
        run.do({ type: 'signedIn', self: ALICE });
        const left = member(ALICE, { shares: [{ id: 'S0', startedTs: 1 }] });
        const [node] = buildTree(model([room({ rtc: [left] })], run));
        assert.deepEqual(
            node?.children.filter((n) => n.id.startsWith('share:')),
            [],
        );
        assert.ok(!JSON.stringify(node).includes('sharing'), 'somebody is said to share');
    });

    it('members carry their call state, people in the session first', () => {
        const [node] = buildTree(model([room({ rtc: [bobSharing] })]));
        const members = node?.children.filter((n) => n.id.startsWith('member:')) ?? [];
        assert.deepEqual(
            members.map((m) => [m.label, m.description]),
            [
                ['Bob', 'sharing'],
                ['Alice', 'you'],
            ],
        );
    });

    it('row IDs are unique and do not change when names do', () => {
        const before = buildTree(model([room({ rtc: [bobSharing] })]));
        const after = buildTree(model([room({ name: 'Renamed', rtc: [{ ...bobSharing, name: 'Robert' }] })]));
        const ids = (nodes: typeof before): string[] => nodes.flatMap((n) => [n.id, ...ids([...n.children])]);
        assert.deepEqual(ids(before), ids(after));
        assert.equal(new Set(ids(before)).size, ids(before).length);
    });

    it('another client’s screen shows once a page of ours has seen it', () => {
        const other = member(BOB, { name: 'Bob', client: 'other' });
        assert.equal(
            buildTree(model([room({ rtc: [other] })]))[0]?.children[0]?.context,
            `${rows.caller}${rowFlags.view}${rowFlags.other}`,
        );
        const run = new Run();
        run.do(requestView(undefined));
        run.page('V1', 1, { type: 'view.screens', identities: [other.identity] });
        assert.equal(
            buildTree(model([room({ rtc: [other] })], run))[0]?.children[0]?.context,
            `${rows.share}${rowFlags.view}`,
        );
        // Nobody tells us any more when it ends.
        run.do({ type: 'viewerTabCloseRequested', tabId: 'V1' });
        assert.equal(
            buildTree(model([room({ rtc: [other] })], run))[0]?.children[0]?.context,
            `${rows.caller}${rowFlags.view}${rowFlags.other}`,
        );
    });
});

describe('view share', () => {
    it('offers what is announced, newest first, and any screen where another client is in the session', () => {
        const late = member(
            { userId: '@c:hs', deviceId: 'C' },
            { name: 'Carol', shares: [{ id: 'S8', startedTs: 9 }] },
        );
        const other = member({ userId: '@d:hs', deviceId: 'D' }, { client: 'other' });
        const choices = shareChoices([room({ rtc: [bobSharing, late, other] })], new Run().state);
        assert.deepEqual(
            choices.map((c) => c.target.shareId),
            ['S8', 'S9', undefined],
        );
    });

    it('does not offer our own share, nor screens that may not be watched', () => {
        const own = member(ALICE, { shares: [{ id: 'S1', startedTs: 1 }] });
        assert.deepEqual(shareChoices([room({ rtc: [own] })], new Run().state), []);
        assert.deepEqual(shareChoices([room({ encrypted: false, rtc: [bobSharing] })], new Run().state), []);
        assert.deepEqual(shareChoices([room({ mayJoinSession: false, rtc: [bobSharing] })], new Run().state), []);
    });
});

describe('the line over the tree', () => {
    it('a lost connection is said with the server’s name, and taken back', () => {
        const online = model([room()]);
        assert.equal(connectionMessage(online), undefined);
        const lost: Model = {
            ...online,
            account: { kind: 'ready', userId: '@alice:example.org:8448', deviceId: 'A', online: false },
        };
        assert.equal(connectionMessage(lost), 'No connection to example.org:8448. Hush keeps trying.');
        const first: Model = { ...online, account: { kind: 'starting', userId: '@alice:example.org' } };
        assert.equal(connectionMessage(first), undefined);
        const waiting: Model = { ...first, account: { ...first.account, unreachable: true } as Model['account'] };
        assert.equal(connectionMessage(waiting), 'No connection to example.org. Hush keeps trying.');
    });
});
