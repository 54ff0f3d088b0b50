/** Keeps the conversation at the open account and the chosen room. */
import type { Account } from '../../core/account/account.ts';
import type { Model } from '../../core/app/model.ts';
import type { Disposable } from '../../core/base/disposable.ts';
import type { Conversation } from '../../core/chat/chatConversation.ts';
import type { ChatHostMessage } from '../../core/chat/chatPageMessages.ts';
import type { ChatChanges } from './chatChanges.ts';
import { chatRoomOf } from './chosenRoom.ts';
import type { LazyChatFiles } from './lazyChatFiles.ts';

export interface ChatAccountOptions {
    readonly account: () => Account | undefined;
    readonly conversation: Conversation;
    readonly files: LazyChatFiles;
    readonly received: ChatChanges;
    readonly post: (message: ChatHostMessage) => void;
}
export interface ChatAccountFollower extends Disposable {
    follow(model: Model | undefined, picked: string | undefined): void;
}

export function followChatAccount(options: ChatAccountOptions): ChatAccountFollower {
    const { account, conversation, files, received, post } = options;
    let followed: Account | undefined;
    let progress: Disposable | undefined;
    const change = (now: Account | undefined): void => {
        progress?.dispose();
        progress = now?.files.onProgress(({ transfer, done, total }) => {
            if (total > 0 && conversation.localPath(transfer) !== undefined)
                post({ type: 'chat.progress', txnId: transfer, done: done / total });
        });
        // The next person must not see the files of the last one.
        if (now?.userId !== followed?.userId) {
            files.useLoaded((all) => all.forget());
            received.forget();
        }
        followed = now;
    };
    return {
        follow(model, picked) {
            const now = account();
            if (now !== followed) change(now);
            const ready = model?.account.kind === 'ready' ? model.account : undefined;
            const open = now && ready?.userId === now.userId ? now : undefined;
            conversation.follow(open, ready?.online === true, open && model && chatRoomOf(model, picked));
        },
        dispose: () => progress?.dispose(),
    };
}
