/** Shows in our editor what the person whom we follow has selected, with their name. */
import * as vscode from 'vscode';
import { personColour } from '../../core/sideChannel/personColour.ts';
import type { Place } from '../../core/sideChannel/sideMessages.ts';
import { plainName } from '../shell/plainText.ts';

export interface ShownSelection extends vscode.Disposable {
    show(editor: vscode.TextEditor, place: Place): void;
}

export function createShownSelection(userId: string, name: string): ShownSelection {
    const { line, label } = personColour(userId);
    const selected = vscode.window.createTextEditorDecorationType({
        backgroundColor: new vscode.ThemeColor('editor.selectionHighlightBackground'),
        border: `1px solid ${line}`,
        overviewRulerColor: line,
        overviewRulerLane: vscode.OverviewRulerLane.Full,
    });
    const cursor = vscode.window.createTextEditorDecorationType({
        rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
        after: { color: '#ffffff', backgroundColor: label, margin: '0 0 0 2ch' },
    });
    let shownIn: vscode.TextEditor | undefined;
    const clear = (): void => {
        for (const type of [selected, cursor]) shownIn?.setDecorations(type, []);
        shownIn = undefined;
    };
    return {
        show(editor, { selection }) {
            if (shownIn !== editor) clear();
            if (!selection) return clear();
            shownIn = editor;
            const { document } = editor;
            const start = document.validatePosition(new vscode.Position(...selection.start));
            const end = document.validatePosition(new vscode.Position(...selection.end));
            const lineEnd = document.lineAt(end.line).range.end;
            editor.setDecorations(selected, [new vscode.Range(start, end)]);
            editor.setDecorations(cursor, [
                {
                    range: new vscode.Range(lineEnd, lineEnd),
                    renderOptions: { after: { contentText: ` ${plainName(name)} ` } },
                },
            ]);
        },
        dispose() {
            selected.dispose();
            cursor.dispose();
        },
    };
}
