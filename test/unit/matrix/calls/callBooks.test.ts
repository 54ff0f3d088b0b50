import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { reduceCalls } from '../../../../src/matrix/calls/callMachine.ts';
import { emptyCalls, type CallsState } from '../../../../src/matrix/calls/callState.ts';
import { candidate } from './callPair.ts';
import { ROOM } from './world.ts';

describe('the call machine', () => {
    it('survives any events in any state, and keeps its books', () => {
        const ids = fc.constantFrom('c1', 'c2', '@alice:hs!DEV0!U000001');
        const leg = fc.constantFrom(undefined, 'share0', 'share1', 'other');
        const wire = fc.oneof(
            fc.record({
                kind: fc.constant('invite' as const),
                callId: ids,
                leg,
                lifetime: fc.integer({ min: 1, max: 600_000 }),
                invitee: fc.constantFrom(undefined, '@bob:hs', '@x:hs'),
                device: fc.constantFrom(undefined, 'DEV1'),
                sdp: fc.constant('v=0'),
                streams: fc.constant({}),
            }),
            fc.record({
                kind: fc.constant('answer' as const),
                callId: ids,
                leg,
                sdp: fc.constant('v=0'),
                streams: fc.constant({}),
            }),
            fc.record({
                kind: fc.constant('candidates' as const),
                callId: ids,
                leg,
                candidates: fc.constant([candidate]),
            }),
            fc.record({
                kind: fc.constantFrom('hangup' as const, 'reject' as const),
                callId: ids,
                leg,
                reason: fc.constant(undefined),
            }),
            fc.record({
                kind: fc.constant('selectAnswer' as const),
                callId: ids,
                leg,
                party: fc.constantFrom('DEV1', 'OTHER'),
            }),
            fc.record({
                kind: fc.constant('negotiate' as const),
                callId: ids,
                leg,
                description: fc.constantFrom('offer' as const, 'answer' as const),
                sdp: fc.constant('v=0'),
                streams: fc.constant({}),
            }),
            fc.record({
                kind: fc.constant('streams' as const),
                callId: ids,
                leg,
                streams: fc.constant({}),
                ended: fc.boolean(),
            }),
        );
        const from = fc.constantFrom({ userId: '@alice:hs', deviceId: 'DEV0' }, { userId: '@x:hs', deviceId: 'X' });
        const page = fc.constantFrom({ pageId: 'p1', generation: 1 }, { pageId: 'p2', generation: 1 });
        const event = fc.oneof(
            wire.chain((e) =>
                fc.record({
                    type: fc.constant('received' as const),
                    roomId: fc.constant(ROOM),
                    from,
                    event: fc.constant(e),
                    ageMs: fc.integer({ min: -5, max: 90_000 }),
                }),
            ),
            fc.record({
                type: fc.constant('publish' as const),
                roomId: fc.constant(ROOM),
                shareId: fc.constant('share1'),
                page,
            }),
            fc.record({
                type: fc.constant('watch' as const),
                roomId: fc.constant(ROOM),
                shareId: fc.constant('share0'),
                peer: from,
                page,
            }),
            fc.record({
                type: fc.constant('asked' as const),
                roomId: fc.constant(ROOM),
                shareId: fc.constant('share1'),
                from,
                callId: fc.constantFrom(undefined, 'c1'),
                ulid: fc.constant('U000001'),
            }),
            fc.record({
                type: fc.constantFrom('release' as const, 'unpublish' as const),
                pageId: fc.constantFrom('p1', 'p2'),
            }),
            fc.record({
                type: fc.constant('description' as const),
                connection: fc.tuple(ids, fc.constantFrom('share0', 'share1')).map((p) => p.join('/')),
                kind: fc.constantFrom('offer' as const, 'answer' as const),
                sdp: fc.constant('v=0'),
                streams: fc.constant({}),
            }),
            fc.record({
                type: fc.constant('connection' as const),
                connection: fc.tuple(ids, fc.constantFrom('share0', 'share1')).map((p) => p.join('/')),
                state: fc.constantFrom('connected' as const, 'failed' as const),
            }),
            fc.constant({ type: 'time' as const }),
        );
        fc.assert(
            fc.property(fc.array(fc.tuple(event, fc.nat({ max: 20_000 })), { maxLength: 60 }), (script) => {
                let state: CallsState = emptyCalls({ userId: '@bob:hs', deviceId: 'DEV1' });
                let now = 0;
                const open = new Set<string>();
                for (const [e, ms] of script) {
                    now += ms;
                    const step = reduceCalls(state, { ...e, now });
                    state = step.state;
                    for (const effect of step.effects) {
                        if (effect.type !== 'page') continue;
                        if (effect.order.type === 'mesh.open') open.add(effect.order.connection);
                        if (effect.order.type === 'mesh.close') open.delete(effect.order.connection);
                    }
                    const held = [...state.calls.values()].flatMap((call) =>
                        [...call.connections.values()]
                            .filter((l) => l.phase !== 'queued')
                            .map((l) => `${call.id}/${l.id}`),
                    );
                    assert.deepEqual(
                        [...open].toSorted(),
                        held.toSorted(),
                        'a page has exactly the connections that the calls have',
                    );
                    assert.ok(state.ended.length <= 200 && state.early.size <= 20);
                }
            }),
            { numRuns: 500 },
        );
    });
});
