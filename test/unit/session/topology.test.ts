import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
    BACK_AT,
    carriesAfter,
    decide,
    firstTransport,
    MAX_DIRECT,
    needOf,
    type Scene,
} from '../../../src/core/session/topology.ts';

const calm: Scene = {
    wantedTransport: 'auto',
    current: 'mesh',
    viewers: 1,
    carries: MAX_DIRECT,
    others: 0,
    unreached: 0,
};
const scenes: fc.Arbitrary<Scene> = fc.record({
    wantedTransport: fc.constantFrom('auto', 'mesh', 'livekit'),
    current: fc.constantFrom('mesh', 'livekit'),
    viewers: fc.nat(9),
    carries: fc.nat(MAX_DIRECT),
    others: fc.nat(2),
    unreached: fc.nat(2),
});

describe('which way a share goes', () => {
    it('direct for up to four, also where there is a server; to the server with the fifth; back with three', () => {
        const kinds = (current: Scene['current']) =>
            [0, 1, 2, 3, 4, 5, 9].map((viewers) => decide({ ...calm, current, viewers }).kind);
        assert.deepEqual(kinds('mesh'), ['stay', 'stay', 'stay', 'stay', 'stay', 'move', 'move']);
        assert.deepEqual(kinds('livekit'), [...Array(4).fill('moveWhenCalm'), 'stay', 'stay', 'stay']);
    });

    it('begins at the server only for people on other clients, who see nothing else', () => {
        assert.deepEqual([firstTransport(0), firstTransport(1)], ['mesh', 'livekit']);
        assert.deepEqual(decide({ ...calm, viewers: 0, others: 1 }), { kind: 'move', to: 'livekit', need: 'others' });
    });

    it('goes to the server for a viewer who cannot be reached, and stays there while that one is in the session', () => {
        assert.deepEqual(decide({ ...calm, unreached: 1 }), { kind: 'move', to: 'livekit', need: 'unreached' });
        assert.equal(decide({ ...calm, current: 'livekit', unreached: 1 }).kind, 'stay');
    });

    it('comes back from a suffering upload with fewer viewers than made it suffer, and never for one', () => {
        const carries = carriesAfter(MAX_DIRECT, 3);
        assert.equal(decide({ ...calm, viewers: 3, carries }).kind, 'move');
        assert.equal(decide({ ...calm, current: 'livekit', viewers: 3, carries }).kind, 'stay');
        assert.equal(decide({ ...calm, current: 'livekit', viewers: 2, carries }).kind, 'moveWhenCalm');
        assert.equal(decide({ ...calm, current: 'livekit', viewers: 0, carries: carriesAfter(4, 1) }).kind, 'stay');
    });

    it('never leaves the way that the person set, and says what a direct share would need', () => {
        fc.assert(
            fc.property(scenes, (scene) => {
                const decision = decide(scene);
                if (scene.wantedTransport === 'auto') return;
                assert.ok(decision.kind === 'stay' || decision.kind === 'refused');
                if (scene.wantedTransport === 'mesh')
                    assert.equal(decision.kind === 'refused', needOf(scene) !== undefined);
            }),
        );
    });

    it('never goes back where it would have to turn round at once, and is at rest in one step', () => {
        fc.assert(
            fc.property(scenes, (scene) => {
                const decision = decide(scene);
                if (decision.kind === 'stay' || decision.kind === 'refused') return;
                assert.notEqual(decision.to, scene.current);
                const there = decide({ ...scene, current: decision.to });
                assert.equal(there.kind, 'stay');
                if (decision.kind !== 'moveWhenCalm') return;
                assert.ok(scene.viewers <= BACK_AT);
                // One more viewer is no reason to turn round, unless the upload was found too weak for them.
                const one = decide({ ...scene, current: 'mesh', viewers: scene.viewers + 1 });
                assert.equal(one.kind, scene.viewers + 1 > scene.carries ? 'move' : 'stay');
            }),
        );
    });
});
