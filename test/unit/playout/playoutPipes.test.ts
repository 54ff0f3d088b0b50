import { afterEach, beforeEach, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { createPlayoutPipes, type PlayoutPipes } from '../../../src/livekit/browser/playout/playoutPipes.ts';
import type { FromWorker } from '../../../src/livekit/browser/playout/playoutMessages.ts';
import { fakeWebCodecs, type FakeWebCodecs } from './fakeWebCodecs.ts';

const OVERHEAD = 30;

/** As livekit-client's worker sees a frame: payload, tag, IV, its length, key index. */
function encryptedFrame(number: number, key: boolean): RTCEncodedVideoFrame {
    const timestamp = 900_000 + number * 3_000;
    const data = new ArrayBuffer(20 + OVERHEAD);
    const view = new DataView(data);
    view.setUint8(0, number);
    view.setUint32(data.byteLength - 6, timestamp - number);
    view.setUint8(data.byteLength - 2, 12);
    return {
        type: key ? 'key' : 'delta',
        timestamp,
        data,
        getMetadata: () => ({ mimeType: 'video/VP8' }),
    } as unknown as RTCEncodedVideoFrame;
}

describe('the encrypted tracks of a media worker', () => {
    let codecs: FakeWebCodecs;
    let pipes: PlayoutPipes;
    let posted: FromWorker[];
    let handedOn: RTCEncodedVideoFrame[];
    beforeEach(() => {
        codecs = fakeWebCodecs();
        [posted, handedOn] = [[], []];
        pipes = createPlayoutPipes((message) => void posted.push(message));
        pipes.message({ kind: 'hush.playout', immediate: true });
    });
    afterEach(() => codecs.restore());

    /** Sends frames through the pipe. `decrypt` stands in for livekit-client's FrameCryptor. */
    const run = async (
        frames: readonly RTCEncodedVideoFrame[],
        decrypt: (frame: RTCEncodedVideoFrame, index: number) => boolean,
        during?: (index: number) => void,
    ): Promise<void> => {
        let index = 0;
        const { readable, writable } = pipes.encrypted('track', 'vp8', {
            readable: new ReadableStream({
                start(controller) {
                    for (const frame of frames) controller.enqueue(frame);
                    controller.close();
                },
            }),
            writable: new WritableStream({ write: (frame) => void handedOn.push(frame) }),
        });
        await readable
            .pipeThrough(
                new TransformStream<RTCEncodedVideoFrame, RTCEncodedVideoFrame>({
                    transform(frame, controller) {
                        during?.(index);
                        if (decrypt(frame, index++)) controller.enqueue(frame);
                    },
                }),
            )
            .pipeTo(writable);
    };
    const decrypted = (frame: RTCEncodedVideoFrame): true => {
        frame.data = frame.data.slice(0, frame.data.byteLength - OVERHEAD);
        return true;
    };

    it('decodes what was decrypted', async () => {
        await run([encryptedFrame(5, true), encryptedFrame(6, false)], decrypted);
        assert.deepEqual(codecs.decoded, [5, 6]);
        assert.deepEqual(
            posted.flatMap((m) => (m.kind === 'hush.mode' ? [m.mode] : [])),
            ['immediate'],
        );
        assert.ok(handedOn.every(({ data }) => data.byteLength === 1));
    });
    it('decodes nothing that kept its encryption, or never had one', async () => {
        await run([encryptedFrame(5, true), encryptedFrame(6, false)], () => true);
        assert.deepEqual(codecs.decoded, []);
    });
    it('decodes no blank frame that the media server puts between decrypted ones', async () => {
        const blank = encryptedFrame(6, false);
        await run([encryptedFrame(5, true), blank, encryptedFrame(6, false)], (frame) => {
            if (frame !== blank) return decrypted(frame);
            frame.data = frame.data.slice(0, 24);
            return true;
        });
        assert.deepEqual(codecs.decoded, [5, 6]);
    });
    it('waits for a frame that could not be decrypted, and decodes nothing that needs it', async () => {
        const frames = [encryptedFrame(5, true), encryptedFrame(6, false), encryptedFrame(7, false)];
        await run(frames, (frame, i) => i !== 1 && decrypted(frame));
        assert.deepEqual(codecs.decoded, [5]);
    });
    it('has no say in a track while the person wants smooth motion', async () => {
        pipes.message({ kind: 'hush.playout', immediate: false });
        await run([encryptedFrame(5, true), encryptedFrame(6, false)], decrypted);
        assert.deepEqual(codecs.decoded, []);
        assert.deepEqual(
            handedOn.map(({ data }) => data.byteLength),
            [20, 20],
        );
    });
    it('asks for a key frame by a frame that nobody can decode, once', async () => {
        const frames = [encryptedFrame(5, true), ...[6, 7, 8, 9].map((n) => encryptedFrame(n, false))];
        await run(frames, decrypted, (i) => {
            if (i !== 2) return;
            pipes.message({ kind: 'hush.hidden', hidden: true });
            pipes.message({ kind: 'hush.hidden', hidden: false });
        });
        const spoilt = handedOn.filter(({ data }) => new Uint8Array(data)[0] === 0);
        assert.equal(spoilt.length, 1);
    });
});
