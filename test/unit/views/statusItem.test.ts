import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { AccountState } from '../../../src/core/account/accountState.ts';
import type { RoomSnapshot } from '../../../src/core/rooms/room.ts';
import type { ShareAudience } from '../../../src/core/trust/shareTrust.ts';
import { sharerKey } from '../../../src/core/session/sessionMembers.ts';
import { commands } from '../../../src/extension/manifest/commands.ts';
import { contexts } from '../../../src/extension/manifest/contexts.ts';
import { contextValues } from '../../../src/extension/tree/contextValues.ts';
import { audienceStatus, hushStatus, pauseStatus } from '../../../src/extension/tree/statusItem.ts';
import { statusMenu } from '../../../src/extension/tree/statusMenuItems.ts';
import type { Model } from '../../../src/core/app/model.ts';
import { roomSnapshot } from '../roomSnapshot.ts';
import { ALICE, BOB, liveShare, liveView, member, requestShare, ROOM, Run } from '../session/fixtures.ts';

const READY: AccountState = { kind: 'ready', ...ALICE, online: true };
const SESSION = roomSnapshot({
    roomId: ROOM,
    name: 'compiler',
    members: [
        { userId: ALICE.userId, name: 'Alice', membership: 'join' },
        { userId: BOB.userId, name: 'Bob', membership: 'join' },
        { userId: '@carol:hs', name: 'Carol', membership: 'invite' },
    ],
});
const bobSharing = member(BOB, { name: 'Bob', shares: [{ id: 'S9', startedTs: 5 }] });

function model(
    account: AccountState = READY,
    rooms: readonly RoomSnapshot[] = [],
    run = new Run(),
    workspaceRoomId?: string,
): Model {
    return { account, rooms, session: run.state, workspaceRoomId };
}
const labels = (of: Model, others = false): string[] =>
    statusMenu(of, others).map(({ label }) => label.replace(/^\$\([\w-]+\) /u, ''));

const ACCOUNTS: readonly AccountState[] = [
    { kind: 'signedOut' },
    { kind: 'starting', userId: ALICE.userId },
    { kind: 'expired', ...ALICE, deviceGone: false },
    { kind: 'failed', userId: ALICE.userId, message: 'No.' },
    READY,
];

describe('the status bar', () => {
    it('has Hush in every state of the account, with a word of what it is and a way on', () => {
        for (const account of ACCOUNTS) {
            const { text, tooltip, warning } = hushStatus(model(account));
            assert.match(text, /^\$\([\w~-]+\) Hush$/u, account.kind);
            assert.match(tooltip, /^Hush\b/u, account.kind);
            assert.ok(!warning);
            assert.ok(statusMenu(model(account), false).length > 1, account.kind);
        }
    });

    it('says who is in the session of this workspace, and what is live', () => {
        const quiet = hushStatus(model(READY, [SESSION], new Run(), ROOM));
        assert.equal(quiet.text, '$(device-desktop) Hush · $(organization) 2');
        assert.match(quiet.tooltip, /session is compiler, with Alice and Bob\./u);
        const live = hushStatus(model(READY, [{ ...SESSION, rtc: [bobSharing] }], new Run(), ROOM));
        assert.match(live.text, /2 · \$\(broadcast\) 1 live$/u);
        assert.match(live.tooltip, /Bob shares a screen in compiler\./u);
    });

    it('names no more people than one reads', () => {
        const members = 'abcdefgh'
            .split('')
            .map((name) => ({ userId: `@${name}:hs`, name, membership: 'join' as const }));
        const { tooltip } = hushStatus(model(READY, [{ ...SESSION, members }], new Run(), ROOM));
        assert.match(tooltip, /with a, b, c, d and 4 more\./u);
    });

    it('says that the homeserver does not answer', () => {
        const { text, tooltip } = hushStatus(model({ kind: 'ready', ...ALICE, online: false }));
        assert.match(text, /Hush$/u);
        assert.match(tooltip, /No connection to hs/u);
    });

    it('counts who watches while we share, names them, and shows no device ID', () => {
        const run = liveShare();
        assert.match(hushStatus(model(READY, [], run)).text, /Sharing · \$\(eye\) 0/u);
        run.do(
            { type: 'rtcChanged', roomId: ROOM, members: [member(BOB, { name: 'Bob' })] },
            { type: 'watch', roomId: ROOM, shareId: 'S1', watching: true, ...BOB },
        );
        const { text, tooltip } = hushStatus(model(READY, [], run));
        assert.match(text, /\$\(eye\) 1/u);
        assert.match(tooltip, /• Bob \(@bob:hs\)/u);
        assert.doesNotMatch(tooltip, /BDEV/u);
    });

    it('says how many devices can see a share, and lists names before anything else', () => {
        const run = liveShare();
        const told = (audience: Partial<ShareAudience>) =>
            audienceStatus({
                ...run.state,
                audiences: new Map([
                    [
                        sharerKey(ROOM, ALICE),
                        {
                            roomId: ROOM,
                            policy: 'crossSigned',
                            keyIndex: 1,
                            rotatedTs: 1,
                            rotations: [],
                            holders: [],
                            pending: [],
                            withheld: [],
                            ...audience,
                        },
                    ],
                ]),
            });
        const holder = (userId: string, name: string, deviceId: string, deviceName: string) =>
            ({ userId, name, deviceId, deviceName, trust: 'verified', way: 'key', since: 1 }) as const;
        const laptop = holder(BOB.userId, 'Bob', 'B1', 'Bob’s laptop');
        assert.equal(audienceStatus(run.state), undefined);
        assert.match(told({})?.text ?? '', / Nobody can see this$/u);
        assert.match(told({ holders: [laptop] })?.text ?? '', / 1 device can see this$/u);
        const two = told({
            holders: [laptop, holder(BOB.userId, 'Bob', 'B2', ''), holder('@c:hs', 'Carol', 'C1', 'x')],
        });
        assert.match(two?.text ?? '', / 3 devices can see this$/u);
        assert.match(two?.tooltip ?? '', /• Bob · Bob’s laptop · verified\n• Bob · device B2 · verified/u);
        assert.doesNotMatch(two?.tooltip ?? '', /B1/u);
    });
});

describe('the menu of the status bar', () => {
    it('signed out it offers to sign in', () => {
        const none = model({ kind: 'signedOut' });
        assert.deepEqual(labels(none).slice(0, 2), ['Sign In…', 'Create Account…']);
        assert.ok(!labels(none).includes('Switch Account…'));
        assert.ok(labels(none, true).includes('Switch Account…'));
    });

    it('without a session it offers to share, to start one and to join one', () => {
        assert.deepEqual(labels(model()).slice(0, 3), [
            'Share Screen',
            'Start Session for This Workspace…',
            'Join by Link…',
        ]);
        const invited = { ...SESSION, membership: 'invite' as const, inviter: { userId: BOB.userId, name: 'Bob' } };
        assert.ok(labels(model(READY, [invited])).includes('Join compiler'));
    });

    it('in a session it offers to share, to invite, the link and the chat; what the room refuses is not there', () => {
        assert.deepEqual(labels(model(READY, [SESSION], new Run(), ROOM)).slice(0, 4), [
            'Share Screen',
            'Invite Teammate…',
            'Copy Join Link…',
            'Open Chat',
        ]);
        const closed = { ...SESSION, mayInvite: false };
        assert.ok(!labels(model(READY, [closed], new Run(), ROOM)).includes('Invite Teammate…'));
    });

    it('what others show comes first, by its row in the tree', () => {
        const [first] = statusMenu(model(READY, [{ ...SESSION, rtc: [bobSharing] }], new Run(), ROOM), false);
        assert.match(first?.label ?? '', /View Bob’s screen/u);
        assert.deepEqual([first?.run, first?.argument], [commands.viewShare, `share:${ROOM}:@bob:hs|BDEV:S9`]);
    });

    it('says that a share is paused or shielded, and offers the way on', () => {
        const run = liveShare();
        assert.equal(pauseStatus(run.state)?.paused, false);
        run.do({ type: 'secretsSeen', files: ['.env'] });
        const shielded = model(READY, [SESSION], run, ROOM);
        assert.match(hushStatus(shielded).text, /Shielded: \.env$/u);
        assert.ok(hushStatus(shielded).warning && contextValues(shielded)[contexts.shielded]);
        for (const entry of ['Pause Share', 'Show .env Anyway', 'Secret Shield Settings'])
            assert.ok(labels(shielded).includes(entry), entry);
        run.do({ type: 'pauseRequested', paused: true });
        const paused = model(READY, [SESSION], run, ROOM);
        assert.match(hushStatus(paused).text, /Share Paused$/u);
        assert.ok(contextValues(paused)[contexts.paused] && labels(paused).includes('Resume Share'));
        assert.equal(pauseStatus(run.state)?.paused, true);
        run.do({ type: 'shareStopRequested' });
        assert.equal(pauseStatus(run.state), undefined);
    });

    it('while sharing it stops, tells who can see and shows the tab, which a browser cannot', () => {
        const shown = ['Stop Sharing', 'Pause Share', 'Who Can See This', 'Show the Sharing Tab'];
        assert.deepEqual(labels(model(READY, [SESSION], liveShare(), ROOM)).slice(0, 4), shown);
        const run = new Run();
        run.do(requestShare({ location: 'browser' }));
        const preparing = labels(model(READY, [SESSION], run, ROOM));
        assert.equal(preparing[0], 'Cancel Sharing');
        assert.ok(!preparing.includes('Show the Sharing Tab'));
        assert.ok(!preparing.includes('Share Screen'));
    });
});

describe('the context keys', () => {
    it('follow the account, the rooms and the session', () => {
        const empty = contextValues(model());
        for (const key of [contexts.inRoom, contexts.sharing, contexts.watching, contexts.hasInvitations] as const)
            assert.equal(empty[key], false, key);
        const sharing = contextValues(model(READY, [{ ...SESSION, rtc: [bobSharing] }], liveShare(), ROOM));
        assert.deepEqual(
            [
                sharing[contexts.sharing],
                sharing[contexts.hasScreens],
                sharing[contexts.mayCall],
                sharing[contexts.linked],
            ],
            [true, true, false, true], // not the direct way: nobody can be called
        );
        assert.equal(contextValues(model(READY, [SESSION], liveView(), ROOM))[contexts.watching], true);
        const waiting = contextValues(
            model(READY, [
                { ...SESSION, roomId: '!i', membership: 'invite' },
                { ...SESSION, roomId: '!k', membership: 'knock' },
                { ...SESSION, roomId: '!r', replacement: { room: '!n', via: [] } },
            ]),
        );
        for (const key of [contexts.hasInvitations, contexts.hasOwnRequests, contexts.hasReplacedRooms] as const)
            assert.equal(waiting[key], true, key);
    });
});
