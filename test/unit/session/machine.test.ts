import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { wantedMemberships } from '../../../src/core/session/membershipFlow.ts';
import { transportOf } from '../../../src/core/session/course.ts';
import type { Effect, SessionEvent } from '../../../src/core/session/state.ts';
import { ALICE, BOB, member, READY, requestShare, requestView, ROOM, Run, STARTED } from './fixtures.ts';

const OTHER = '!other:hs';
const failure = { code: 'internal', message: 'x' } as const;

/** Anything that can happen, in any order, often about things that are gone. */
const anyEvent: fc.Arbitrary<SessionEvent> = fc.oneof(
    fc.constantFrom('S1', 'S2').chain((shareId) =>
        fc
            .record({
                roomId: fc.constantFrom(ROOM, OTHER),
                transport: fc.constantFrom('auto', 'mesh', 'livekit' as const),
            })
            .map((way) => requestShare({ shareId, ...way })),
    ),
    fc
        .constantFrom('V1', 'V2')
        .chain((tabId) => fc.constantFrom('S9', 'S10', undefined).map((s) => requestView(s, tabId))),
    fc.constant<SessionEvent>({ type: 'shareStopRequested' }),
    fc.constantFrom(ROOM, OTHER).map((roomId): SessionEvent => ({ type: 'leaveRequested', roomId })),
    fc.constantFrom(ROOM, OTHER).map((roomId): SessionEvent => ({ type: 'roomGone', roomId })),
    fc
        .record({ pageId: fc.constantFrom('S1', 'S2', 'V1', 'V2'), generation: fc.integer({ min: 1, max: 3 }) })
        .chain((at) =>
            fc.constantFrom<SessionEvent>(
                { type: 'grantReady', ...at },
                { type: 'grantFailed', ...at, failure },
                { type: 'pageClosed', ...at, reason: 'closed' },
                { type: 'page', ...at, message: READY },
                { type: 'page', ...at, message: { ...READY, displayCapture: false } },
                { type: 'page', ...at, message: STARTED },
                { type: 'page', ...at, message: { type: 'capture.ended' } },
                { type: 'page', ...at, message: { type: 'capture.failed', reason: 'unsupported', detail: '' } },
                { type: 'page', ...at, message: { type: 'share.published', transport: 'livekit' } },
                { type: 'page', ...at, message: { type: 'share.published', transport: 'mesh' } },
                { type: 'page', ...at, message: { type: 'share.serverLost', detail: 'x' } },
                { type: 'page', ...at, message: { type: 'share.uplink', viewers: 1 } },
                { type: 'page', ...at, message: { type: 'view.moved', transport: 'mesh', ok: true } },
                { type: 'page', ...at, message: { type: 'view.moved', transport: 'livekit', ok: true } },
                { type: 'page', ...at, message: { type: 'view.moved', transport: 'livekit', ok: false } },
                { type: 'page', ...at, message: { type: 'share.failed', detail: 'x' } },
                { type: 'page', ...at, message: { type: 'view.state', state: 'live', detail: '' } },
                { type: 'page', ...at, message: { type: 'action', name: 'retry' } },
                { type: 'page', ...at, message: { type: 'action', name: 'stopShare' } },
            ),
        ),
    fc
        .constantFrom(ROOM, OTHER)
        .chain((roomId) =>
            fc.constantFrom<SessionEvent>(
                { type: 'joined', roomId },
                { type: 'joinFailed', roomId, failure },
                { type: 'announced', roomId },
                { type: 'announceFailed', roomId, failure },
                { type: 'keysReady', roomId },
                { type: 'keysFailed', roomId, failure },
                { type: 'keyDelivery', roomId, failed: true, message: 'x' },
                { type: 'keyDelivery', roomId, failed: false, message: '' },
            ),
        ),
    fc
        .record({ pageId: fc.constantFrom('S1', 'V1'), wait: fc.integer({ min: 1, max: 5 }) })
        .map((it): SessionEvent => ({ type: 'waited', ...it })),
    // Element Call's and Hush's memberships in one room, joins and leaves in any order, duplicates.
    fc
        .subarray([
            member(ALICE),
            member(BOB, { shares: [{ id: 'S9', startedTs: 5 }] }),
            member(BOB, { shares: [{ id: 'S9', startedTs: 5, transport: 'mesh' }] }),
            member(BOB),
            member({ userId: '@ec:hs', deviceId: 'E' }, { client: 'other' }),
        ])
        .map((members): SessionEvent => ({ type: 'rtcChanged', roomId: ROOM, members })),
);

function count(effects: readonly Effect[], type: Effect['type'], roomId: string): number {
    return effects.filter((e) => e.type === type && 'roomId' in e && e.roomId === roomId).length;
}

describe('the session core, whatever happens', () => {
    it('its memberships are exactly what its share and tabs need', () => {
        fc.assert(
            fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
                const run = new Run();
                run.do(...events);
                assert.deepEqual(run.state.memberships, wantedMemberships(run.state));
            }),
        );
    });

    it('leaves every call it joined and forgets every key, once signed out', () => {
        fc.assert(
            fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
                const run = new Run();
                run.do(...events, { type: 'signedOut' });
                assert.equal(run.state.share, undefined);
                assert.equal(run.state.viewerTabs.size, 0);
                assert.equal(run.state.memberships.size, 0);
                for (const room of [ROOM, OTHER]) {
                    assert.equal(count(run.effects, 'leave', room), count(run.effects, 'join', room));
                    assert.ok(
                        count(run.effects, 'stopKeys', room) >= Math.min(1, count(run.effects, 'startKeys', room)),
                    );
                }
            }),
        );
    });

    it('never publishes before the key is out and the membership stands', () => {
        fc.assert(
            fc.property(fc.array(anyEvent, { maxLength: 60 }), (events) => {
                const run = new Run();
                for (const event of events) {
                    const effects = run.do(event);
                    if (!effects.some((e) => e.type === 'publish')) continue;
                    assert.equal(run.state.share?.keysReady, true);
                    assert.equal(run.state.share?.joined, true);
                }
            }),
        );
    });

    it('asks for the media server only where the person lets it, and keeps the way that carries the picture', () => {
        fc.assert(
            fc.property(fc.array(anyEvent, { maxLength: 60 }), (events) => {
                const run = new Run();
                for (const event of events) {
                    const before = run.state.share;
                    const effects = run.do(event);
                    const { share } = run.state;
                    if (share?.wantedTransport === 'mesh')
                        assert.ok(!effects.some((e) => e.type === 'fetchPublishGrant'));
                    if (share?.wantedTransport !== 'auto') assert.notEqual(share?.course.kind, 'moving');
                    // The old way ends only when the share is announced on the other, or with the share.
                    if (share && before?.id === share.id && effects.some((e) => e.type === 'retireMesh'))
                        assert.equal(transportOf(share.course), 'livekit');
                    if (share && before?.id === share.id && effects.some((e) => e.type === 'stopKeys'))
                        assert.equal(transportOf(share.course), 'mesh');
                }
            }),
        );
    });

    it('closes the page of every share that ended', () => {
        fc.assert(
            fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
                const run = new Run();
                for (const event of events) {
                    const before = run.state.share;
                    const effects = run.do(event);
                    if (before && run.state.share?.id !== before.id) {
                        assert.ok(effects.some((e) => e.type === 'closePage' && e.pageId === before.id));
                    }
                }
            }),
        );
    });

    it('an event about something that is gone changes nothing', () => {
        const run = new Run();
        const before = run.state;
        run.do(
            { type: 'joined', roomId: ROOM },
            { type: 'keysReady', roomId: ROOM },
            { type: 'grantReady', pageId: 'S7', generation: 1 },
            { type: 'page', pageId: 'S7', generation: 1, message: STARTED },
            { type: 'shareStopRequested' },
            { type: 'viewerTabCloseRequested', tabId: 'V7' },
        );
        assert.deepEqual(run.state, before);
        assert.deepEqual(run.effects, []);
    });
});
