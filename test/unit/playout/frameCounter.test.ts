import { describe, it } from 'mocha';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { COUNTER_PERIOD, frameCounter } from '../../../src/livekit/browser/playout/frameCounter.ts';

/** Ends a frame as livekit-client does: tag, IV (SSRC, timestamp, timestamp less counter), IV length, key index. */
function encrypted(timestamp: number, counter: number, payload = 40): ArrayBuffer {
    const data = new ArrayBuffer(payload + 16 + 12 + 2);
    const view = new DataView(data);
    const iv = payload + 16;
    view.setUint32(iv, 0xdeadbeef);
    view.setUint32(iv + 4, timestamp);
    view.setUint32(iv + 8, timestamp - (counter % COUNTER_PERIOD));
    view.setUint8(iv + 12, 12);
    view.setUint8(iv + 13, 7);
    return data;
}

describe('the number of an encrypted frame', () => {
    it('is read from the IV, for any timestamp, also one smaller than the counter', () => {
        fc.assert(
            fc.property(fc.nat({ max: 0xffff_ffff }), fc.nat({ max: 0xff_ffff }), (timestamp, counter) =>
                assert.equal(frameCounter(encrypted(timestamp, counter), timestamp), counter % COUNTER_PERIOD),
            ),
        );
    });
    it('is unknown for a frame that is too short, or has another IV', () => {
        assert.equal(frameCounter(new ArrayBuffer(0), 5), undefined);
        assert.equal(frameCounter(new ArrayBuffer(30), 5), undefined);
        const other = encrypted(5, 1);
        new DataView(other).setUint8(other.byteLength - 2, 16);
        assert.equal(frameCounter(other, 5), undefined);
    });
    it('is unknown when the IV does not belong to the timestamp', () =>
        assert.equal(frameCounter(encrypted(5, 1), 90_000_000), undefined));
});
