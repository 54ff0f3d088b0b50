import { describe, it } from 'mocha';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createFrameOrder, MAX_HELD } from '../../../src/livekit/browser/playout/frameOrder.ts';

/** Pushes frames whose content is their number. Negative zero aside, a key frame is written as `k7`. */
function played(arrivals: readonly (number | `k${number}`)[], period = Number.POSITIVE_INFINITY): number[] {
    const order = createFrameOrder<number>(period);
    return arrivals.flatMap((arrival) => {
        const key = typeof arrival === 'string';
        const number = key ? Number(arrival.slice(1)) : arrival;
        return [...order.push(number, key, number)];
    });
}

describe('the order of encoded frames', () => {
    it('begins with a key frame', () => assert.deepEqual(played([3, 4, 'k5', 6]), [5, 6]));
    it('passes frames on at once when nothing is missing', () =>
        assert.deepEqual(played(['k0', 1, 2, 3]), [0, 1, 2, 3]));
    it('holds a frame that came early until the missing one is there', () =>
        assert.deepEqual(played(['k0', 2, 3, 1, 4]), [0, 1, 2, 3, 4]));
    it('drops a frame that comes twice, and one that comes late', () =>
        assert.deepEqual(played(['k0', 1, 1, 2, 1, 0, 3]), [0, 1, 2, 3]));
    it('jumps to a key frame, and forgets what was missing before it', () =>
        assert.deepEqual(played(['k0', 2, 3, 'k5', 4, 6]), [0, 5, 6]));
    it('drops a key frame that is late', () => assert.deepEqual(played(['k10', 11, 'k9', 12]), [10, 11, 12]));
    it('follows a sender that counts from the beginning again', () =>
        assert.deepEqual(played(['k5000', 5001, 'k0', 1]), [5000, 5001, 0, 1]));
    it('counts across the end of the period, also out of order', () =>
        assert.deepEqual(played(['k65533', 0, 65534, 1, 2], 65_535), [65_533, 65_534, 0, 1, 2]));

    it('gives up a missing frame: continues with a held key frame, else needs a new one', () => {
        const order = createFrameOrder<number>(Number.POSITIVE_INFINITY);
        order.push(0, true, 0);
        order.push(2, false, 2);
        assert.equal(order.waiting, true);
        assert.deepEqual(order.giveUp(), []);
        assert.deepEqual([order.waiting, order.needsKey], [false, true]);
        assert.deepEqual(order.push(3, false, 3), []);
        assert.deepEqual(order.push(4, true, 4), [4]);
        assert.equal(order.needsKey, false);
    });
    it('holds a bounded number of frames', () => {
        const order = createFrameOrder<number>(Number.POSITIVE_INFINITY);
        order.push(0, true, 0);
        for (let i = 2; i < MAX_HELD + 2; i++) order.push(i, false, i);
        assert.equal(order.waiting, true);
        order.push(MAX_HELD + 2, false, 0);
        assert.deepEqual([order.waiting, order.needsKey], [false, true]);
    });

    it('gives every frame once and in order, however they arrive', () => {
        fc.assert(
            fc.property(
                fc.integer({ min: 0, max: 65_534 }),
                fc.array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 80 }),
                (first, delays) => {
                    // Each frame arrives after a delay, and the key frame in time.
                    const arrivals = delays
                        .map((delay, i) => ({ i, at: i === 0 ? -1 : i + delay }))
                        .toSorted((a, b) => a.at - b.at)
                        .map(({ i }) => i);
                    const order = createFrameOrder<number>(65_535);
                    const given = arrivals.flatMap((i) => [...order.push((first + i) % 65_535, i === 0, i)]);
                    assert.deepEqual(given, [...delays.keys()]);
                    assert.equal(order.waiting, false);
                },
            ),
        );
    });
    it('never gives a delta frame whose predecessor is missing', () => {
        fc.assert(
            fc.property(
                fc.array(fc.record({ number: fc.nat({ max: 40 }), key: fc.boolean(), giveUp: fc.boolean() }), {
                    maxLength: 120,
                }),
                (steps) => {
                    const order = createFrameOrder<{ number: number; key: boolean }>(Number.POSITIVE_INFINITY);
                    let last: number | undefined;
                    const check = (frames: readonly { number: number; key: boolean }[]): void => {
                        for (const { number, key } of frames) {
                            assert.ok(key || number === (last ?? Number.NaN) + 1);
                            last = number;
                        }
                    };
                    for (const { number, key, giveUp } of steps) {
                        check(order.push(number, key, { number, key }));
                        if (giveUp) check(order.giveUp());
                    }
                },
            ),
        );
    });
});
