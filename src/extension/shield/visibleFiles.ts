/** What the editors of a window show now: text, both sides of a diff, notebooks, images, peeks. No vscode in here. */
import type { Uri, window } from 'vscode';

type SeenWindow = Pick<typeof window, 'tabGroups' | 'visibleTextEditors' | 'visibleNotebookEditors'>;
export type FileUri = Pick<Uri, 'scheme' | 'path' | 'fsPath'>;

export interface VisibleFiles {
    readonly uris: readonly FileUri[];
    /** Labels of visible tabs that name no file, such as previews. */
    readonly labels: readonly string[];
}

/** How deep the files of a tab can be. A multi-file diff has a list of pairs. */
const MAX_DEPTH = 3;

export function visibleFiles({ tabGroups, visibleTextEditors, visibleNotebookEditors }: SeenWindow): VisibleFiles {
    const uris = new Map<string, FileUri>();
    const see = (uri: FileUri): void => void uris.set(`${uri.scheme} ${uri.path}`, uri);
    const labels: string[] = [];
    for (const { activeTab } of tabGroups.all) {
        if (!activeTab) continue;
        const files = urisIn(activeTab.input, MAX_DEPTH);
        for (const file of files) see(file);
        if (files.length === 0) labels.push(activeTab.label);
    }
    // Also editors within others: peeks, diffs, and cells.
    for (const { document } of visibleTextEditors) see(document.uri);
    for (const { notebook } of visibleNotebookEditors) see(notebook.uri);
    return { uris: [...uris.values()], labels };
}

/** Each kind of tab names its files in its own fields, and new kinds come with new versions of VS Code. */
function urisIn(value: unknown, depth: number): FileUri[] {
    if (typeof value !== 'object' || value === null || depth < 0) return [];
    if (isUri(value)) return [value];
    return Object.values(value).flatMap((field) => urisIn(field, depth - 1));
}

function isUri(value: object): value is FileUri {
    return (
        'scheme' in value &&
        typeof value.scheme === 'string' &&
        'path' in value &&
        typeof value.path === 'string' &&
        'fsPath' in value &&
        typeof value.fsPath === 'string'
    );
}
