import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'mocha';
import { owesShare, type CallsEffect } from '../../../../src/matrix/calls/callState.ts';
import { asking, invite, kinds, received, sharer, viewer } from './callPair.ts';
import { ROOM, type World } from './world.ts';

describe('a call with another Matrix client', () => {
    let world: World;
    beforeEach(() => {
        world = asking();
    });
    const ringing = { ...invite, callId: '1700000000000abc', leg: undefined } as const;
    const page = { pageId: 'p', generation: 1 };
    const accept = (): readonly CallsEffect[] =>
        world.do(viewer, { type: 'accept', callId: ringing.callId, page, sdp: 'v=0', streams: {} });

    it('rings, and is answered when our person takes it, without our names for things', () => {
        assert.deepEqual(kinds(received(world, viewer, ringing)), ['ring']);
        const effects = accept();
        assert.deepEqual(kinds(effects), ['ringOver', 'mesh.open', 'mesh.description']);
        const answer = world.mail.map((m) => m.deliver).find((d) => d.type === 'received' && d.event.kind === 'answer');
        assert.ok(answer?.type === 'received' && answer.event.leg === undefined);
    });

    it('stops ringing when the caller gives up, when it expires, and when another device of ours takes it', () => {
        const other = { userId: '@bob:hs', deviceId: 'OTHER' };
        received(world, viewer, ringing);
        assert.deepEqual(
            kinds(
                received(world, viewer, { kind: 'hangup', callId: ringing.callId, leg: undefined, reason: undefined }),
            ),
            ['ringOver'],
        );
        received(world, viewer, { ...ringing, callId: 'second' });
        world.do(viewer, {
            type: 'received',
            roomId: ROOM,
            from: other,
            event: { kind: 'answer', callId: 'second', leg: undefined, sdp: 'v=0', streams: {} },
            ageMs: 0,
        });
        received(world, viewer, { ...ringing, callId: 'third' });
        world.now += 60_000;
        world.do(viewer, { type: 'time' });
        assert.equal(world.state(viewer).incoming.size, 0);
    });

    it('is rejected when our person declines, and is over when taken too late', () => {
        received(world, viewer, ringing);
        assert.deepEqual(kinds(world.do(viewer, { type: 'decline', callId: ringing.callId })), ['ringOver', 'reject']);
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

    it('continues when nobody else can get its share directly any more', () => {
        world.settle();
        world.do(sharer, { type: 'call', roomId: ROOM, shareId: 'share0', userId: '@eve:hs', ulid: 'Z' });
        world.do(sharer, { type: 'unpublish', pageId: 'share0' });
        assert.deepEqual(
            [...world.state(sharer).calls.values()].map((call) => call.peer.userId),
            ['@eve:hs'],
        );
    });

    it('crossing with ours: theirs goes on, answered by itself, and our screen is added when it stands', () => {
        world.do(sharer, { type: 'call', roomId: ROOM, shareId: 'share0', userId: '@bob:hs', ulid: 'Z' });
        const from = { userId: '@bob:hs', deviceId: 'ELEMENT' };
        const effects = world.do(sharer, { type: 'received', roomId: ROOM, from, event: ringing, ageMs: 0 });
        assert.deepEqual(kinds(effects), ['log', 'hangup', 'mesh.close', 'mesh.open', 'mesh.description', 'answered']);
        const selected = world.do(sharer, {
            type: 'received',
            roomId: ROOM,
            from,
            event: { kind: 'selectAnswer', callId: ringing.callId, leg: undefined, party: 'DEV0' },
            ageMs: 0,
        });
        assert.deepEqual(kinds(selected), ['mesh.restart']);
        assert.deepEqual([...world.state(sharer).calls.keys()], [ringing.callId]);
    });

    it('called from here while theirs rings: theirs is taken, with our screen', () => {
        received(world, sharer, ringing);
        const { callId } = ringing;
        const effects = world.do(sharer, {
            type: 'call',
            roomId: ROOM,
            shareId: 'share0',
            userId: '@bob:hs',
            ulid: 'Z',
            ringing: { callId, sdp: ringing.sdp, streams: ringing.streams },
        });
        assert.deepEqual(kinds(effects), ['ringOver', 'mesh.open', 'mesh.description', 'answered']);
        assert.deepEqual(
            [...world.state(sharer).calls.values()].map((call) => [call.id, owesShare(call)]),
            [[callId, true]],
        );
    });

    it('tells its tab when it ends', () => {
        received(world, viewer, ringing);
        accept();
        assert.deepEqual(
            kinds(
                received(world, viewer, {
                    kind: 'hangup',
                    callId: ringing.callId,
                    leg: undefined,
                    reason: 'user_hangup',
                }),
            ),
            ['mesh.close', 'over'],
        );
    });
});
