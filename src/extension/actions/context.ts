/** What the commands work with. */
import type * as vscode from 'vscode';
import type { ViewerCommand } from '../../webview/protocol/messages.ts';
import type { ChatView } from '../chat/chatView.ts';
import { HushError } from '../errors.ts';
import type { Account } from '../account.ts';
import type { Log } from '../log.ts';
import type { JoinWishes } from '../joining/joinWishes.ts';
import type { RoomLink } from '../rooms/joinLink.ts';
import type { Orchestrator } from '../session/orchestrator.ts';
import type { ViewTarget } from '../session/state.ts';
import type { AccountState } from '../session/types.ts';
import type { WorkspaceFolders } from '../session/workspaceRooms.ts';
import type { Model, TreeNode } from '../views/viewModel.ts';

/** What joining by a link needs beside an account, which may not be there yet. */
export interface Joining {
    readonly wishes: JoinWishes;
    /** See `WishFollower`. */
    during<T>(work: () => Promise<T>): Promise<T>;
    answered(roomId: string): Promise<void>;
    /** See `AccountControl`. */
    settled(): Promise<AccountState>;
    signIn(link: RoomLink, agreed: () => void): Promise<boolean | undefined>;
    /** Once this share is live, a link to its room is in the clipboard, and the person is told. */
    linkOnceLive(roomId: string, shareId: string): void;
}

export interface ActionContext {
    readonly log: Log;
    readonly extensionUri: vscode.Uri;
    readonly model: Model;
    readonly account: Account | undefined;
    readonly orchestrator: Orchestrator | undefined;
    readonly workspace: WorkspaceFolders;
    readonly chat: Pick<ChatView, 'open' | 'assertWritable' | 'send' | 'sendFiles' | 'sendBytes'>;
    readonly configuration: () => vscode.WorkspaceConfiguration;
    /** Does what a tool over the picture does, in the tab of this view. */
    viewerCommand(viewId: string, generation: number, command: ViewerCommand): void;
    readonly joining: Joining;
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
