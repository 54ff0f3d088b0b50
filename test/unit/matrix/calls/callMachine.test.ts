import fc from 'fast-check';
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'mocha';
import { DOWN_MS, MOST_ASKS, reduceCalls } from '../../../../src/matrix/calls/callMachine.ts';
import {
    emptyCalls,
    type CallsEffect,
    type CallsEvent,
    type CallsState,
} from '../../../../src/matrix/calls/callState.ts';
import type { CallEvent, IceCandidate } from '../../../../src/matrix/calls/events.ts';
import { ROOM, World } from './world.ts';

const candidate: IceCandidate = { candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0, usernameFragment: null };

describe('a call between two devices', () => {
    let world: World;
    const [sharer, viewer] = [0, 1];
    const received = (to: number, event: CallEvent, from = 1 - to): readonly CallsEffect[] =>
        world.do(to, { type: 'received', roomId: ROOM, from: world.self(from), event, ageMs: 0 });
    const callId = (): string => [...world.state(viewer).calls.keys()][0] ?? '';
    const kinds = (effects: readonly CallsEffect[]): string[] =>
        effects.flatMap((e) => (e.type === 'send' ? [e.event.kind] : e.type === 'page' ? [e.order.type] : [e.type]));
    beforeEach(() => {
        world = new World(['alice', 'bob']);
        world.share(sharer);
        world.watch(viewer, sharer);
    });

    it('goes ask, invite, answer, selection', () => {
        assert.equal(world.mail.length, 1);
        world.settle();
        assert.ok(world.sees(viewer, sharer));
        assert.match(callId(), /^@alice:hs!DEV0!/u);
    });

    it('has no call for a share that is not there', () => {
        world.do(sharer, { type: 'release', call: 'share0' });
        world.settle();
        assert.deepEqual(world.invites, []);
    });

    it('asks some times, then gives up and says so', () => {
        const effects: CallsEffect[] = [];
        world.mail.splice(0);
        for (let i = 0; i <= MOST_ASKS; i++) {
            world.now += 60_000;
            effects.push(...world.do(viewer, { type: 'time' }));
            world.mail.splice(0);
        }
        assert.deepEqual(
            effects.map((e) => e.type),
            [...Array<string>(MOST_ASKS - 1).fill('ask'), 'gaveUp'],
        );
        assert.equal(world.state(viewer).watching.size, 0);
    });

    it('an unanswered invite ends with a timeout', () => {
        world.do(sharer, {
            type: 'asked',
            roomId: ROOM,
            shareId: 'share0',
            from: world.self(viewer),
            callId: undefined,
            ulid: 'X',
        });
        world.now += 60_000;
        const effects = world.do(sharer, { type: 'time' });
        const [hangup] = effects.flatMap((e) => (e.type === 'send' ? [e.event] : []));
        assert.deepEqual(hangup && 'reason' in hangup && [hangup.kind, hangup.reason], ['hangup', 'invite_timeout']);
        assert.equal(world.state(sharer).calls.size, 0);
    });

    it('an expired invite is dropped without a word', () => {
        const invite = {
            kind: 'invite',
            callId: 'c',
            leg: 'share0',
            lifetime: 60_000,
            invitee: undefined,
            device: undefined,
            sdp: 'v=0',
            streams: {},
        } as const;
        assert.deepEqual(
            world.do(viewer, {
                type: 'received',
                roomId: ROOM,
                from: world.self(sharer),
                event: invite,
                ageMs: 58_000,
            }),
            [],
        );
        assert.deepEqual(received(viewer, invite), [], 'nor does its ID ring later');
    });

    it('an invite for another device of the person stays silent', () => {
        const invite = {
            kind: 'invite',
            callId: 'c',
            leg: 'share0',
            lifetime: 60_000,
            invitee: '@bob:hs',
            device: 'OTHER',
            sdp: 'v=0',
            streams: {},
        } as const;
        assert.deepEqual(received(viewer, invite), []);
        assert.equal(world.state(viewer).calls.size, 0);
    });

    it('candidates that come before their offer wait for it', () => {
        received(viewer, { kind: 'candidates', callId: 'c', leg: 'share0', candidates: [candidate] });
        const effects = received(viewer, {
            kind: 'invite',
            callId: 'c',
            leg: 'share0',
            lifetime: 60_000,
            invitee: undefined,
            device: undefined,
            sdp: 'v=0',
            streams: {},
        });
        assert.deepEqual(kinds(effects), ['mesh.open', 'mesh.description', 'mesh.candidates']);
    });

    it('a hang-up that overtakes its invite silences it, and hanging up twice is once', () => {
        received(viewer, { kind: 'hangup', callId: 'c', leg: undefined, reason: undefined });
        assert.deepEqual(
            received(viewer, {
                kind: 'invite',
                callId: 'c',
                leg: 'share0',
                lifetime: 60_000,
                invitee: undefined,
                device: undefined,
                sdp: 'v=0',
                streams: {},
            }),
            [],
        );
        assert.deepEqual(received(viewer, { kind: 'hangup', callId: 'c', leg: undefined, reason: undefined }), []);
    });

    it('ignores an answer to no invite, and refuses who is not in the call', () => {
        assert.deepEqual(
            kinds(received(sharer, { kind: 'answer', callId: 'nosuch', leg: undefined, sdp: 'v=0', streams: {} })),
            ['log'],
        );
        world.settle();
        const before = world.state(sharer);
        const effects = world.do(sharer, {
            type: 'received',
            roomId: ROOM,
            from: { userId: '@bob:hs', deviceId: 'EVIL' },
            event: { kind: 'hangup', callId: callId(), leg: undefined, reason: undefined },
            ageMs: 0,
        });
        assert.ok(
            effects[0]?.type === 'log' && effects[0].level === 'warn' && effects[0].text.includes('possible attack'),
        );
        assert.equal(world.state(sharer), before);
    });

    it('never gives a page more candidates than a network has', () => {
        world.settle();
        let given = 0;
        for (let i = 0; i < 100; i++) {
            for (const e of received(viewer, {
                kind: 'candidates',
                callId: callId(),
                leg: 'share0',
                candidates: Array<IceCandidate>(50).fill(candidate),
            })) {
                if (e.type === 'page' && e.order.type === 'mesh.candidates') given += e.order.candidates.length;
            }
        }
        assert.equal(given, 300);
    });

    it('answered on another device of ours: this one stops', () => {
        received(viewer, {
            kind: 'invite',
            callId: 'c',
            leg: 'share0',
            lifetime: 60_000,
            invitee: undefined,
            device: undefined,
            sdp: 'v=0',
            streams: {},
        });
        received(viewer, { kind: 'selectAnswer', callId: 'c', leg: undefined, party: 'OTHER' });
        assert.equal(world.state(viewer).calls.has('c'), false);
        assert.equal(world.pages[viewer]?.size, 0);
    });

    it('a broken connection is offered anew, and given up after half a minute', () => {
        world.settle();
        const connection = `${callId()}/share0`;
        assert.deepEqual(kinds(world.do(sharer, { type: 'connection', connection, state: 'failed' })).slice(0, 1), [
            'mesh.restart',
        ]);
        world.mail.splice(0); // the way is really gone
        world.now += DOWN_MS;
        const [hangup] = world.do(sharer, { type: 'time' }).flatMap((e) => (e.type === 'send' ? [e.event] : []));
        assert.ok(hangup?.kind === 'hangup' && hangup.reason === 'ice_failed');
    });

    it('a viewer whose window was loaded anew is called anew, at once', () => {
        world.settle();
        const before = callId();
        world.devices[viewer]!.state = emptyCalls(world.self(viewer)); // it knows nothing
        world.watch(viewer, sharer);
        const { now } = world;
        world.settle(100);
        assert.ok(world.sees(viewer, sharer));
        assert.notEqual(callId(), before);
        assert.ok(world.now - now <= 100);
    });

    it('who vanishes from the session leaves nothing behind', () => {
        world.settle();
        world.do(sharer, { type: 'gone', roomId: ROOM, device: world.self(viewer) });
        assert.equal(world.state(sharer).calls.size, 0);
        assert.equal(world.pages[sharer]?.size, 0);
    });

    describe('of another Matrix client', () => {
        const invite = {
            kind: 'invite',
            callId: '1700000000000abc',
            leg: undefined,
            lifetime: 60_000,
            invitee: undefined,
            device: undefined,
            sdp: 'v=0',
            streams: {},
        } as const;
        const page = { call: 'p', generation: 1 };
        const accept = (): readonly CallsEffect[] =>
            world.do(viewer, { type: 'accept', callId: invite.callId, page, sdp: 'v=0', streams: {} });

        it('rings, and is answered when our person takes it, without our names for things', () => {
            assert.deepEqual(kinds(received(viewer, invite)), ['ring']);
            const effects = accept();
            assert.deepEqual(kinds(effects), ['ringOver', 'mesh.open', 'mesh.description']);
            const answer = world.mail
                .map((m) => m.deliver)
                .find((d) => d.type === 'received' && d.event.kind === 'answer');
            assert.ok(answer?.type === 'received' && answer.event.leg === undefined);
        });

        it('stops ringing when the caller gives up, when it expires, and when another device of ours takes it', () => {
            const other = { userId: '@bob:hs', deviceId: 'OTHER' };
            received(viewer, invite);
            assert.deepEqual(
                kinds(received(viewer, { kind: 'hangup', callId: invite.callId, leg: undefined, reason: undefined })),
                ['ringOver'],
            );
            received(viewer, { ...invite, callId: 'second' });
            world.do(viewer, {
                type: 'received',
                roomId: ROOM,
                from: other,
                event: { kind: 'answer', callId: 'second', leg: undefined, sdp: 'v=0', streams: {} },
                ageMs: 0,
            });
            received(viewer, { ...invite, callId: 'third' });
            world.now += 60_000;
            world.do(viewer, { type: 'time' });
            assert.equal(world.state(viewer).incoming.size, 0);
        });

        it('is rejected when our person declines, and is over when taken too late', () => {
            received(viewer, invite);
            assert.deepEqual(kinds(world.do(viewer, { type: 'decline', callId: invite.callId })), [
                'ringOver',
                'reject',
            ]);
            assert.deepEqual(kinds(accept()), ['over']);
        });

        it('called from here: whoever answers first is meant, on any device of theirs; the others are too late', () => {
            const call = (): readonly CallsEffect[] =>
                world.do(sharer, { type: 'call', roomId: ROOM, shareId: 'share0', userId: '@bob:hs', ulid: 'Z' });
            assert.deepEqual(kinds(call()), ['mesh.open']);
            assert.deepEqual(call(), [], 'once');
            const id = '@alice:hs!DEV0!Z';
            const answer = (deviceId: string) =>
                world.do(sharer, {
                    type: 'received',
                    roomId: ROOM,
                    from: { userId: '@bob:hs', deviceId },
                    event: { kind: 'answer', callId: id, leg: undefined, sdp: 'v=0', streams: {} },
                    ageMs: 0,
                });
            assert.deepEqual(kinds(answer('PHONE')), ['selectAnswer', 'mesh.description', 'answered']);
            assert.deepEqual(answer('LAPTOP'), []);
            assert.equal(world.state(sharer).calls.get(id)?.peer.deviceId, 'PHONE');
        });

        it('crossing with ours: theirs goes on, answered by itself, and our screen is added when it stands', () => {
            world.do(sharer, { type: 'call', roomId: ROOM, shareId: 'share0', userId: '@bob:hs', ulid: 'Z' });
            const from = { userId: '@bob:hs', deviceId: 'ELEMENT' };
            const effects = world.do(sharer, { type: 'received', roomId: ROOM, from, event: invite, ageMs: 0 });
            assert.deepEqual(kinds(effects), [
                'log',
                'hangup',
                'mesh.close',
                'mesh.open',
                'mesh.description',
                'answered',
            ]);
            const selected = world.do(sharer, {
                type: 'received',
                roomId: ROOM,
                from,
                event: { kind: 'selectAnswer', callId: invite.callId, leg: undefined, party: 'DEV0' },
                ageMs: 0,
            });
            assert.deepEqual(kinds(selected), ['mesh.restart']);
            assert.deepEqual([...world.state(sharer).calls.keys()], [invite.callId]);
        });

        it('tells its tab when it ends', () => {
            received(viewer, invite);
            accept();
            assert.deepEqual(
                kinds(
                    received(viewer, { kind: 'hangup', callId: invite.callId, leg: undefined, reason: 'user_hangup' }),
                ),
                ['mesh.close', 'over'],
            );
        });
    });

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
        const page = fc.constantFrom({ call: 'p1', generation: 1 }, { call: 'p2', generation: 1 });
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
                type: fc.constant('serve' as const),
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
            fc.record({ type: fc.constant('release' as const), call: fc.constantFrom('p1', 'p2') }),
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
                    const step = reduceCalls(state, { ...e, now } as CallsEvent);
                    state = step.state;
                    for (const effect of step.effects) {
                        if (effect.type !== 'page') continue;
                        if (effect.order.type === 'mesh.open') open.add(effect.order.connection);
                        if (effect.order.type === 'mesh.close') open.delete(effect.order.connection);
                    }
                    const held = [...state.calls.values()].flatMap((call) =>
                        [...call.legs.values()].filter((l) => l.phase !== 'queued').map((l) => `${call.id}/${l.id}`),
                    );
                    assert.deepEqual(
                        [...open].sort(),
                        held.sort(),
                        'a page has exactly the connections that the calls have',
                    );
                    assert.ok(state.ended.length <= 200 && state.early.size <= 20);
                }
            }),
            { numRuns: 500 },
        );
    });
});
