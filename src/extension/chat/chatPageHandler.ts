/** Does what the chat page asks: in the editor, with files, or in the conversation. */
import * as vscode from 'vscode';
import type { ChatHostMessage, ChatPageMessage } from '../../core/chat/chatPageMessages.ts';
import type { Conversation } from '../../core/chat/chatConversation.ts';
import { createPlaceAnswers } from '../../core/chat/placeAnswers.ts';
import { userMessage } from '../../core/base/errors.ts';
import type { Log } from '../../core/base/log.ts';
import { commands } from '../manifest/commands.ts';
import { showFailure } from '../shell/failure.ts';
import type { ChatChanges } from './chatChanges.ts';
import type { LazyChatFiles } from './lazyChatFiles.ts';

export interface ChatPageHandlerOptions {
    readonly conversation: Conversation;
    readonly files: LazyChatFiles;
    readonly received: ChatChanges;
    readonly post: (message: ChatHostMessage) => void;
    /** The page has loaded. */
    readonly onReady: () => void;
    /** The page needs the whole state again. */
    readonly onAgain: () => void;
    readonly log: Log;
}

export function createChatPageHandler(options: ChatPageHandlerOptions): (message: ChatPageMessage) => void {
    const { conversation, files, received, post, log } = options;
    const answerPlaces = createPlaceAnswers({
        find: async (paths) => (await import('./chatDesk.ts')).existingPaths(paths),
        answer: (asked, found) => post({ type: 'chat.places', asked, found }),
        onError: (error) => log.warn('Hush could not look for the files that messages name', error),
    });
    return (message) => {
        switch (message.type) {
            case 'chat.ready':
                return options.onReady();
            case 'chat.again':
                return options.onAgain();
            case 'chat.picture':
            case 'chat.enlarge':
            case 'chat.save':
            case 'chat.attach':
            case 'chat.file':
            case 'chat.shrunk':
                return files.use((all) => all.hear(message));
            case 'chat.changes':
            case 'chat.changesAct':
                return received.hear(message);
            case 'chat.open':
                return void import('./chatDesk.ts')
                    .then(({ openReference }) => openReference(message))
                    .catch((error: unknown) => showFailure(userMessage(error, 'Opening the file')));
            case 'chat.places':
                return void answerPlaces(message.paths);
            case 'chat.copy':
                return void vscode.env.clipboard.writeText(message.text);
            case 'chat.action':
                return void vscode.commands.executeCommand(
                    message.name === 'startSession' ? commands.startSession : commands.openChat,
                );
            case 'chat.log':
                return log.warn(`chat page: ${message.text}`);
            default:
                conversation.handle(message);
        }
    };
}
