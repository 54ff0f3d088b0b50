/** What the commands work with. */
import type * as vscode from 'vscode';
import type { ChatView } from '../chat/chatView.ts';
import { HushError } from '../errors.ts';
import type { Account } from '../account.ts';
import type { Log } from '../log.ts';
import type { Orchestrator } from '../session/orchestrator.ts';
import type { ViewTarget } from '../session/state.ts';
import type { WorkspaceFolders } from '../session/workspaceRooms.ts';
import type { Model, TreeNode } from '../views/viewModel.ts';

export interface ActionContext {
    readonly log: Log;
    readonly extensionUri: vscode.Uri;
    readonly model: Model;
    readonly account: Account | undefined;
    readonly orchestrator: Orchestrator | undefined;
    readonly workspace: WorkspaceFolders;
    readonly chat: Pick<ChatView, 'open' | 'assertWritable' | 'send' | 'sendFiles' | 'sendBytes'>;
    readonly configuration: () => vscode.WorkspaceConfiguration;
    /** Lets the person choose, in the tab of this view, what to send of its picture. */
    cropShare(viewId: string, generation: number): void;
    mapWorkspace(roomId: string, folder?: string): Promise<void>;
    unmapWorkspace(): Promise<void>;
    /** The screen that a row of the tree stands for. */
    targetOfRow(rowId: string): ViewTarget | undefined;
    /** The row of the tree that was chosen last. */
    selectedRow(): Pick<TreeNode, 'id' | 'context'> | undefined;
    /** Accounts are known here besides the active one. */
    readonly otherAccounts: boolean;
    /** Brings the tab of our share to the front. */
    revealShare(): void;
}

/** The signed-in account and its session core. Throws `account.notSignedIn`. */
export function signedIn(context: ActionContext): { account: Account; orchestrator: Orchestrator } {
    const { account, orchestrator } = context;
    if (!account || !orchestrator) {
        throw new HushError('account.notSignedIn', 'You are not signed in. Run "Hush: Sign In" first.');
    }
    return { account, orchestrator };
}
