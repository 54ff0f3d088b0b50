/** Commands about the chat: open it, and send text from the editor. */
import { posix } from 'node:path';
import * as vscode from 'vscode';
import { lastLineOf, problemMessage, selectionMessage, type Problem } from './editorMessages.ts';
import { HushError } from '../../core/base/errors.ts';
import { signedIn, type ActionContext, joinedRooms } from '../shell/actionContext.ts';
import { refused } from '../rooms/refusals.ts';
import { pickRoom, roomIdOf, type RoomArgument } from '../rooms/pickRoom.ts';
import { showQuickPick } from '../shell/dialogs.ts';

export async function openChat(context: ActionContext, argument: RoomArgument): Promise<void> {
    signedIn(context);
    const roomId = roomIdOf(argument) ?? (await pickRoom(context, 'Open Chat', 'chat'));
    if (roomId === undefined) return;
    const room = joinedRooms(context).find((r) => r.roomId === roomId);
    if (!room) throw new HushError('room.notFound', 'You are not in this room any more.');
    if (await refused(context, room, 'chat')) return;
    await context.chat.open(roomId);
}

/** Sends the selection, or the line of the cursor. */
export function sendSelection(context: ActionContext): void {
    const { document, selection } = editorOf(context);
    const whole = document.lineAt(selection.active.line).range;
    const range = selection.isEmpty ? whole : selection;
    const endLine = lastLineOf(range.start, range.end);
    // Start at the beginning of the line, so that the first line keeps its indentation like the others.
    const from = document.getText(new vscode.Range(range.start.with({ character: 0 }), range.start));
    const text = (from.trim() === '' ? from : '') + document.getText(range);
    assertText(text);
    const place = { path: pathOf(document), line: range.start.line + 1, language: document.languageId };
    context.chat.send(selectionMessage(place, endLine + 1, text));
}

/** Sends the problem at the cursor. Asks if its line has several, or none. */
export async function sendProblem(context: ActionContext): Promise<void> {
    const { document, selection } = editorOf(context);
    const all = vscode.languages
        .getDiagnostics(document.uri)
        .toSorted((a, b) => a.severity - b.severity || a.range.start.compareTo(b.range.start));
    if (all.length === 0) throw new HushError('chat.nothingToSend', 'VS Code reports no problem in this file.');
    const at = all.filter((d) => d.range.contains(selection.active));
    const onLine = all.filter((d) => d.range.start.line === selection.active.line);
    const choices = at.length > 0 ? at : onLine.length > 0 ? onLine : all;
    const chosen = choices.length === 1 ? choices[0] : await pickProblem(choices);
    if (chosen) context.chat.send(problemMessage(problemOf(document, chosen)));
}

async function pickProblem(choices: readonly vscode.Diagnostic[]): Promise<vscode.Diagnostic | undefined> {
    const picked = await showQuickPick(
        choices.map((diagnostic) => ({
            label: diagnostic.message.split('\n')[0] ?? '',
            description: `line ${diagnostic.range.start.line + 1}`,
            diagnostic,
        })),
        { title: 'Send Problem to Session', placeHolder: 'Which one?', matchOnDescription: true },
    );
    return picked?.diagnostic;
}

const SEVERITIES = ['Error', 'Warning', 'Information', 'Hint'] as const;

function problemOf(
    document: vscode.TextDocument,
    { message, severity, range, source, code }: vscode.Diagnostic,
): Problem {
    const number = typeof code === 'object' ? code.value : code;
    return {
        path: pathOf(document),
        line: range.start.line + 1,
        column: range.start.character + 1,
        language: document.languageId,
        severity: SEVERITIES[severity] ?? 'Error',
        message,
        from: [source, number].filter((part) => part !== undefined && part !== '').join(' '),
        code: document.lineAt(range.start.line).text,
    };
}

/** @throws HushError `account.notSignedIn`, `chat.noRoom`, `room.forbidden`, `chat.nothingToSend`. */
export function editorOf(context: ActionContext): vscode.TextEditor {
    signedIn(context);
    context.chat.assertWritable();
    const editor = vscode.window.activeTextEditor;
    if (!editor) throw new HushError('chat.nothingToSend', 'Open a file and select what you want to send.');
    return editor;
}

/** @throws HushError `chat.nothingToSend` */
export function assertText(text: string): void {
    if (text.trim() === '')
        throw new HushError('chat.nothingToSend', 'There is nothing to send: select some code first.');
}

/** Outside of the workspace only the file name is sent. Other people must not learn the folders of this machine. */
export function pathOf({ uri }: vscode.TextDocument): string {
    const inside = vscode.workspace.getWorkspaceFolder(uri) !== undefined;
    return inside ? vscode.workspace.asRelativePath(uri, false) : posix.basename(uri.path) || 'untitled';
}
