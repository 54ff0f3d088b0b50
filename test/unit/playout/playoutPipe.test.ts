import { afterEach, beforeEach, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { createPlayoutPipe, type PlayoutPipe } from '../../../src/livekit/browser/playout/playoutPipe.ts';
import { fakeWebCodecs, type FakePicture, type FakeWebCodecs } from './fakeWebCodecs.ts';

const KEY_PLACEHOLDER = 255;
const DELTA_PLACEHOLDER = 254;

describe('the playout of one track', () => {
    let codecs: FakeWebCodecs;
    let pipe: PlayoutPipe;
    /** First bytes of the frames that WebRTC's pipeline got. */
    let handedOn: number[];
    let modes: string[];
    let requests: number;
    let now = 0;

    beforeEach(() => {
        mock.timers.enable({ apis: ['setTimeout'] });
        now = 0;
        mock.method(performance, 'now', () => now);
        codecs = fakeWebCodecs();
        [handedOn, modes, requests] = [[], [], 0];
        pipe = make();
    });
    afterEach(() => {
        pipe.close();
        codecs.restore();
        mock.restoreAll();
        mock.timers.reset();
    });
    const make = (options: { immediate?: boolean; codec?: string } = {}): PlayoutPipe =>
        createPlayoutPipe({
            codec: () => options.codec ?? 'video/VP8',
            period: Number.POSITIVE_INFINITY,
            immediate: options.immediate ?? true,
            handOn: async ({ data }) => void handedOn.push(new Uint8Array(data)[0] ?? -1),
            requestKeyFrame: () => void requests++,
            onMode: (mode, reason) => modes.push(reason === undefined ? mode : `${mode}: ${reason}`),
        });
    const elapse = (ms: number): void => {
        now += ms;
        mock.timers.tick(ms);
    };
    /** The content of a frame is its number. */
    const receive = (number: number, key = false, numbered = true): Promise<void> => {
        const data = new Uint8Array([number]).buffer;
        const frame = { type: key ? 'key' : 'delta', timestamp: number * 3_000, data } as const;
        return pipe.receive({ ...frame }, numbered ? number : undefined, now);
    };
    const keyFrame = (number: number): Promise<void> => receive(number, true);

    it('decodes each frame at once, and hands on a placeholder in its place', async () => {
        await keyFrame(0);
        await receive(1);
        await receive(2);
        assert.deepEqual(codecs.decoded, [0, 1, 2]);
        assert.deepEqual(handedOn, [KEY_PLACEHOLDER, DELTA_PLACEHOLDER, DELTA_PLACEHOLDER]);
        assert.deepEqual(modes, ['immediate']);
        assert.equal(requests, 0);
    });
    it('shows the newest picture when the page gives its track late', async () => {
        await keyFrame(0);
        await receive(1);
        const shown: FakePicture[] = [];
        pipe.sink(new WritableStream({ write: (frame) => void shown.push(frame as unknown as FakePicture) }));
        await receive(2);
        await Promise.resolve();
        assert.deepEqual(
            shown.map((p) => p.content),
            [1, 2],
        );
        assert.deepEqual(
            codecs.pictures.map((p) => p.closed),
            [true, false, false],
        );
    });
    it('leaves frames without a number to the browser', async () => {
        await receive(0, true, false);
        await receive(1);
        assert.deepEqual([codecs.decoded, handedOn, modes], [[], [0, 1], ['buffered: noNumbers']]);
    });
    it('leaves the picture to the browser when the sender stops to number its frames', async () => {
        await keyFrame(0);
        for (let i = 1; i <= 16; i++) await receive(i, false, false);
        assert.deepEqual(codecs.decoded, [0]);
        await receive(17, true, false);
        assert.deepEqual(modes, ['immediate', 'buffered: noNumbers']);
        assert.equal(handedOn.at(-1), 17);
    });
    for (const [what, prepare] of [
        ['of an unknown codec', () => (pipe = make({ codec: 'video/H264' }))],
        ['that this browser cannot decode', () => (codecs.supported = false)],
    ] as const)
        it(`leaves frames ${what} to the browser`, async () => {
            prepare();
            await keyFrame(0);
            assert.deepEqual([codecs.decoded, handedOn, modes], [[], [0], ['buffered: codec']]);
        });

    it('waits for a missing frame, then asks for a key frame, again until it comes', async () => {
        await keyFrame(0);
        await receive(2);
        await receive(3);
        assert.deepEqual(codecs.decoded, [0]);
        elapse(149);
        assert.equal(requests, 0);
        elapse(1);
        assert.equal(requests, 1);
        assert.equal(pipe.stats().catchingUp, true);
        elapse(300);
        elapse(300);
        assert.equal(requests, 3);
        await receive(4); // its reference is missing
        await keyFrame(5);
        await receive(6);
        assert.deepEqual(codecs.decoded, [0, 5, 6]);
        assert.equal(pipe.stats().catchingUp, false);
        elapse(5_000);
        assert.equal(requests, 3);
    });
    it('waits as long as three round trips', async () => {
        pipe.roundTrip(100);
        await keyFrame(0);
        await receive(2);
        elapse(299);
        assert.equal(requests, 0);
        await receive(1);
        assert.deepEqual(codecs.decoded, [0, 1, 2]);
        elapse(1_000);
        assert.equal(requests, 0);
    });
    it('asks for a key frame when the decoder fails, and shows no picture until then', async () => {
        await keyFrame(0);
        codecs.failAt = 1;
        await receive(1);
        await receive(2);
        assert.equal(requests, 1);
        assert.deepEqual(codecs.decoded, [0]);
        await keyFrame(3);
        assert.deepEqual(codecs.decoded, [0, 3]);
    });
    for (const [reason, break_] of [
        [
            'errors',
            async (n: number) => {
                await keyFrame(n);
                codecs.failAt = n + 1;
                await receive(n + 1);
            },
        ],
        [
            'gaps',
            async (n: number) => {
                await keyFrame(n);
                await receive(n + 2);
                elapse(200);
            },
        ],
    ] as const)
        it(`leaves the picture to the browser, from a key frame on, after many ${reason}`, async () => {
            for (let i = 0; i < 5; i++) await break_(i * 4);
            handedOn = [];
            await receive(21);
            assert.deepEqual(handedOn, [DELTA_PLACEHOLDER], 'the browser cannot begin here');
            await keyFrame(22);
            await receive(23);
            assert.deepEqual(handedOn, [DELTA_PLACEHOLDER, 22, 23]);
            assert.deepEqual(modes, ['immediate', `buffered: ${reason}`]);
        });
    it('leaves the picture to the browser when the decoder stays behind', async () => {
        codecs.queue = 30;
        await keyFrame(0);
        for (let i = 1; i < 5; i++) {
            elapse(600);
            await receive(i);
        }
        await keyFrame(5);
        assert.deepEqual(modes, ['immediate', 'buffered: slow']);
    });
    it('decodes nothing while hidden, and asks for a key frame when seen again', async () => {
        await keyFrame(0);
        pipe.hidden(true);
        await receive(1);
        await keyFrame(2);
        assert.deepEqual(codecs.decoded, [0]);
        assert.equal(pipe.stats().frames, 3, 'skipped frames count, because nothing is wrong');
        pipe.hidden(false);
        assert.equal(requests, 1);
        await receive(3);
        await keyFrame(4);
        assert.deepEqual(codecs.decoded, [0, 4]);
        assert.deepEqual(handedOn.length, 5);
    });
    it('changes between both players with a key frame only, as the person wants', async () => {
        pipe = make({ immediate: false });
        await keyFrame(0);
        assert.deepEqual(handedOn, [0]);
        pipe.immediate(true);
        assert.equal(requests, 1);
        await receive(1);
        await keyFrame(2);
        await receive(3);
        pipe.immediate(false);
        await receive(4);
        await keyFrame(5);
        assert.deepEqual(handedOn, [0, 1, KEY_PLACEHOLDER, DELTA_PLACEHOLDER, DELTA_PLACEHOLDER, 5]);
        assert.deepEqual(modes, ['buffered: wanted', 'immediate', 'buffered: wanted']);
    });
    for (const [what, change] of [
        ['the person wants smooth motion', () => pipe.immediate(false)],
        [
            'frames lost their numbers',
            async () => {
                for (let i = 1; i <= 16; i++) await receive(i, false, false);
            },
        ],
    ] as const)
        it(`asks for no more key frames once the browser’s player has begun, because ${what}`, async () => {
            await keyFrame(0);
            await change();
            elapse(300);
            assert.ok(requests >= 1);
            await receive(50, true, false);
            const asked = requests;
            elapse(5_000);
            assert.equal(requests, asked);
        });
    it('asks for no more key frames when what was wished cannot be done', async () => {
        await receive(0, true, false);
        pipe.immediate(false);
        await receive(1, true, false);
        pipe.immediate(true);
        await receive(2, true, false);
        const asked = requests;
        elapse(5_000);
        assert.equal(requests, asked);
    });
    it('waits for each missing frame for a time of its own', async () => {
        await keyFrame(0);
        await receive(2); // 1 is missing
        elapse(120);
        await receive(4); // 3 is missing
        elapse(10);
        await receive(1);
        elapse(50);
        assert.equal(requests, 0, '3 was missed 60 ms ago');
        await receive(3);
        assert.deepEqual(codecs.decoded, [0, 1, 2, 3, 4]);
    });
    it('starts with a new track where the browser uses the receiver again', async () => {
        await keyFrame(100);
        pipe.restart();
        await receive(101);
        await keyFrame(7);
        await receive(8);
        assert.deepEqual(codecs.decoded, [100, 7, 8]);
        assert.deepEqual(modes, ['immediate', 'immediate']);
    });
    it('hands on empty frames, and everything after its end', async () => {
        await pipe.receive({ type: 'empty', timestamp: 0, data: new ArrayBuffer(0) }, undefined, 0);
        await keyFrame(0);
        pipe.close();
        await receive(1);
        assert.deepEqual(handedOn, [-1, KEY_PLACEHOLDER, 1]);
    });
});
