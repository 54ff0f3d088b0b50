import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { EXTENSION_ID } from './results.ts';

describe('the end', () => {
    it('deactivating twice is no problem and leaves no server and no timer of Hush', async () => {
        const folder = vscode.extensions.getExtension(EXTENSION_ID)?.extensionPath ?? '';
        const main = createRequire(__filename)(join(folder, 'dist/main.cjs')) as { deactivate(): Promise<void> };
        const servers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'TCPServerWrap').length;
        const before = servers();
        await main.deactivate();
        await main.deactivate();
        assert.equal(servers(), before);
    });
});
