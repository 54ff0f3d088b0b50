import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { STRICT_DELAY_MS } from '../../../src/core/shield/strictDelay.ts';
import { describeSettings, secretPatterns, shareSettings } from '../../../src/extension/manifest/config.ts';

const reader = (values: Record<string, unknown>): { get(key: string): unknown } => ({ get: (key) => values[key] });

describe('settings', () => {
    it('are described by what differs from the defaults', () => {
        assert.equal(describeSettings(reader({ 'hush.transport': 'auto' })), '{}');
        assert.equal(describeSettings(reader({ 'hush.transport': 'mesh' })), '{"hush.transport":"mesh"}');
    });

    it('of the wrong type count as unset', () => {
        assert.equal(describeSettings(reader({ 'hush.mesh.relayOnly': 'yes' })), '{}');
    });

    it('of Secret Shield: pictures wait in strict mode only, and patterns are texts', () => {
        const delay = (values: Record<string, unknown>) => shareSettings(reader(values)).delayMs;
        assert.equal(delay({}), undefined);
        assert.equal(delay({ 'hush.shield.mode': 'instant' }), undefined);
        assert.equal(delay({ 'hush.shield.mode': 'strict' }), STRICT_DELAY_MS);
        assert.equal(delay({ 'hush.shield.mode': 'strict', 'hush.shield.enabled': false }), undefined);
        assert.deepEqual(secretPatterns(reader({ 'hush.shield.patterns': ['a', 1, null] })), ['a']);
        assert.ok(secretPatterns(reader({ 'hush.shield.patterns': 'a' })).includes('.env*'));
    });

    it('reach the capture page within its limits', () => {
        const { maxFrameRate, maxBitrate } = shareSettings(
            reader({ 'hush.share.maxFrameRate': 1_000, 'hush.share.maxBitrate': -5 }),
        );
        assert.deepEqual({ maxFrameRate, maxBitrate }, { maxFrameRate: 60, maxBitrate: 0 });
    });
});
