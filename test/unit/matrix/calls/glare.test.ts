import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { callIdOf, glareWinner } from '../../../../src/core/session/glare.ts';
import { World, type Fate } from './world.ts';

const fates = (kinds: readonly Fate['fate'][]) =>
    fc.array(fc.record({ pick: fc.double({ min: 0, max: 0.999, noNaN: true }), fate: fc.constantFrom(...kinds) }), {
        maxLength: 120,
    });
const users = ['alice', 'bob', 'carol', 'dave', 'erin'];
/** Two to five people; each pair [viewer, sharer] of different people may want a picture. */
const scene = fc.integer({ min: 2, max: 5 }).chain((n) =>
    fc.record({
        people: fc.shuffledSubarray(users, { minLength: n, maxLength: n }),
        watches: fc.subarray(
            Array.from({ length: n * n }, (_, i) => [Math.floor(i / n), i % n] as const).filter(([a, b]) => a !== b),
            { minLength: 1 },
        ),
    }),
);

describe('who wins a glare', () => {
    const id = fc
        .record({
            user: fc.stringMatching(/^[a-z0-9._=/+-]{1,8}$/u),
            device: fc.stringMatching(/^[A-Z]{1,6}$/u),
            ulid: fc.stringMatching(/^[0-9A-Z]{6}$/u),
        })
        .map(({ user, device, ulid }) => ({
            userId: `@${user}:hs`,
            deviceId: device,
            id: callIdOf({ userId: `@${user}:hs`, deviceId: device }, ulid),
        }));

    it('is the smaller user ID, then the smaller device ID', () => {
        fc.assert(
            fc.property(id, id, (a, b) => {
                const first =
                    a.userId !== b.userId
                        ? a.userId < b.userId
                        : a.deviceId !== b.deviceId
                          ? a.deviceId < b.deviceId
                          : a.id <= b.id;
                assert.equal(glareWinner([a.id, b.id]), first ? a.id : b.id);
            }),
        );
    });

    it('is the same for everybody, whatever came first', () => {
        fc.assert(
            fc.property(
                fc
                    .array(id, { minLength: 1, maxLength: 8 })
                    .chain((ids) => fc.tuple(fc.constant(ids), fc.shuffledSubarray(ids, { minLength: ids.length }))),
                ([ids, shuffled]) => {
                    assert.equal(glareWinner(ids.map((i) => i.id)), glareWinner(shuffled.map((i) => i.id)));
                },
            ),
        );
    });

    it('is another client’s call, whose ID begins with a digit', () => {
        assert.equal(
            glareWinner([callIdOf({ userId: '@alice:hs', deviceId: 'A' }, '01'), '1700000000000abcdefghijklmnop']),
            '1700000000000abcdefghijklmnop',
        );
    });
});

describe('two to five people who share to each other at the same moment', () => {
    const run = (
        people: readonly string[],
        watches: readonly (readonly [number, number])[],
        script: readonly Fate[],
    ): World => {
        const world = new World(people);
        people.forEach((_, i) => world.share(i));
        for (const [viewer, sharer] of watches) world.watch(viewer, sharer);
        for (const fate of script) world.step(fate);
        world.settle();
        return world;
    };
    const nothingRings = (world: World): void => {
        for (const { state } of world.devices)
            for (const call of state.calls.values())
                assert.equal(call.phase, 'connected', `${call.id} is ${call.phase}`);
    };

    it('both click at once: one call, the smaller user ID’s, with both screens in it', () => {
        const world = run(
            ['alice', 'bob'],
            [
                [0, 1],
                [1, 0],
            ],
            [],
        );
        assert.equal(world.invites.length, 2, 'the calls crossed');
        assert.deepEqual(world.callsBetween(0, 1), world.callsBetween(1, 0));
        assert.equal(world.callsBetween(0, 1).length, 1);
        assert.ok(world.callsBetween(0, 1)[0]?.startsWith('@alice:hs!'));
        assert.ok(world.sees(0, 1) && world.sees(1, 0));
    });

    it('however the events are delayed and repeated: every picture shows, one call per pair, nothing rings', () => {
        fc.assert(
            fc.property(scene, fates(['deliver', 'deliver', 'twice']), ({ people, watches }, script) => {
                const world = run(people, watches, script);
                for (const [viewer, sharer] of watches)
                    assert.ok(world.sees(viewer, sharer), `${viewer} sees ${sharer}`);
                people.forEach((_, a) =>
                    people.forEach((_, b) => {
                        if (a === b) return;
                        assert.ok(world.callsBetween(a, b).length <= 1);
                        assert.deepEqual(world.callsBetween(a, b), world.callsBetween(b, a));
                    }),
                );
                nothingRings(world);
            }),
            { numRuns: 1_000 },
        );
    });

    it('even when events are lost: every picture shows in the end, and nothing rings', () => {
        fc.assert(
            fc.property(scene, fates(['deliver', 'deliver', 'twice', 'lose']), ({ people, watches }, script) => {
                const world = run(people, watches, script);
                for (const [viewer, sharer] of watches)
                    assert.ok(world.sees(viewer, sharer), `${viewer} sees ${sharer}`);
                nothingRings(world);
            }),
            { numRuns: 1_000 },
        );
    });

    it('who closes a tab ends that picture and no other', () => {
        fc.assert(
            fc.property(scene, fates(['deliver', 'twice']), ({ people, watches }, script) => {
                const world = run(people, watches, script);
                const [[viewer, sharer] = [0, 0], ...others] = watches;
                world.do(viewer, { type: 'release', pageId: `view${viewer}of${sharer}` });
                world.settle();
                assert.equal(world.sees(viewer, sharer), false);
                for (const [v, s] of others) assert.ok(world.sees(v, s));
            }),
            { numRuns: 300 },
        );
    });

    it('nothing is left when everybody has stopped', () => {
        fc.assert(
            fc.property(scene, fates(['deliver', 'twice', 'lose']), ({ people, watches }, script) => {
                const world = run(people, watches, script);
                people.forEach((_, i) => world.do(i, { type: 'release', pageId: `share${i}` }));
                for (const [viewer, sharer] of watches)
                    world.do(viewer, { type: 'release', pageId: `view${viewer}of${sharer}` });
                world.settle();
                for (const { state } of world.devices)
                    assert.deepEqual([state.calls.size, state.serving.size, state.watching.size], [0, 0, 0]);
                assert.deepEqual(
                    world.pages.map((page) => page.size),
                    people.map(() => 0),
                );
            }),
            { numRuns: 300 },
        );
    });
});
