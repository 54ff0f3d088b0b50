/** Reads where the active editor is in its repository, and hears when that may have changed. */
import * as vscode from 'vscode';
import { DisposableScope } from '../../core/base/disposable.ts';
import type { Log } from '../../core/base/log.ts';
import type { Place } from '../../core/sideChannel/sideMessages.ts';
import { gitApi, type GitRepository } from '../workspace/git.ts';
import { behindLinks, isIgnored } from './behindLinks.ts';
import { mayTell, mayTellPath } from './mayTell.ts';

interface OwnPlace {
    readonly repository: GitRepository;
    readonly place: Place;
}

export interface OwnPlaceReader extends vscode.Disposable {
    /** Undefined: the editor is outside of the workspace's repositories, or its file may not be told. */
    read(): Promise<OwnPlace | undefined>;
}

export function createOwnPlaceReader(changed: () => void, log: Log): OwnPlaceReader {
    const scope = new DisposableScope();
    const watched = new Set<GitRepository>();
    /** Whether git ignores a file, by its paths. Each question starts a process. */
    const ignored = new Map<string, boolean>();
    const forgetIgnored = (): void => {
        ignored.clear();
        changed();
    };
    const watch = (repository: GitRepository): void => {
        if (watched.has(repository)) return;
        watched.add(repository);
        scope.add(repository.state.onDidChange(forgetIgnored));
    };
    const ignores = async (repository: GitRepository, paths: readonly string[]): Promise<boolean> => {
        const key = paths.join('\0');
        const known = ignored.get(key);
        if (known !== undefined) return known;
        const answer = await isIgnored(repository, paths, log);
        ignored.set(key, answer);
        return answer;
    };
    const active = (): vscode.TextEditor | undefined => vscode.window.activeTextEditor;
    const isActive = (uri: vscode.Uri): boolean => active()?.document.uri.toString() === uri.toString();
    for (const subscription of [
        vscode.window.onDidChangeActiveTextEditor(changed),
        vscode.window.onDidChangeTextEditorVisibleRanges(({ textEditor }) => textEditor === active() && changed()),
        vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => textEditor === active() && changed()),
        vscode.workspace.onDidChangeTextDocument(({ document }) => isActive(document.uri) && changed()),
        vscode.workspace.onDidSaveTextDocument(({ uri }) =>
            uri.path.endsWith('/.gitignore') ? forgetIgnored() : isActive(uri) && changed(),
        ),
        vscode.languages.onDidChangeDiagnostics(({ uris }) => uris.some(isActive) && changed()),
        vscode.workspace.onDidGrantWorkspaceTrust(changed),
        vscode.workspace.onDidChangeWorkspaceFolders(changed),
        vscode.workspace.onDidChangeConfiguration((change) => change.affectsConfiguration('hush') && changed()),
    ])
        scope.add(subscription);

    return {
        async read() {
            const editor = active();
            const uri = editor?.document.uri;
            if (!editor || uri?.scheme !== 'file' || !vscode.workspace.getWorkspaceFolder(uri) || !mayTell(uri))
                return undefined;
            const repository = (await gitApi())?.getRepository(uri);
            if (!repository) return undefined;
            watch(repository);
            const found = await behindLinks(repository.rootUri.fsPath, uri.fsPath, mayTellPath);
            if (!found || (await ignores(repository, found.below))) return undefined;
            return { repository, place: placeOf(editor, repository, found.path) };
        },
        dispose: () => scope.dispose(),
    };
}

function placeOf(editor: vscode.TextEditor, { state }: GitRepository, path: string): Place {
    const { document, selection, visibleRanges } = editor;
    const { mergeChanges, indexChanges, workingTreeChanges, untrackedChanges = [] } = state;
    const changes = [...mergeChanges, ...indexChanges, ...workingTreeChanges, ...untrackedChanges];
    const of = (severity: vscode.DiagnosticSeverity): number =>
        vscode.languages.getDiagnostics(document.uri).filter((one) => one.severity === severity).length;
    const { anchor, active } = selection;
    return {
        path,
        commit: state.HEAD?.commit ?? null,
        changed: changes.some(({ uri }) => uri.fsPath === document.uri.fsPath),
        unsaved: document.isDirty,
        visible: { start: visibleRanges[0]?.start.line ?? 0, end: visibleRanges.at(-1)?.end.line ?? 0 },
        selection: { start: [anchor.line, anchor.character], end: [active.line, active.character] },
        problems: { errors: of(vscode.DiagnosticSeverity.Error), warnings: of(vscode.DiagnosticSeverity.Warning) },
    };
}
