import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'mocha';
import { MAX_ASKS } from '../../../../src/matrix/calls/callMachine.ts';
import type { CallsEffect } from '../../../../src/matrix/calls/callState.ts';
import { asking, callId, invite, received, sharer, viewer } from './callPair.ts';
import { ROOM, type World } from './world.ts';

describe('a call between two devices', () => {
    let world: World;
    beforeEach(() => {
        world = asking();
    });

    it('goes ask, invite, answer, selection', () => {
        assert.equal(world.mail.length, 1);
        world.settle();
        assert.ok(world.sees(viewer, sharer));
        assert.match(callId(world), /^@alice:hs!DEV0!/u);
    });

    it('has no call for a share that is not there', () => {
        world.do(sharer, { type: 'release', pageId: 'share0' });
        world.settle();
        assert.deepEqual(world.invites, []);
    });

    it('asks some times, then gives up and says so', () => {
        const effects: CallsEffect[] = [];
        world.mail.splice(0);
        for (let i = 0; i <= MAX_ASKS; i++) {
            world.now += 60_000;
            effects.push(...world.do(viewer, { type: 'time' }));
            world.mail.splice(0);
        }
        assert.deepEqual(
            effects.map((e) => e.type),
            [...Array<string>(MAX_ASKS - 1).fill('ask'), 'gaveUp'],
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
        assert.deepEqual(received(world, viewer, invite), [], 'nor does its ID ring later');
    });

    it('an invite for another device of the person stays silent', () => {
        const other = { ...invite, invitee: '@bob:hs', device: 'OTHER' };
        assert.deepEqual(received(world, viewer, other), []);
        assert.equal(world.state(viewer).calls.size, 0);
    });
});
