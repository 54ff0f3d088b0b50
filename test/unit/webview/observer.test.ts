import { describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { createObserver } from '../../../src/webview/view/observer.ts';
import type { ReceiverSample } from '../../../src/webview/view/receiverStats.ts';

const scene = {
    connection: 'connected',
    screen: 'encrypted',
    paused: false,
    lost: false,
    steady: false,
    hasKey: true,
} as const;
const sample = (
    at: number,
    packetsReceived: number,
    framesDecoded: number,
    lifeSigns = packetsReceived,
): ReceiverSample => ({
    at,
    packetsReceived,
    framesDecoded,
    lifeSigns,
    bytesReceived: 0,
    framesPerSecond: 0,
    width: 0,
    height: 0,
    codec: '',
    roundTripMs: 0,
    limitation: '',
    catchingUp: false,
});

describe('the observer', () => {
    it('notes since when packets have come without a frame', () => {
        const o = createObserver();
        o.sampled(sample(1_000, 10, 5));
        o.sampled(sample(2_000, 20, 5));
        o.sampled(sample(3_000, 30, 5));
        assert.equal(o.observed(scene).undecodedSince, 2_000);
        o.sampled(sample(4_000, 40, 6));
        assert.equal(o.observed(scene).undecodedSince, undefined);
        assert.equal(o.observed(scene).lastFrameAt, 4_000);
    });
    it('does not call a picture old by counts that are older than it', () => {
        const o = createObserver();
        const late = (at: number) => ({ ...sample(at, at, 5), catchingUp: true });
        o.sampled(sample(1_000, 1_000, 5));
        o.sampled(late(2_000));
        assert.equal(o.observed(scene).catchingUpSince, 2_000);
        o.frameShown(2_900);
        assert.equal(o.observed(scene).catchingUpSince, undefined);
        o.sampled(late(3_000));
        assert.equal(o.observed(scene).catchingUpSince, undefined, 'the counts are from before the picture');
        o.sampled(late(4_000));
        assert.equal(o.observed(scene).catchingUpSince, 4_000);
    });
    it('owes no frame for a still picture', () => {
        const o = createObserver();
        o.sampled(sample(1_000, 10, 5));
        o.sampled(sample(2_000, 11, 5)); // a stray packet, such as padding
        o.sampled(sample(3_000, 11, 5, 99));
        const seen = o.observed(scene);
        assert.deepEqual([seen.undecodedSince, seen.lastPacketAt, seen.lastByteAt], [undefined, 2_000, 3_000]);
    });
    it('forgives a failed key once later frames decode, not for those that were waiting to be shown', () => {
        const o = createObserver();
        o.decryptionFailed('invalidKey', 500);
        assert.equal(o.observed(scene).undecodedSince, 500);
        o.frameShown(900);
        assert.equal(o.observed(scene).failure?.reason, 'invalidKey');
        o.frameShown(1_600);
        assert.equal(o.observed(scene).failure, undefined);
    });
    it('starts anew with another track', () => {
        const o = createObserver();
        o.sampled(sample(1_000, 10, 5));
        o.trackChanged();
        assert.deepEqual([o.observed(scene).lastFrameAt, o.observed(scene).firstPacketAt], [undefined, undefined]);
    });
});
