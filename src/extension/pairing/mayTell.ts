/** Whether others may learn that this file is open. */
import * as vscode from 'vscode';
import { mayTellName } from '../../core/sideChannel/repositoryPath.ts';

export function mayTell(uri: vscode.Uri): boolean {
    return mayTellName(vscode.workspace.asRelativePath(uri, false));
}
