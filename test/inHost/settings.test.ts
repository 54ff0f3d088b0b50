import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { readSetting, settings, shareSettings, type SettingKey } from '../../src/extension/manifest/config.ts';

describe('the settings', () => {
    it('have the defaults of the table', () => {
        const configuration = vscode.workspace.getConfiguration();
        for (const [key, value] of Object.entries(settings)) {
            assert.deepEqual(configuration.inspect(key)?.defaultValue, value, key);
            assert.deepEqual(readSetting(configuration, key as SettingKey), value, key);
        }
    });

    it('that name a server cannot be set by a workspace, which may be a stranger’s', async () => {
        for (const key of ['hush.homeserver', 'hush.livekit.serviceUrl']) {
            const { Workspace } = vscode.ConfigurationTarget;
            await assert.rejects(
                async () => vscode.workspace.getConfiguration().update(key, 'https://evil.example', Workspace),
                key,
            );
        }
    });

    it('out of range are brought back into it', async () => {
        const configuration = (): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration();
        const { Workspace } = vscode.ConfigurationTarget;
        await configuration().update('hush.share.maxFrameRate', 1_000, Workspace);
        await configuration().update('hush.share.maxBitrate', 'much', Workspace);
        try {
            assert.deepEqual(shareSettings(configuration()), { maxFrameRate: 60, contentHint: 'text', maxBitrate: 0 });
        } finally {
            await configuration().update('hush.share.maxFrameRate', undefined, Workspace);
            await configuration().update('hush.share.maxBitrate', undefined, Workspace);
        }
    });
});
