/** The context that every command gets: the account, the model, the chat and the log. */
import type { RoomSnapshot } from '../../core/rooms/room.ts';

import type * as vscode from 'vscode';
import type { ViewerCommand } from '../../core/share/mediaMessages.ts';
import type { ChangesClaim } from '../../core/changes/changesClaim.ts';
import type { ChatPlace } from '../../core/chat/chatConversation.ts';
import type { CodePointer } from '../../core/chat/codePointer.ts';
import { HushError } from '../../core/base/errors.ts';
import type { Account } from '../../core/account/account.ts';
import type { Log } from '../../core/base/log.ts';
import type { JoinWishes } from '../../core/rooms/joinWishes.ts';
import type { RoomLink } from '../../core/rooms/joinLink.ts';
import type { Orchestrator } from '../../core/session/orchestrator.ts';
import type { ViewerTarget } from '../../core/share/share.ts';
import type { AccountState } from '../../core/account/accountState.ts';
import type { WorkspaceFolders } from '../../core/workspace/workspaceRooms.ts';
import type { Model } from '../../core/app/model.ts';

/** What joining by a link needs beside an account, which may not be there yet. */
interface Joining {
    readonly wishes: JoinWishes;
    /** See `WishFollower`. */
    during<T>(work: () => Promise<T>): Promise<T>;
    answered(roomId: string): Promise<void>;
    /** See `AccountControl`. */
    settled(): Promise<AccountState>;
    signIn(link: RoomLink, agreed: () => void): Promise<boolean | undefined>;
    /** Returns a function that opens a share in the room, or undefined if there is none to watch. */
    viewIn(roomId: string): (() => void) | undefined;
    /** When this share is live, copies a link to its room and tells the person. */
    linkOnceLive(roomId: string, shareId: string): void;
}

/** How data from memory is sent as a file. */
export interface SendHow {
    readonly caption?: string;
    /** It is text. */
    readonly text?: boolean;
    /** It is a patch, and this is said about it. */
    readonly changes?: ChangesClaim;
}

/** What commands do with the chat. */
interface ChatDesk {
    open(roomId: string): Promise<void>;
    assertWritable(roomId?: string): void;
    send(markdown: string): void;
    /** As `send`, and the others’ editors show the lines. */
    point(markdown: string, pointer: CodePointer): void;
    target(): ChatPlace;
    sendFiles(uris: readonly vscode.Uri[]): Promise<void>;
    sendBytes(bytes: Uint8Array, name: string, how?: SendHow & { readonly roomId?: string }): Promise<void>;
}

/** See `SecretShield`. */
interface SecretShieldDesk {
    begin(): Promise<void>;
    showAnyway(): Promise<void>;
}

/** Pointing in code. */
export interface PointerDesk {
    pointHere(): Promise<void>;
    /** Opens the lines that somebody points at. */
    goTo(): Promise<void>;
    /** What is shown stays until it is removed. */
    keep(): void;
    remove(): void;
}

export interface ActionContext {
    readonly log: Log;
    readonly extensionUri: vscode.Uri;
    readonly model: Model;
    readonly account: Account | undefined;
    readonly orchestrator: Orchestrator | undefined;
    readonly workspace: WorkspaceFolders;
    readonly chat: ChatDesk;
    readonly configuration: () => vscode.WorkspaceConfiguration;
    /** Runs a tool of the picture in the tab of this view. */
    viewerCommand(tabId: string, generation: number, command: ViewerCommand): void;
    readonly joining: Joining;
    readonly shield: SecretShieldDesk;
    readonly pointers: () => Promise<PointerDesk>;
    mapWorkspace(roomId: string, folder?: string): Promise<void>;
    unmapWorkspace(): Promise<void>;
    /** Returns the share that the tree row stands for. */
    targetOfRow(rowId: string): ViewerTarget | undefined;
    /** Returns the tree row that the person selected last. */
    selectedRow(): { readonly id: string; readonly context: string } | undefined;
    /** This machine knows other accounts besides the active one. */
    readonly otherAccounts: boolean;
    /** Brings the sharing tab to the front. */
    revealShare(): void;
}

/** Returns the signed-in account and its session core. Throws `account.notSignedIn`. */
export function signedIn(context: ActionContext): { account: Account; orchestrator: Orchestrator } {
    const { account, orchestrator } = context;
    if (!account || !orchestrator) {
        throw new HushError('account.notSignedIn', 'You are not signed in. Run "Hush: Sign In" first.');
    }
    return { account, orchestrator };
}

export function joinedRooms(context: ActionContext): RoomSnapshot[] {
    return context.model.rooms.filter((room) => room.membership === 'join');
}
