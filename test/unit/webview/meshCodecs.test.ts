import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { createEncodeWatch, mayUseAv1, orderCodecs } from '../../../src/webview/mesh/codecs.ts';

const codecs = ['video/VP8', 'video/rtx', 'video/H264', 'video/AV1', 'video/VP9'].map((mimeType) => ({ mimeType }));
const order = (av1: boolean): string[] => orderCodecs(codecs, av1).map((c) => c.mimeType);

describe('the codec of a direct share', () => {
    it('is AV1 where it may be, else VP8; every other stays as a way out', () => {
        assert.deepEqual(order(true).slice(0, 2), ['video/AV1', 'video/VP8']);
        assert.equal(order(false)[0], 'video/VP8');
        assert.equal(order(true).length, codecs.length);
    });

    it('is not AV1 for many viewers, each of whom costs an encoder', () => {
        assert.ok(mayUseAv1(true, 2));
        assert.ok(!mayUseAv1(true, 3));
        assert.ok(!mayUseAv1(false, 1));
    });

    it('gives AV1 up when encoding is too slow for three samples in a row', () => {
        const slow = (n: number) => ({ totalEncodeTime: n, framesEncoded: n * 20, framesPerSecond: 20 }); // 50 ms of 50 ms
        const watch = createEncodeWatch();
        assert.deepEqual(
            [1, 2, 3, 4].map((n) => watch(slow(n), 1)),
            [false, false, false, true],
        );
    });

    it('counts the encoders of all viewers, and forgives one slow moment', () => {
        const fast = (n: number) => ({ totalEncodeTime: n * 0.3, framesEncoded: n * 20, framesPerSecond: 20 }); // 15 ms of 50 ms
        const one = createEncodeWatch();
        assert.ok([1, 2, 3, 4, 5].every((n) => !one(fast(n), 1)));
        const three = createEncodeWatch();
        assert.ok([1, 2, 3, 4].map((n) => three(fast(n), 3)).at(-1));
    });
});
