import fc from 'fast-check';
import { describe, it } from 'mocha';
import assert from 'node:assert/strict';
import {
    DEAD_LINE_MS,
    judge,
    KEY_GRACE_MS,
    STALL_MS,
    STEADY_SILENCE_MS,
    type Observed,
} from '../../../src/webview/view/viewHealth.ts';

const live: Observed = {
    connection: 'connected',
    screen: 'encrypted',
    paused: false,
    lost: false,
    steady: false,
    hasKey: true,
    keyChangedAt: 0,
    failure: undefined,
    firstPacketAt: 100,
    lastPacketAt: 10_000,
    lastFrameAt: 10_000,
    undecodedSince: undefined,
    lastByteAt: 10_000,
    catchingUpSince: undefined,
};
const NOW = 10_000;
const state = (change: Partial<Observed>, now = NOW) => judge({ ...live, ...change }, now).state;

describe('catching up after a loss', () => {
    it('is said all the time until a picture comes, and never called live', () => {
        for (const ms of [600, 2_000, 4_000, 20_000])
            assert.deepEqual(
                [state({ catchingUpSince: NOW, undecodedSince: NOW, lastFrameAt: NOW }, NOW + ms)],
                ['frozen'],
                `${ms}`,
            );
    });
    it('is not said before the first picture, nor for a moment', () => {
        assert.equal(state({ catchingUpSince: NOW, lastFrameAt: undefined }, NOW + 600), 'connecting');
        assert.equal(state({ catchingUpSince: NOW }, NOW + 100), 'live');
    });
});

describe('what a viewer is told', () => {
    it('is live while frames decode', () => assert.equal(state({}), 'live'));
    it('follows the connection first', () => {
        assert.equal(state({ connection: 'connecting' }), 'connecting');
        assert.equal(state({ connection: 'reconnecting' }), 'reconnecting');
        assert.equal(state({ connection: 'closed' }), 'failed');
    });
    it('refuses a screen that is announced unencrypted, whatever else is seen', () => {
        fc.assert(
            fc.property(fc.boolean(), fc.boolean(), fc.boolean(), (hasKey, steady, paused) => {
                assert.equal(state({ screen: 'unencrypted', hasKey, steady, paused }), 'unencrypted');
            }),
        );
    });
    it('says that nobody shares', () => assert.equal(state({ screen: 'none' }), 'notSharing'));
    it('waits for a key before anything else of an encrypted screen', () =>
        assert.equal(state({ hasKey: false, lastFrameAt: undefined }), 'waitingForKey'));

    it('is never live before a frame was decoded', () => {
        fc.assert(
            fc.property(
                fc.nat(60_000),
                fc.nat(60_000),
                fc.option(fc.constantFrom('missingKey' as const, 'invalidKey' as const)),
                (since, now, reason) => {
                    const seen = {
                        lastFrameAt: undefined,
                        undecodedSince: since,
                        failure: reason ? { reason, at: since } : undefined,
                    };
                    const told = state(seen, since + now);
                    assert.notEqual(told, 'live');
                },
            ),
        );
    });

    it('gives a key three seconds to fit, then calls it wrong', () => {
        const failing: Partial<Observed> = {
            lastFrameAt: 5_000,
            undecodedSince: 5_100,
            keyChangedAt: 5_000,
            failure: { reason: 'invalidKey', at: 5_200 },
        };
        assert.equal(state(failing, 5_100 + STALL_MS + 1), 'waitingForKey');
        assert.equal(state(failing, 5_100 + KEY_GRACE_MS + 1), 'wrongKey');
    });
    it('starts those three seconds again with a new key', () => {
        const failing: Partial<Observed> = {
            lastFrameAt: undefined,
            undecodedSince: 1_000,
            keyChangedAt: 9_000,
            failure: { reason: 'invalidKey', at: 1_500 },
        };
        assert.equal(state(failing, 9_000 + KEY_GRACE_MS - 1), 'waitingForKey');
        assert.equal(state(failing, 9_000 + KEY_GRACE_MS + 1), 'wrongKey');
    });
    it('goes on waiting for an index that never came', () => {
        assert.equal(
            state(
                {
                    lastFrameAt: undefined,
                    undecodedSince: 1_000,
                    keyChangedAt: 500,
                    failure: { reason: 'missingKey', at: 1_100 },
                },
                100_000,
            ),
            'waitingForKey',
        );
    });

    it('takes silence for a still picture when nothing was promised', () => {
        assert.equal(state({ lastFrameAt: 0, lastPacketAt: 0, lastByteAt: 300_000 }, 300_001), 'live');
    });
    it('takes silence for a freeze when the sharer keeps frames coming', () => {
        assert.equal(state({ steady: true, lastByteAt: NOW + STEADY_SILENCE_MS }, NOW + STEADY_SILENCE_MS - 1), 'live');
        assert.equal(
            state({ steady: true, lastByteAt: NOW + STEADY_SILENCE_MS }, NOW + STEADY_SILENCE_MS + 1),
            'frozen',
        );
    });
    it('takes a dead connection for a freeze', () => assert.equal(state({}, NOW + DEAD_LINE_MS + 1), 'frozen'));
    it('says that the sharer paused or was lost', () => {
        assert.match(judge({ ...live, paused: true }, NOW).detail, /paused/u);
        assert.equal(state({ lost: true }), 'frozen');
    });
    it('says when frames come and cannot be decoded for another reason than the key', () => {
        assert.equal(state({ undecodedSince: NOW - KEY_GRACE_MS - 1 }), 'frozen');
    });
});
