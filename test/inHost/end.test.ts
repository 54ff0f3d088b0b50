import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { commands } from '../../src/extension/manifest/commands.ts';
import { EXTENSION_ID } from './results.ts';

describe('the end', () => {
    it('deactivating leaves no command and no server, also when done twice', async () => {
        const folder = vscode.extensions.getExtension(EXTENSION_ID)?.extensionPath ?? '';
        const main = createRequire(__filename)(join(folder, 'dist/main.cjs')) as { deactivate(): Promise<void> };
        const servers = (): number =>
            process.getActiveResourcesInfo().filter((name) => name === 'TCPServerWrap').length;
        const before = servers();
        await main.deactivate();
        await main.deactivate();
        assert.equal(servers(), before);
        const known = await vscode.commands.getCommands(true);
        assert.deepEqual(
            Object.values(commands).filter((id) => known.includes(id)),
            [],
        );
    });
});
