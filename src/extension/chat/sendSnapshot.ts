/**
 * "Send Snapshot…": sends a picture of the watched share, which the person crops in its tab. Or it sends the selection
 * of the editor as a code file. A teammate can read, search and save such a file, but not a picture of text.
 */
import { posix } from 'node:path';
import * as vscode from 'vscode';
import { lastLineOf, placeMessage } from './editorMessages.ts';
import { HushError } from '../../core/base/errors.ts';
import { codeFileName } from './codeFile.ts';
import type { ViewerTab } from '../../core/session/state.ts';
import { plainName } from '../shell/plainText.ts';
import { assertText, editorOf, pathOf } from './chatCommands.ts';
import { signedIn, type ActionContext } from '../shell/actionContext.ts';
import { showQuickPick } from '../shell/dialogs.ts';

interface Choice extends vscode.QuickPickItem {
    readonly run: () => Promise<void> | void;
}

export async function sendSnapshot(context: ActionContext): Promise<void> {
    const { orchestrator } = signedIn(context);
    const viewerTabs = [...orchestrator.state.viewerTabs.values()].filter(isWatched);
    const editor = vscode.window.activeTextEditor;
    const choices: Choice[] = viewerTabs.map((tab) => ({
        label: `${plainName(tab.sharerName)}’s screen`,
        description: plainName(tab.roomName),
        run() {
            context.chat.assertWritable(tab.target.roomId);
            context.viewerCommand(tab.id, tab.generation, 'snapshot');
        },
    }));
    if (editor && !editor.selection.isEmpty)
        choices.push({
            label: `Selected lines of ${plainName(posix.basename(editor.document.uri.path))}`,
            description: 'as a file of code',
            run: () => sendLines(context, editorOf(context)),
        });
    if (choices.length === 0)
        throw new HushError(
            'file.nothingToSend',
            'There is nothing to take a snapshot of. Open a teammate’s screen with "Hush: View Share…", or select some code.',
        );
    const placeHolder = 'Of what?';
    const chosen =
        choices.length === 1 ? choices[0] : await showQuickPick(choices, { title: 'Send Snapshot', placeHolder });
    await chosen?.run();
}

/** Sends the selected lines, or the line of the cursor. */
export async function sendSelectionFile(context: ActionContext): Promise<void> {
    await sendLines(context, editorOf(context));
}

function isWatched({ phase }: ViewerTab): boolean {
    return phase === 'live' || phase === 'frozen' || phase === 'reconnecting';
}

async function sendLines(context: ActionContext, { document, selection }: vscode.TextEditor): Promise<void> {
    const { start, end } = selection;
    const last = lastLineOf(start, end);
    const lines = new vscode.Range(start.line, 0, last, document.lineAt(last).text.length);
    const [from, to] = [start.line + 1, last + 1];
    const name = codeFileName(posix.basename(document.uri.path) || 'untitled.txt', from, to);
    const text = document.getText(lines);
    assertText(text);
    const caption = placeMessage(pathOf(document), from, to);
    await context.chat.sendBytes(Buffer.from(`${text}\n`), name, { caption, text: true });
}
