/** The conversation of the chat view: what it needs of VS Code, of the page and of the files. */
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { Log } from '../../core/base/log.ts';
import { createConversation, type Conversation, type ConversationOptions } from '../../core/chat/chatConversation.ts';
import type { ChatMemory } from '../../core/chat/personChat.ts';
import { readSetting } from '../manifest/config.ts';
import { showWarningMessage } from '../shell/dialogs.ts';
import { showFailure } from '../shell/failure.ts';
import type { ChatWebview } from './chatWebview.ts';
import type { LazyChatFiles } from './lazyChatFiles.ts';

export interface ViewConversationOptions {
    readonly memory: ChatMemory;
    readonly files: LazyChatFiles;
    readonly page: ChatWebview;
    readonly onChange: () => void;
    /** Gets the newest messages of the room each time that they were read. */
    readonly onRead: ConversationOptions['onRead'];
    readonly log: Log;
}

export function createViewConversation(options: ViewConversationOptions): Conversation {
    const { memory, files, page, onChange, onRead, log } = options;
    return createConversation({
        memory,
        now: Date.now,
        newTxnId: () => `hush.${randomUUID()}`,
        files: {
            send: async (...args) => (await files.load()).sender.send(...args),
            cancel: (txnId) => files.use(({ sender }) => sender.cancel(txnId)),
        },
        after: (ms, work) => void setTimeout(work, ms),
        watching: () => page.view?.visible === true && vscode.window.state.focused,
        tells: tellsOthers,
        confirmDelete,
        onChange,
        onRead,
        // Send it after the conversation that contains the message.
        onFound: (key) => void setImmediate(() => page.post({ type: 'chat.goTo', key })),
        onProblem(text) {
            if (page.view?.visible) page.post({ type: 'chat.problem', text: text.slice(0, 1_000) });
            else void showFailure(text);
        },
        log,
    });
}

/** What the person lets others know. */
function tellsOthers(): { typing: boolean; receipts: boolean } {
    const configuration = vscode.workspace.getConfiguration();
    return {
        typing: readSetting(configuration, 'hush.chat.sendTyping'),
        receipts: readSetting(configuration, 'hush.chat.sendReadReceipts'),
    };
}

async function confirmDelete(): Promise<boolean> {
    const choice = await showWarningMessage(
        'Delete this message for everybody?',
        { modal: true, detail: 'Other people may have read it, and their clients may have kept it.' },
        'Delete',
    );
    return choice === 'Delete';
}
