/** The account's conversations and their files. Each reads and writes messages of the other. */
import type { ChatPort } from '../../core/chat/chatPort.ts';
import type { FilesPort } from '../../core/files/filesPort.ts';
import type { Log } from '../../core/base/log.ts';
import type { OpenMatrixClient } from '../sdk/client.ts';
import { createChat } from './matrixChat.ts';
import { createFiles } from '../files/matrixFiles.ts';
import type { Fetch } from '../requests/matrixHttp.ts';

export interface ConversationOptions {
    readonly client: Pick<OpenMatrixClient, 'sdk' | 'lookUpDevices'>;
    readonly baseUrl: string;
    /** Adds the account's token. */
    readonly fetch: Fetch;
    readonly now: () => number;
    readonly log: Log;
}

export interface Conversations {
    readonly chat: ChatPort;
    readonly files: FilesPort;
    dispose(): void;
}

export function createConversations({ client, baseUrl, fetch, now, log }: ConversationOptions): Conversations {
    const chat = createChat(client.sdk, client.lookUpDevices, log);
    const files = createFiles({
        server: { baseUrl, fetch },
        contentOf: (...args) => chat.contentOf(...args),
        post: (...args) => chat.post(...args),
        assertPostable: (...args) => chat.assertPostable(...args),
        now,
    });
    return {
        chat,
        files,
        dispose() {
            files.dispose();
            chat.dispose();
        },
    };
}
