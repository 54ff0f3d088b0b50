/** How a failure is shown: its sentence, with the log one click away. */
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

/** An error of a command: its sentence, and the log one click away. */
export async function showFailure(text: string): Promise<void> {
    await withLog(showErrorMessage, text);
}
