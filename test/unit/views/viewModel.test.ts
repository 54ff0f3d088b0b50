import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { rows } from '../../../src/extension/contexts.ts';
import type { RoomSnapshot } from '../../../src/extension/session/types.ts';
import { shareChoices } from '../../../src/extension/views/shareChoices.ts';
import { buildTree, connectionMessage, sharingStatus, type Model } from '../../../src/extension/views/viewModel.ts';
import { ALICE, BOB, liveShare, member, requestView, ROOM, Run } from '../session/fixtures.ts';

function room(patch: Partial<RoomSnapshot> = {}): RoomSnapshot {
    return {
        roomId: ROOM,
        name: 'Room',
        membership: 'join',
        inviter: undefined,
        encrypted: true,
        isDirect: false,
        members: [
            { userId: ALICE.userId, name: 'Alice', membership: 'join' },
            { userId: BOB.userId, name: 'Bob', membership: 'join' },
        ],
        rtc: [],
        workspaces: [],
        mayJoinCall: true,
        mayInvite: true,
        mayLinkWorkspace: true,
        ...patch,
    };
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

    it('shows a teammate’s share as a row that opens it', () => {
        const [node] = buildTree(model([room({ rtc: [bobSharing] })]));
        const share = node?.children[0];
        assert.equal(share?.label, 'Bob’s screen');
        assert.equal(share?.context, rows.share);
        assert.deepEqual(share?.target, { roomId: ROOM, ...BOB, shareId: 'S9' });
        assert.ok(node?.expanded);
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
        assert.equal(buildTree(model([room({ rtc: [other] })]))[0]?.children[0]?.context, rows.caller);
        const run = new Run();
        run.do(requestView(undefined));
        run.page('V1', 1, { type: 'view.screens', identities: [other.identity] });
        assert.equal(buildTree(model([room({ rtc: [other] })], run))[0]?.children[0]?.context, rows.share);
        // Nobody tells us any more when it ends.
        run.do({ type: 'viewCloseRequested', viewId: 'V1' });
        assert.equal(buildTree(model([room({ rtc: [other] })], run))[0]?.children[0]?.context, rows.caller);
    });
});

describe('view share', () => {
    it('offers what is announced, newest first, and any screen where another client is in the call', () => {
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

    it('does not offer our own share or rooms that are not encrypted', () => {
        const own = member(ALICE, { shares: [{ id: 'S1', startedTs: 1 }] });
        assert.deepEqual(shareChoices([room({ rtc: [own] })], new Run().state), []);
        assert.deepEqual(shareChoices([room({ encrypted: false, rtc: [bobSharing] })], new Run().state), []);
    });
});

describe('the status bar', () => {
    it('is hidden without a share and counts who watches with one', () => {
        assert.equal(sharingStatus(new Run().state), undefined);
        const run = liveShare();
        assert.match(sharingStatus(run.state)?.text ?? '', /Sharing · \$\(eye\) 0/u);
        run.do(
            { type: 'rtcChanged', roomId: ROOM, members: [member(BOB)] },
            { type: 'watch', roomId: ROOM, shareId: 'S1', watching: true, ...BOB },
        );
        assert.match(sharingStatus(run.state)?.text ?? '', /\$\(eye\) 1/u);
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
