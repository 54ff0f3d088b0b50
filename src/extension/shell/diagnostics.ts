/** **Hush: Show Diagnostics**: a read-only document to copy into an issue. It contains no secret. */
import * as os from 'node:os';
import * as vscode from 'vscode';
import type { Model } from '../../core/app/model.ts';
import { redact } from '../../core/base/log.ts';
import type { Vault } from '../../core/account/vault.ts';

const SCHEME = 'hush-diagnostics';

export interface DiagnosticsSource {
    readonly extension: vscode.Extension<unknown>;
    model(): Model;
    vault(): Promise<Vault>;
    /** Lines about the account: homeserver, SFU, stores. */
    account(): Promise<readonly (readonly [string, string])[]>;
    /** ms that `activate()` took. */
    activationMs(): number;
}

async function lines(source: DiagnosticsSource): Promise<(readonly [string, string])[]> {
    const { extension } = source;
    const { account, rooms, session } = source.model();
    const vault = await source.vault();
    const manifest = extension.packageJSON as { version: string };
    return [
        [
            'Hush',
            `${manifest.version} (${extension.extensionKind === vscode.ExtensionKind.UI ? 'on this machine' : 'remote'})`,
        ],
        [
            'VS Code',
            `${vscode.version} (${vscode.env.appHost}${vscode.env.remoteName === undefined ? '' : `, remote ${vscode.env.remoteName}`})`,
        ],
        ['Node', `${process.versions.node} on ${os.type()} ${os.release()} ${os.arch()}`],
        ['Activation', `${source.activationMs().toFixed(1)} ms`],
        ['Account', account.kind === 'signedOut' ? 'signed out' : `${account.userId}, ${account.kind}`],
        ['Secrets', vault.kind === 'keychain' ? 'system keychain' : `VS Code secret storage (${vault.reason})`],
        ['Rooms', `${rooms.length}, of which ${rooms.filter((r) => r.encrypted).length} encrypted`],
        ['Capture', session.share ? `${session.share.location}, ${session.share.phase}` : 'not sharing'],
        ['Tabs', [...session.viewerTabs.values()].map((v) => v.phase).join(', ') || 'none'],
        ...(await source.account()),
    ];
}

/** Registers the provider of the document. `show` opens a new one. */
export function registerDiagnostics(source: DiagnosticsSource): { show(): Promise<void> } & vscode.Disposable {
    let text = '';
    const provider = vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
        provideTextDocumentContent: () => text,
    });
    let counter = 0;
    return {
        async show() {
            const rows = await lines(source);
            const width = Math.max(...rows.map(([name]) => name.length));
            text = redact(rows.map(([name, value]) => `${`${name}:`.padEnd(width + 2)}${value}`).join('\n'));
            const uri = vscode.Uri.parse(`${SCHEME}:Hush Diagnostics ${++counter}.txt`);
            await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
        },
        dispose: () => provider.dispose(),
    };
}
