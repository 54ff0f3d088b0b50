/** Shows a failure as a sentence, with a button for the log. */
import * as vscode from 'vscode';
import { commands } from '../manifest/commands.ts';
import { showErrorMessage } from './dialogs.ts';

export async function withLog(
    show: (text: string, ...items: string[]) => Thenable<string | undefined>,
    text: string,
): Promise<void> {
    const log = 'Show Log';
    if ((await show(text, log)) === log) await vscode.commands.executeCommand(commands.showLog);
}

/** Shows the error of a command, with a button for the log. */
export async function showFailure(text: string): Promise<void> {
    await withLog(showErrorMessage, text);
}
