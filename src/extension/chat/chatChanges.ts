/** The chat view's way to received changes, whose code is loaded when the first card is shown. */
import * as vscode from 'vscode';
import type { Account } from '../../core/account/account.ts';
import type { Model } from '../../core/app/model.ts';
import type { ChangesMessage, ChangesShown } from '../../core/chat/changesMessages.ts';
import type { Conversation } from '../../core/chat/chatConversation.ts';
import { HushError } from '../../core/base/errors.ts';
import type { Log } from '../../core/base/log.ts';
import type { ReceivedChanges } from '../changes/receivedChanges.ts';

export interface ChatChanges {
    hear(message: ChangesMessage): void;
    forget(): void;
    dispose(): void;
}

export interface ChatChangesOptions {
    readonly conversation: Conversation;
    readonly account: () => Account | undefined;
    readonly model: () => Model | undefined;
    readonly storage: vscode.Uri;
    readonly post: (message: ChangesShown) => void;
    readonly log: Log;
}

export function createChatChanges(options: ChatChangesOptions): ChatChanges {
    const { conversation, account, model, storage, post, log } = options;
    let desk: Promise<ReceivedChanges> | undefined;
    const messageOf = (key: string) => conversation.shown.messages.find((message) => message.key === key);
    const open = async (): Promise<ReceivedChanges> => {
        const { createReceivedChanges } = await import('../changes/changesDesk.ts');
        return createReceivedChanges({
            files() {
                const files = account()?.files;
                if (files) return files;
                throw new HushError('account.notSignedIn', 'You are not signed in. Run "Hush: Sign In" first.');
            },
            fileOf: (key) => messageOf(key)?.file ?? undefined,
            senderOf: (key) => messageOf(key)?.name ?? '',
            linksOf: (roomId) => model()?.rooms.find((room) => room.roomId === roomId)?.workspaces ?? [],
            folder: vscode.Uri.joinPath(storage, 'changes').fsPath,
            post,
            log,
        });
    };
    const withDesk = (work: (desk: ReceivedChanges) => void): void =>
        void (desk ??= open()).then(work, (error: unknown) => {
            // The next card tries again.
            desk = undefined;
            log.error('The part of Hush for changes was not loaded', error);
        });
    return {
        hear: (message) => withDesk((all) => all.hear(message)),
        forget: () => {
            if (desk) withDesk((all) => all.forget());
        },
        dispose: () => {
            if (desk) withDesk((all) => all.dispose());
        },
    };
}
