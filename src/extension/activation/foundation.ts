/** The foundation of every part: the log, the engine, the keychain, and the storage folder. */
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { DisposableScope } from '../../core/base/disposable.ts';
import { createLog, type Log } from '../../core/base/log.ts';
import type { Vault } from '../../core/account/vault.ts';
import type { Engine } from '../account/engine.ts';
import { openVault, type Keytar } from '../account/keychainVault.ts';
import { createProcessLock } from '../account/processLock.ts';

export interface Foundation {
    readonly extension: vscode.ExtensionContext;
    readonly scope: DisposableScope;
    readonly channel: vscode.LogOutputChannel;
    readonly log: Log;
    /** A folder of the person, shared by all windows. */
    readonly storage: string;
    configuration(): vscode.WorkspaceConfiguration;
    /** Loads matrix-js-sdk and its crypto on first use. */
    loadEngine(): Promise<Engine>;
    loadVault(): Promise<Vault>;
}

export function createFoundation(extension: vscode.ExtensionContext): Foundation {
    const scope = new DisposableScope();
    const channel = scope.add(vscode.window.createOutputChannel('Hush', { log: true }));
    const log = createLog(channel);
    const storage = extension.globalStorageUri;
    let engine: Promise<Engine> | undefined;
    let vault: Promise<Vault> | undefined;
    // All VS Code installations of the person share the keychain. Each storage folder has its own items.
    const place = createHash('sha256').update(storage.toString()).digest('hex').slice(0, 12);
    return {
        extension,
        scope,
        channel,
        log,
        storage: storage.fsPath,
        configuration: () => vscode.workspace.getConfiguration(),
        loadEngine: () => (engine ??= import('../account/engine.ts')),
        loadVault: () =>
            (vault ??= openVault({
                loadKeytar: () => createRequire(import.meta.url)('./keytar/lib/keytar.js') as Keytar,
                secrets: extension.secrets,
                log,
                lock: createProcessLock({ path: join(storage.fsPath, 'accounts.lock'), log }),
                service: `Hush (${place})`,
            })),
    };
}
