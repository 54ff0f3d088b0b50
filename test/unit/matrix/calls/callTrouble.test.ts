import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'mocha';
import { DOWN_MS } from '../../../../src/matrix/calls/callMachine.ts';
import { emptyCalls } from '../../../../src/matrix/calls/callState.ts';
import type { IceCandidate } from '../../../../src/matrix/calls/callEvents.ts';
import { asking, callId, candidate, invite, kinds, received, sharer, viewer } from './callPair.ts';
import { ROOM, type World } from './world.ts';

describe('a call between two devices in trouble', () => {
    let world: World;
    beforeEach(() => {
        world = asking();
    });

    it('candidates that come before their offer wait for it', () => {
        received(world, viewer, { kind: 'candidates', callId: 'c', leg: 'share0', candidates: [candidate] });
        const effects = received(world, viewer, invite);
        assert.deepEqual(kinds(effects), ['mesh.open', 'mesh.description', 'mesh.candidates']);
    });

    it('a hang-up that overtakes its invite silences it, and hanging up twice is once', () => {
        received(world, viewer, { kind: 'hangup', callId: 'c', leg: undefined, reason: undefined });
        assert.deepEqual(received(world, viewer, invite), []);
        assert.deepEqual(
            received(world, viewer, { kind: 'hangup', callId: 'c', leg: undefined, reason: undefined }),
            [],
        );
    });

    it('ignores an answer to no invite, and refuses who is not in the call', () => {
        assert.deepEqual(
            kinds(
                received(world, sharer, { kind: 'answer', callId: 'nosuch', leg: undefined, sdp: 'v=0', streams: {} }),
            ),
            ['log'],
        );
        world.settle();
        const before = world.state(sharer);
        const effects = world.do(sharer, {
            type: 'received',
            roomId: ROOM,
            from: { userId: '@bob:hs', deviceId: 'EVIL' },
            event: { kind: 'hangup', callId: callId(world), leg: undefined, reason: undefined },
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
            for (const e of received(world, viewer, {
                kind: 'candidates',
                callId: callId(world),
                leg: 'share0',
                candidates: Array<IceCandidate>(50).fill(candidate),
            })) {
                if (e.type === 'page' && e.order.type === 'mesh.candidates') given += e.order.candidates.length;
            }
        }
        assert.equal(given, 300);
    });

    it('answered on another device of ours: this one stops', () => {
        received(world, viewer, invite);
        received(world, viewer, { kind: 'selectAnswer', callId: 'c', leg: undefined, party: 'OTHER' });
        assert.equal(world.state(viewer).calls.has('c'), false);
        assert.equal(world.pages[viewer]?.size, 0);
    });

    it('a broken connection is offered again, and given up after half a minute', () => {
        world.settle();
        const connection = `${callId(world)}/share0`;
        assert.deepEqual(kinds(world.do(sharer, { type: 'connection', connection, state: 'failed' })).slice(0, 1), [
            'mesh.restart',
        ]);
        world.mail.splice(0); // the way is really gone
        world.now += DOWN_MS;
        const [hangup] = world.do(sharer, { type: 'time' }).flatMap((e) => (e.type === 'send' ? [e.event] : []));
        assert.ok(hangup?.kind === 'hangup' && hangup.reason === 'ice_failed');
    });

    it('an offer for an existing connection comes with the current servers, whose passwords may have changed', () => {
        world.settle();
        const offer = { callId: callId(world), leg: 'share0', description: 'offer', sdp: 'v=0', streams: {} } as const;
        assert.deepEqual(kinds(received(world, viewer, { kind: 'negotiate', ...offer })), [
            'mesh.servers',
            'mesh.description',
        ]);
    });

    it('a viewer whose window was reloaded is called again at once', () => {
        world.settle();
        const before = callId(world);
        world.devices[viewer]!.state = emptyCalls(world.self(viewer)); // it knows nothing
        world.watch(viewer, sharer);
        const { now } = world;
        world.settle(100);
        assert.ok(world.sees(viewer, sharer));
        assert.notEqual(callId(world), before);
        assert.ok(world.now - now <= 100);
    });

    it('a share that leaves the mesh hangs up, and is refused until it is published there again', () => {
        world.settle();
        assert.deepEqual(kinds(world.do(sharer, { type: 'unpublish', pageId: 'share0' })), ['hangup', 'mesh.close']);
        world.settle(30_000);
        assert.ok(!world.sees(viewer, sharer), 'who asks again gets nothing');
        world.share(sharer);
        world.watch(viewer, sharer);
        world.settle();
        assert.ok(world.sees(viewer, sharer));
    });

    it('who vanishes from the session leaves nothing behind', () => {
        world.settle();
        world.do(sharer, { type: 'gone', roomId: ROOM, device: world.self(viewer) });
        assert.equal(world.state(sharer).calls.size, 0);
        assert.equal(world.pages[sharer]?.size, 0);
    });
});
