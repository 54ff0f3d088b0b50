import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'mocha';
import { asking, callId, kinds, sharer, viewer } from './callPair.ts';
import { ROOM, type World } from './world.ts';

describe('a window that goes on with the account of another', () => {
    let world: World;
    beforeEach(() => {
        world = asking();
        world.settle();
        assert.ok(world.sees(viewer, sharer));
    });

    it('has the viewers of its share again within seconds, in calls that it knows', () => {
        const before = callId(world);
        world.takeOver(sharer);
        assert.deepEqual([...world.live], [], 'nobody keeps a picture that nobody could take away');
        world.settle(2_000);
        assert.ok(world.sees(viewer, sharer));
        assert.notEqual(callId(world), before);
        assert.equal(world.live.size, 1);
    });

    it('can take the picture from a device that may not have it any more', () => {
        world.takeOver(sharer);
        world.settle(2_000);
        world.do(sharer, { type: 'expel', roomId: ROOM, device: world.self(viewer) });
        assert.equal(world.live.size, 0);
    });

    it('says goodbye in calls of other clients: what its share carried, and what its tab showed', () => {
        const over = world.takeOver(sharer);
        assert.deepEqual(kinds(over).slice(0, 2), ['mesh.reset', 'over']);
        const page = { pageId: 'tab', generation: 1 };
        const shown = world.do(sharer, { type: 'adopt', roomId: ROOM, page, callId: 'theirs' });
        assert.deepEqual(kinds(shown), ['hangup', 'over']);
        assert.deepEqual(kinds(world.do(sharer, { type: 'dropped', roomId: ROOM, connections: ['ours/main'] })), [
            'hangup',
        ]);
    });

    it('says goodbye once, and not in a call that goes on', () => {
        world.takeOver(sharer);
        world.settle(2_000);
        const connections = [`${callId(world)}/share0`, 'old/a', 'old/b'];
        assert.deepEqual(kinds(world.do(sharer, { type: 'dropped', roomId: ROOM, connections })), ['hangup']);
    });
});
