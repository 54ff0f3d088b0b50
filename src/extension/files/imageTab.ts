/** Shows an image of the conversation in a large tab. The page has no scripts and loads nothing. */
import * as vscode from 'vscode';
import { imageHtml } from './imageHtml.ts';
import { shownName } from '../../core/files/fileName.ts';
import { imageKind } from '../../core/files/imageKind.ts';

export function openImageTab(name: string, bytes: Uint8Array, extensionUri: vscode.Uri): void {
    const kind = imageKind(bytes);
    if (!kind) return;
    const dist = vscode.Uri.joinPath(extensionUri, 'dist');
    const panel = vscode.window.createWebviewPanel(
        'hush.image',
        shownName(name).slice(0, 60),
        vscode.ViewColumn.Active,
        {
            enableScripts: false,
            localResourceRoots: [dist],
        },
    );
    const { webview } = panel;
    webview.html = imageHtml({
        name: shownName(name),
        kind,
        base64: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'),
        cspSource: webview.cspSource,
        styleUri: webview.asWebviewUri(vscode.Uri.joinPath(dist, 'chat.css')).toString(),
    });
}
