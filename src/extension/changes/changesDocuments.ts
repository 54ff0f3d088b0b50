/** Read-only documents with text that is on no disk: sides of changed files, and patches. */
import { posix } from 'node:path';
import * as vscode from 'vscode';

const SCHEME = 'hush-changes';
/** Characters. Older texts are dropped when there are more. */
const MAX_KEPT = 200_000_000;
const GONE = 'This text is not kept any more. Choose Review again.\n';

export interface ChangesDocuments extends vscode.Disposable {
    /** `path` gives the name and the language. Two texts with one path have two documents. */
    add(path: string, text: string): vscode.Uri;
}

export function createChangesDocuments(): ChangesDocuments {
    const texts = new Map<string, string>();
    let kept = 0;
    let next = 0;
    const registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
        provideTextDocumentContent: ({ query }) => texts.get(query) ?? GONE,
    });
    return {
        add(path, text) {
            const query = String(next++);
            texts.set(query, text);
            kept += text.length;
            for (const [oldest, { length }] of texts) {
                if (kept <= MAX_KEPT || oldest === query) break;
                texts.delete(oldest);
                kept -= length;
            }
            return vscode.Uri.from({ scheme: SCHEME, path: posix.join('/', path), query });
        },
        dispose: () => registration.dispose(),
    };
}
