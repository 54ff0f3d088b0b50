import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { viewersOf } from '../../../src/core/session/sessionMembers.ts';
import { reduce } from '../../../src/core/session/machine.ts';
import { type Effect, type SessionEvent, type SessionState, initialState } from '../../../src/core/session/state.ts';
import type { ShareAudience, Withheld } from '../../../src/core/trust/shareTrust.ts';

const ROOM = '!r:x';
const SHARER = { userId: '@alice:x', deviceId: 'A' };
const member = {
    ...SHARER,
    name: 'Alice',
    memberId: 'm',
    createdTs: 1,
    identity: 'id',
    serviceUrl: undefined,
    client: 'hush' as const,
    shares: [{ id: 'S1', startedTs: 1, transport: 'mesh' as const }],
};
const SHARE = {
    shareId: 'S2',
    roomId: ROOM,
    roomName: 'room',
    location: 'webview',
    settings: { maxFrameRate: 30, contentHint: 'text', maxBitrate: 0 },
    now: 1,
} as const;
const audience: ShareAudience = {
    roomId: ROOM,
    policy: 'crossSigned',
    keyIndex: undefined,
    rotatedTs: undefined,
    rotations: [],
    holders: [],
    pending: [],
    withheld: [],
};
function play(events: readonly SessionEvent[], from: SessionState = initialState) {
    let state = from;
    let effects: readonly Effect[] = [];
    for (const event of events) ({ state, effects } = reduce(state, event));
    return { state, effects };
}
const ready: SessionEvent = {
    type: 'page',
    pageId: 'V1',
    generation: 1,
    message: { type: 'ready', displayCapture: false, frameEncryption: true },
};
const watching: readonly SessionEvent[] = [
    { type: 'signedIn', self: { userId: '@bob:x', deviceId: 'B' } },
    { type: 'rtcChanged', roomId: ROOM, members: [member] },
    {
        type: 'viewerTabRequested',
        tabId: 'V1',
        target: { roomId: ROOM, ...SHARER, shareId: 'S1' },
        sharerName: 'Alice',
        roomName: 'room',
    },
];
const withheld = (reason: 'notCrossSigned' | null): SessionEvent => ({
    type: 'withheld',
    roomId: ROOM,
    ...SHARER,
    reason,
});
const told = (effects: readonly Effect[]): string[] =>
    effects.flatMap((e) => (e.type === 'send' ? [JSON.stringify(e.message)] : []));

describe('a share that is kept from us', () => {
    it('is said in its tab, also in one that opens later', () => {
        const note = '{"type":"view.withheld","reason":"notCrossSigned"}';
        assert.ok(told(play([...watching, ready, withheld('notCrossSigned')]).effects).includes(note));
        assert.ok(told(play([...watching, withheld('notCrossSigned'), ready]).effects).includes(note));
    });
    it('does not fail without an answer, and asks again once it is open', () => {
        const kept = play([
            ...watching,
            ready,
            withheld('notCrossSigned'),
            { type: 'meshGaveUp', pageId: 'V1', generation: 1 },
        ]);
        assert.equal(kept.state.viewerTabs.get('V1')?.phase, 'connecting');
        const open = play([withheld(null)], kept.state);
        assert.equal(open.state.viewerTabs.get('V1')?.generation, 2);
        assert.ok(open.effects.some((e) => e.type === 'openPage'));
        assert.deepEqual(
            play([withheld(null)], open.state).effects.filter((e) => e.type === 'openPage'),
            [],
        );
    });
    it('is forgotten when the sharer leaves', () => {
        const { state } = play([
            ...watching,
            withheld('notCrossSigned'),
            { type: 'rtcChanged', roomId: ROOM, members: [] },
        ]);
        assert.equal(state.withheld.size, 0);
    });
});

describe('who can see our own share', () => {
    it('a device that is kept out does not count as watching, whatever it said before', () => {
        const self = { userId: '@bob:x', deviceId: 'B' };
        const { shares: _, ...watcher } = member;
        const sharing = play([
            { type: 'signedIn', self },
            { type: 'rtcChanged', roomId: ROOM, members: [{ ...watcher, shares: [] }] },
            { type: 'shareRequested', ...SHARE },
            { type: 'watch', roomId: ROOM, ...SHARER, shareId: SHARE.shareId, watching: true, via: 'mesh' },
        ]).state;
        const viewers = (state: SessionState): number => (state.share ? viewersOf(state, state.share).length : -1);
        assert.equal(viewers(sharing), 1);
        const kept: Withheld = { ...SHARER, name: '', deviceName: '', trust: 'unverified', reason: 'identityChanged' };
        const told = { type: 'audience', roomId: ROOM, ...self } as const;
        const after = play([{ ...told, audience: { ...audience, withheld: [kept] } }], sharing);
        assert.equal(viewers(after.state), 0);
        assert.equal(viewers(play([{ ...told, audience }], after.state).state), 1);
    });
    it('the person is told once of each device that is kept out, and again for another reason', () => {
        const self = { userId: '@bob:x', deviceId: 'B' };
        const device: Withheld = {
            ...SHARER,
            name: 'Alice',
            deviceName: '',
            trust: 'unverified',
            reason: 'notCrossSigned',
        };
        const event = (reason: Withheld['reason']): SessionEvent => ({
            type: 'audience',
            roomId: ROOM,
            ...self,
            audience: { ...audience, withheld: [{ ...device, reason }] },
        });
        const start: readonly SessionEvent[] = [
            { type: 'signedIn', self },
            { type: 'shareRequested', ...SHARE },
        ];
        const notices = (effects: readonly Effect[]): number =>
            effects.filter((e) => e.type === 'notify' && e.notice.kind === 'withheld').length;
        const first = play([...start, event('notCrossSigned')]);
        assert.equal(notices(first.effects), 1);
        assert.equal(notices(play([event('notCrossSigned')], first.state).effects), 0);
        assert.equal(notices(play([event('identityChanged')], first.state).effects), 1);
    });
});
