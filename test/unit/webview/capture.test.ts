import fc from 'fast-check';
import { describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { classifyCaptureError } from '../../../src/webview/capture/captureError.ts';
import {
    captureOptions,
    changedBitrate,
    chooseBitrate,
    steadyConstraints,
} from '../../../src/webview/capture/encoding.ts';
import { bitRate, readReceiver } from '../../../src/webview/view/receiverStats.ts';

const settings = { maxFrameRate: 30, contentHint: 'text', maxBitrate: 0 } as const;

describe('capturing', () => {
    it('gives 4 Mbit/s at 720p, 6 at 1080p and more above, within bounds', () => {
        assert.equal(chooseBitrate(1280, 720), 4_000_000);
        assert.equal(chooseBitrate(1920, 1080), 6_000_000);
        assert.equal(chooseBitrate(3840, 2160), 16_000_000);
        fc.assert(
            fc.property(fc.nat(8_000), fc.nat(5_000), fc.nat(500), (w, h, more) =>
                assert.ok(chooseBitrate(w + more, h) >= chooseBitrate(w, h)),
            ),
        );
    });
    it('asks for the full size of the source, which browsers else scale down, also when the frame rate is set', () => {
        const size = { width: { ideal: 8_192 }, height: { ideal: 8_192 } };
        assert.deepEqual(captureOptions(settings).video, { ...size, frameRate: { max: 30 } });
        assert.deepEqual(steadyConstraints(settings), { ...size, frameRate: { min: 15, max: 30 } });
    });
    it('changes the bit rate with the size, and not for a few pixels', () => {
        assert.equal(changedBitrate(4_000_000, 1_920, 1_080), 6_000_000);
        assert.equal(changedBitrate(6_000_000, 1_280, 720), 4_000_000);
        assert.equal(changedBitrate(6_000_000, 1_920, 1_000), undefined);
        assert.equal(changedBitrate(4_000_000, 200, 100), undefined);
    });
    it('never asks for a least frame rate above the most', () => {
        fc.assert(
            fc.property(fc.integer({ min: 1, max: 60 }), (maxFrameRate) => {
                const { frameRate } = steadyConstraints({ ...settings, maxFrameRate });
                assert.ok(typeof frameRate === 'object' && (frameRate.min ?? 0) <= (frameRate.max ?? 0));
            }),
        );
    });
    it('tells a refusal from a missing click and from a browser that cannot', () => {
        assert.equal(classifyCaptureError('NotAllowedError', true).reason, 'denied');
        assert.equal(classifyCaptureError('NotAllowedError', false).reason, 'unsupported');
        assert.equal(classifyCaptureError('InvalidStateError', true).reason, 'needsGesture');
        assert.equal(classifyCaptureError('TypeError', true).reason, 'unsupported');
        assert.equal(classifyCaptureError('SomethingNew', true).reason, 'failed');
    });
});

describe('receiver statistics', () => {
    const report = (stats: readonly Record<string, unknown>[]) => new Map(stats.map((s) => [String(s['id']), s]));
    it('reads the inbound video and the selected pair', () => {
        const read = readReceiver(
            report([
                { id: 'a', type: 'inbound-rtp', kind: 'audio', packetsReceived: 99 },
                {
                    id: 'v',
                    type: 'inbound-rtp',
                    kind: 'video',
                    packetsReceived: 7,
                    bytesReceived: 1000,
                    framesDecoded: 3,
                    framesPerSecond: 15,
                    frameWidth: 640,
                    frameHeight: 360,
                    codecId: 'c',
                },
                { id: 'c', type: 'codec', mimeType: 'video/VP8' },
                {
                    id: 'p',
                    type: 'candidate-pair',
                    nominated: true,
                    currentRoundTripTime: 0.0123,
                    responsesReceived: 4,
                },
            ]),
            500,
        );
        assert.deepEqual(read, {
            at: 500,
            packetsReceived: 7,
            bytesReceived: 1000,
            framesDecoded: 3,
            framesPerSecond: 15,
            width: 640,
            height: 360,
            codec: 'VP8',
            roundTripMs: 12,
            lifeSigns: 4,
            limitation: '',
            catchingUp: false,
        });
    });
    it('never takes placeholders for the picture', () => {
        const of = (frameWidth: number, frameHeight = frameWidth) =>
            report([{ id: 'v', type: 'inbound-rtp', kind: 'video', framesDecoded: 90, frameWidth, frameHeight }]);
        const stats = {
            frames: 4,
            keyFrames: 1,
            held: 0,
            gaveUp: 0,
            errors: 0,
            keyFrameRequests: 0,
            width: 1280,
            height: 720,
            framesPerSecond: 3,
            decodeMs: 2,
            catchingUp: false,
        };
        assert.equal(readReceiver(of(16), 0, { mode: 'immediate', stats: undefined }), undefined, 'before a count');
        assert.equal(readReceiver(of(16), 0, { mode: 'buffered', stats: undefined }), undefined, 'after a change');
        assert.equal(readReceiver(of(16), 0), undefined);
        assert.equal(readReceiver(of(1280, 720), 0, { mode: 'buffered', stats: undefined })?.framesDecoded, 90);
        assert.equal(readReceiver(of(16, 720), 0)?.width, 16, 'a very narrow picture');
        const { width, framesDecoded } = readReceiver(of(16), 0, { mode: 'immediate', stats }) ?? {};
        assert.deepEqual({ width, framesDecoded }, { width: 1280, framesDecoded: 4 });
    });
    it('knows nothing without inbound video', () => assert.equal(readReceiver(report([]), 0), undefined));
    it('counts bits by time, and none after a reset', () => {
        const at = (ms: number, bytesReceived: number) => ({
            ...readReceiver(report([{ id: 'v', type: 'inbound-rtp', kind: 'video' }]), ms)!,
            bytesReceived,
        });
        assert.equal(bitRate(at(0, 0), at(2_000, 1_000)), 4_000);
        assert.equal(bitRate(at(0, 5_000), at(1_000, 10)), 0);
        assert.equal(bitRate(undefined, at(0, 0)), 0);
    });
});
