/** **Hush: Copy My ID**: copies the user ID that a teammate types to invite this person. */
import * as vscode from 'vscode';
import { HushError } from '../../core/base/errors.ts';
import { setStatusBarMessage } from '../shell/dialogs.ts';
import type { ActionContext } from '../shell/actionContext.ts';

/** Works without a connection, because an invitation needs none. Throws `account.notSignedIn`. */
export async function copyMyId({ model: { account } }: ActionContext): Promise<void> {
    if (account.kind === 'signedOut')
        throw new HushError('account.notSignedIn', 'You are not signed in. Run "Hush: Sign In" first.');
    await vscode.env.clipboard.writeText(account.userId);
    setStatusBarMessage('clippy', `${account.userId} is in the clipboard`, 5_000);
}
