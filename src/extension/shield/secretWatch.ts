/** Watches the editors of this window for files with secrets. A bundle of its own, loaded before the first share. */
import { realpath } from 'node:fs/promises';
import * as vscode from 'vscode';
import { DisposableScope, type Disposable } from '../../core/base/disposable.ts';
import type { Log } from '../../core/base/log.ts';
import { readSecretRule, type SecretRule } from '../../core/shield/secretFiles.ts';
import { readSetting, secretPatterns } from '../manifest/config.ts';
import { createSecretsInView } from './secretsInView.ts';
import { visibleFiles } from './visibleFiles.ts';

export interface SecretWatch extends Disposable {
    /** For a new share: says again what is visible. What was shown anyway is hidden again. */
    begin(): void;
    /** Shows what is visible now until it is out of view. */
    allow(): void;
}

export interface SecretWatchOptions {
    readonly configuration: () => vscode.WorkspaceConfiguration;
    readonly seen: (names: readonly string[]) => void;
    readonly log: Log;
}

export function watchSecrets({ configuration, seen, log }: SecretWatchOptions): SecretWatch {
    const scope = new DisposableScope();
    const secrets = createSecretsInView({
        realPath: async ({ fsPath }) => vscode.Uri.file(await realpath(fsPath)).path,
        seen,
    });
    const read = (): SecretRule => {
        const settings = configuration();
        const on = readSetting(settings, 'hush.shield.enabled');
        const next = readSecretRule(on ? secretPatterns(settings) : []);
        if (next.unreadable.length > 0) log.warn(`hush.shield.patterns: cannot be read: ${next.unreadable.join(' ')}`);
        return next;
    };
    let rule = read();
    const look = (): void => secrets.look(visibleFiles(vscode.window), rule);
    const { window } = vscode;
    for (const event of [
        window.tabGroups.onDidChangeTabs,
        window.tabGroups.onDidChangeTabGroups,
        window.onDidChangeVisibleTextEditors,
        window.onDidChangeVisibleNotebookEditors,
        window.onDidChangeActiveTextEditor,
        vscode.workspace.onDidRenameFiles,
    ] as readonly vscode.Event<unknown>[])
        scope.add(event(look));
    scope.add(
        vscode.workspace.onDidChangeConfiguration((change) => {
            if (!change.affectsConfiguration('hush.shield')) return;
            rule = read();
            look();
        }),
    );
    look();
    return { begin: secrets.begin, allow: secrets.allow, dispose: () => scope.dispose() };
}
