import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';

describe('the account, signed out', () => {
    it('is a provider that VS Code knows, with no account and no session', async () => {
        assert.deepEqual(await vscode.authentication.getAccounts('hush'), []);
        assert.equal(await vscode.authentication.getSession('hush', [], { silent: true }), undefined);
    });

    it('the view can be shown', async () => {
        await vscode.commands.executeCommand('hush.sessions.focus');
    });
});
