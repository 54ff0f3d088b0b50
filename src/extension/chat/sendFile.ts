/** The command that sends files. */
import * as vscode from 'vscode';
import { signedIn, type ActionContext } from '../shell/actionContext.ts';

/**
 * `argument` and `selected` come from the explorer's menu: the clicked file, and the whole selection with it. Without
 * them Hush asks the person.
 */
export async function sendFile(context: ActionContext, argument: unknown, selected: unknown): Promise<void> {
    signedIn(context);
    context.chat.assertWritable();
    const uris = given(argument, selected) ?? (await ask());
    if (uris && uris.length > 0) await context.chat.sendFiles(uris);
}

function given(argument: unknown, selected: unknown): readonly vscode.Uri[] | undefined {
    const all = Array.isArray(selected) && selected.length > 0 ? selected : [argument];
    const uris = all.filter((one): one is vscode.Uri => one instanceof vscode.Uri);
    return uris.length > 0 ? uris : undefined;
}

async function ask(): Promise<readonly vscode.Uri[] | undefined> {
    const open = vscode.window.activeTextEditor?.document.uri;
    return vscode.window.showOpenDialog({
        canSelectMany: true,
        openLabel: 'Send',
        title: 'Send File to Hush Session',
        ...(open?.scheme === 'file' ? { defaultUri: open } : {}),
    });
}
