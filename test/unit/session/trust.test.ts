import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import {
    audienceSummary,
    refusalOf,
    sharePolicies,
    type Holder,
    type ShareAudience,
    type Standing,
    type Withheld,
} from '../../../src/core/trust/shareTrust.ts';
import { trustLevels } from '../../../src/core/trust/trustLevels.ts';

const standing: fc.Arbitrary<Standing> = fc.record({
    trust: fc.constantFrom(...trustLevels),
    identityChanged: fc.boolean(),
    unprovenOwn: fc.boolean(),
    deviceName: fc.string(),
});
const device = (n: number) => ({ userId: `@u${n}:x`, deviceId: `D${n}`, name: `U${n}`, deviceName: '' });
const holder = (n: number, trust: Holder['trust']): Holder => ({ ...device(n), trust, way: 'key', since: 1 });
const audience = (holders: readonly Holder[], withheld: readonly Withheld[] = []): ShareAudience => ({
    roomId: '!r:x',
    policy: 'crossSigned',
    keyIndex: 0,
    rotatedTs: 1,
    rotations: [],
    holders,
    pending: [],
    withheld,
});

describe('who may have a share', () => {
    it('a device that nobody lists, or whose owner’s identity changed, may not under any policy', () =>
        fc.assert(
            fc.property(standing, fc.constantFrom(...sharePolicies), (s, policy) => {
                assert.equal(refusalOf(policy, undefined), 'unknownDevice');
                assert.equal(refusalOf(policy, { ...s, trust: 'unknown' }), 'unknownDevice');
                if (s.trust !== 'unknown')
                    assert.equal(refusalOf(policy, { ...s, identityChanged: true }), 'identityChanged');
            }),
        ));
    it('a stricter policy never admits what a looser one refuses', () =>
        fc.assert(
            fc.property(standing, (s) => {
                const admitted = sharePolicies.map((policy) => refusalOf(policy, s) === undefined);
                assert.deepEqual(
                    admitted,
                    admitted.toSorted((a, b) => Number(b) - Number(a)),
                );
            }),
        ));
    it('by default a device must be cross-signed; "verified" wants the person verified', () => {
        const of = (trust: Standing['trust'], unprovenOwn = false): Standing => ({
            trust,
            identityChanged: false,
            unprovenOwn,
            deviceName: '',
        });
        assert.equal(refusalOf('crossSigned', of('unverified')), 'notCrossSigned');
        assert.equal(refusalOf('crossSigned', of('crossSigned')), undefined);
        assert.equal(refusalOf('verified', of('unverified')), 'notCrossSigned');
        assert.equal(refusalOf('verified', of('crossSigned')), 'notVerified');
        assert.equal(refusalOf('verified', of('verified')), undefined);
        assert.equal(refusalOf('everyone', of('unverified')), undefined);
        assert.equal(refusalOf('crossSigned', of('unverified', true)), 'sharerUnverified');
        assert.equal(refusalOf('everyone', of('unverified', true)), undefined);
    });
});

describe('the summary of who can see a share', () => {
    it('names the weakest device, and who is kept out', () => {
        assert.deepEqual(audienceSummary(audience([])), { text: 'Nobody can see this', tone: 'good' });
        assert.deepEqual(audienceSummary(audience([holder(1, 'verified')])), {
            text: '1 device can see this: verified',
            tone: 'good',
        });
        assert.deepEqual(audienceSummary(audience([holder(1, 'verified'), holder(2, 'crossSigned')])), {
            text: '2 devices can see this: all cross-signed',
            tone: 'good',
        });
        assert.deepEqual(audienceSummary(audience([holder(1, 'verified'), holder(2, 'unverified')])), {
            text: '2 devices can see this: 1 unverified',
            tone: 'warn',
        });
        const kept: Withheld = { ...device(3), trust: 'unverified', reason: 'notCrossSigned' };
        assert.deepEqual(audienceSummary(audience([holder(1, 'verified')], [kept])), {
            text: '1 device can see this: verified · 1 kept out',
            tone: 'warn',
        });
    });
});
