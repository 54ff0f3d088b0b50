import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { commands } from '../../src/extension/manifest/commands.ts';

/** The open document of that scheme whose text has `pattern`: VS Code fills it after the command has returned. */
function documentWith(scheme: string, pattern: RegExp): Promise<string> {
    return new Promise((resolve) => {
        const look = (): void => {
            const text = vscode.workspace.textDocuments
                .find((d) => d.uri.scheme === scheme && pattern.test(d.getText()))
                ?.getText();
            if (text === undefined) return;
            for (const listener of listeners) listener.dispose();
            resolve(text);
        };
        const listeners = [
            vscode.workspace.onDidOpenTextDocument(look),
            vscode.workspace.onDidChangeTextDocument(look),
        ];
        look();
    });
}

describe('what can be read', () => {
    it('the log has an output channel that tells of the activation', async () => {
        await vscode.commands.executeCommand(commands.showLog);
        const text = await documentWith('output', /activated in/u);
        assert.match(text, /\[info\] activated in [\d.]+ ms/u);
    });

    it('the diagnostics are a document with versions, account, secrets and capture', async () => {
        await vscode.commands.executeCommand(commands.showDiagnostics);
        const text = await documentWith('hush-diagnostics', /Hush:/u);
        for (const name of ['Hush', 'VS Code', 'Node', 'Activation', 'Account', 'Secrets', 'Rooms', 'Capture']) {
            assert.match(text, new RegExp(`^${name}:\\s+\\S`, 'mu'));
        }
        assert.match(text, /^Account:\s+signed out$/mu);
    });

    it('the diagnostics are fresh each time', async () => {
        const count = (): number =>
            vscode.workspace.textDocuments.filter((d) => d.uri.scheme === 'hush-diagnostics').length;
        const before = count();
        await vscode.commands.executeCommand(commands.showDiagnostics);
        assert.equal(count(), before + 1);
    });
});
