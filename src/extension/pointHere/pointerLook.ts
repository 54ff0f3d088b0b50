/** How a pointer looks in an editor: coloured lines, and the person's name behind the first. */
import * as vscode from 'vscode';
import type { FreshPointer } from '../../core/chat/freshPointers.ts';
import { commands } from '../manifest/commands.ts';
import { plainName } from '../shell/plainText.ts';

export interface PointerLook extends vscode.Disposable {
    draw(editor: vscode.TextEditor, pointers: readonly LookedAt[]): void;
}

export interface LookedAt extends FreshPointer {
    /** The commit that is checked out here. Null: unknown. */
    readonly commitHere: string | null;
}

export function createPointerLook(): PointerLook {
    const strong = new vscode.ThemeColor('hush.pointerForeground');
    const soft = new vscode.ThemeColor('hush.pointerBackground');
    const lines = vscode.window.createTextEditorDecorationType({
        isWholeLine: true,
        backgroundColor: soft,
        borderColor: strong,
        borderStyle: 'solid',
        borderWidth: '0 0 0 3px',
        overviewRulerColor: strong,
        overviewRulerLane: vscode.OverviewRulerLane.Full,
    });
    const name = vscode.window.createTextEditorDecorationType({
        after: { color: strong, backgroundColor: soft, margin: '0 0 0 2em', fontWeight: 'bold' },
    });
    return {
        draw(editor, pointers) {
            const ranges = pointers.map((one) => ({ one, range: linesOf(editor.document, one) }));
            editor.setDecorations(
                lines,
                ranges.map(({ one, range }) => ({ range, hoverMessage: hoverOf(one) })),
            );
            editor.setDecorations(
                name,
                ranges.map(({ one, range }) => {
                    const { end } = editor.document.lineAt(range.start.line).range;
                    const contentText = `\u00A0${plainName(one.name)} points here\u00A0`;
                    return { range: new vscode.Range(end, end), renderOptions: { after: { contentText } } };
                }),
            );
        },
        dispose() {
            lines.dispose();
            name.dispose();
        },
    };
}

/** Lines that the document has, even if it is shorter here. */
export function linesOf(document: vscode.TextDocument, { pointer }: FreshPointer): vscode.Range {
    const last = document.lineCount - 1;
    const end = document.lineAt(Math.min(pointer.to - 1, last)).range.end;
    return new vscode.Range(new vscode.Position(Math.min(pointer.from - 1, last), 0), end);
}

/** The name stays text: only the two links can be clicked. */
function hoverOf({ name, pointer: { commit }, commitHere }: LookedAt): vscode.MarkdownString {
    const hover = new vscode.MarkdownString();
    hover.isTrusted = { enabledCommands: [commands.keepPointers, commands.removePointers] };
    hover.appendText(`${plainName(name)} points here.`);
    if (commit !== null && commitHere !== null && commit !== commitHere)
        hover.appendText(` Their commit differs (${commit.slice(0, 8)}), so their lines may differ, too.`);
    return hover.appendMarkdown(
        `\n\n[Keep](command:${commands.keepPointers}) | [Remove](command:${commands.removePointers})`,
    );
}
