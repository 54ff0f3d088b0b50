/** Moves this window's editor to where somebody else is, until its person goes elsewhere. */
import * as vscode from 'vscode';
import { DisposableScope, type Disposable } from '../../core/base/disposable.ts';
import type { Log } from '../../core/base/log.ts';
import { follow, type Followed, type FollowEvent, type Following } from '../../core/sideChannel/follow.ts';
import type { Place } from '../../core/sideChannel/sideMessages.ts';
import { commands } from '../manifest/commands.ts';
import { contexts } from '../manifest/contexts.ts';
import { plainName } from '../shell/plainText.ts';
import { firstLineOf, revealVisible, showBeside } from './openPlace.ts';
import { createShownSelection, type ShownSelection } from './shownSelection.ts';

export interface FollowEditor extends Disposable {
    readonly following: Following | undefined;
    /** `userId`: of the person who is followed. */
    start(followed: Followed, userId: string): void;
    tell(event: FollowEvent): void;
    /** Undefined: they are in no file that this window has. */
    show(found: { readonly uri: vscode.Uri; readonly place: Place } | undefined): void;
}

interface Options {
    readonly log: Log;
    /** `before`: who was followed until now. */
    changed(before: Following | undefined): void;
}

export function createFollowEditor({ log, changed }: Options): FollowEditor {
    const scope = new DisposableScope();
    const item = scope.add(vscode.window.createStatusBarItem('hush.following', vscode.StatusBarAlignment.Left, 9));
    item.name = 'Hush: Following';
    item.command = commands.stopFollowing;
    let state: Following | undefined;
    let selection: ShownSelection | undefined;
    /** The newest place that waits until the one before is shown. */
    let next: { readonly uri: vscode.Uri; readonly place: Place } | undefined;
    let showing = false;

    const render = (there: boolean): void => {
        if (!state) return item.hide();
        const name = plainName(state.name);
        item.text = `$(eye) Following ${name}${there ? '' : ' (no file of yours)'}`;
        item.tooltip = `Your editor goes where ${name} goes. Type, scroll or click in an editor, press Escape, or click here to end it.`;
        item.accessibilityInformation = { label: `Following ${name}. Press to end it.`, role: 'button' };
        item.show();
    };
    const tell = (event: FollowEvent): void => {
        const before = state;
        state = follow(state, event);
        if (state?.device === before?.device && state?.page === before?.page) return;
        if (!state) {
            selection?.dispose();
            selection = next = undefined;
        }
        render(true);
        void vscode.commands.executeCommand('setContext', contexts.following, state !== undefined);
        changed(before);
    };
    const showNext = async (): Promise<void> => {
        while (next && state) {
            const { uri, place } = next;
            next = undefined;
            const visible = vscode.window.visibleTextEditors.find((one) => same(one.document.uri, uri));
            const top = visible?.visibleRanges[0]?.start.line ?? 0;
            tell({ type: 'shown', uri: uri.toString(), line: firstLineOf(place), top, at: Date.now() });
            const editor = visible ?? (await showBeside(uri, true));
            if (!state) return;
            if (editor.visibleRanges[0]?.start.line !== firstLineOf(place)) revealVisible(editor, place);
            selection?.show(editor, place);
        }
    };
    const acted = (): void => tell({ type: 'acted' });
    for (const subscription of [
        vscode.window.onDidChangeActiveTextEditor((editor) => {
            if (editor && isCode(editor.document.uri))
                tell({ type: 'chose', uri: editor.document.uri.toString(), at: Date.now() });
        }),
        vscode.window.onDidChangeTextEditorVisibleRanges(({ textEditor, visibleRanges }) => {
            const uri = textEditor.document.uri.toString();
            const top = visibleRanges[0]?.start.line;
            if (top !== undefined) tell({ type: 'scrolled', uri, top, at: Date.now() });
        }),
        vscode.window.onDidChangeTextEditorSelection(({ textEditor, kind }) => {
            const byPerson =
                kind === vscode.TextEditorSelectionChangeKind.Mouse ||
                kind === vscode.TextEditorSelectionChangeKind.Keyboard;
            if (byPerson && isCode(textEditor.document.uri)) acted();
        }),
        vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
            const isTyped = contentChanges.length > 0 && document.isDirty;
            if (isTyped && document === vscode.window.activeTextEditor?.document && isCode(document.uri)) acted();
        }),
    ])
        scope.add(subscription);

    return {
        get following() {
            return state;
        },
        start(followed, userId) {
            selection?.dispose();
            selection = createShownSelection(userId, followed.name);
            tell({ type: 'start', followed });
        },
        tell,
        show(found) {
            render(found !== undefined);
            next = found;
            if (showing || !found) return;
            showing = true;
            showNext()
                .catch((error: unknown) => log.warn('the followed place could not be shown', error))
                .finally(() => {
                    showing = false;
                });
        },
        dispose() {
            selection?.dispose();
            scope.dispose();
        },
    };
}

/** Output channels and the like are written by programs. */
function isCode({ scheme }: vscode.Uri): boolean {
    return scheme !== 'output' && scheme !== 'debug' && scheme !== 'comment';
}

function same(one: vscode.Uri, other: vscode.Uri): boolean {
    return one.toString() === other.toString();
}
