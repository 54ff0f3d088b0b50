import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { createRateLimit } from '../../../src/core/base/rateLimit.ts';

describe('the rate limit', () => {
    it('lets a burst through, then names the wait after which one more passes', () => {
        let now = 0;
        const limit = createRateLimit({ perSecond: 2, burst: 3, now: () => now });
        assert.deepEqual(
            [1, 2, 3].map(() => limit.take('a')),
            [0, 0, 0],
        );
        assert.equal(limit.take('a'), 500);
        assert.equal(limit.take('b'), 0);
        now = 250;
        assert.equal(limit.take('a'), 250);
        now = 500;
        assert.equal(limit.take('a'), 0);
    });

    it('never lets more through than a burst and the refill', () => {
        fc.assert(
            fc.property(fc.array(fc.nat(400), { maxLength: 200 }), (pauses) => {
                let now = 0;
                const limit = createRateLimit({ perSecond: 5, burst: 4, now: () => now });
                let passed = 0;
                for (const pause of pauses) {
                    now += pause;
                    if (limit.take('a') === 0) passed++;
                }
                assert.ok(passed <= 4 + (now / 1000) * 5 + 1e-6);
            }),
        );
    });

    it('forgets idle clients rather than grow without bound', () => {
        let now = 0;
        const limit = createRateLimit({ perSecond: 1, burst: 1, now: () => now });
        for (let n = 0; n < 30_000; n++) {
            now += 1;
            assert.equal(limit.take(`client ${n}`), 0);
        }
        assert.equal(limit.take('client 29999'), 1000);
    });
});
