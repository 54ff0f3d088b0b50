import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { describeSettings, shareSettings } from '../../../src/extension/manifest/config.ts';

const reader = (values: Record<string, unknown>): { get(key: string): unknown } => ({ get: (key) => values[key] });

describe('settings', () => {
    it('are described by what differs from the defaults', () => {
        assert.equal(describeSettings(reader({ 'hush.transport': 'auto' })), '{}');
        assert.equal(describeSettings(reader({ 'hush.transport': 'mesh' })), '{"hush.transport":"mesh"}');
    });

    it('of the wrong type count as unset', () => {
        assert.equal(describeSettings(reader({ 'hush.mesh.relayOnly': 'yes' })), '{}');
    });

    it('reach the capture page within its limits', () => {
        const { maxFrameRate, maxBitrate } = shareSettings(
            reader({ 'hush.share.maxFrameRate': 1_000, 'hush.share.maxBitrate': -5 }),
        );
        assert.deepEqual({ maxFrameRate, maxBitrate }, { maxFrameRate: 60, maxBitrate: 0 });
    });
});
