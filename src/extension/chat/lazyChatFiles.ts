/** The part of the chat for files, loaded on first use. */
import type { Log } from '../../core/base/log.ts';
import type { ChatFiles, ChatFilesOptions } from './chatFiles.ts';

export interface LazyChatFiles {
    load(): Promise<ChatFiles>;
    /** Loads it if it is not loaded. A failure is only logged. */
    use(work: (files: ChatFiles) => void): void;
    /** Does nothing if it was never loaded. */
    useLoaded(work: (files: ChatFiles) => void): void;
}

export function createLazyChatFiles(options: () => ChatFilesOptions, log: Log): LazyChatFiles {
    let loading: Promise<ChatFiles> | undefined;
    const load = (): Promise<ChatFiles> =>
        (loading ??= import('./chatDesk.ts').then(({ createChatFiles }) => createChatFiles(options())));
    const use = (work: (files: ChatFiles) => void): void =>
        void load().then(work, (error: unknown) => log.error('The part of Hush for files was not loaded', error));
    return {
        load,
        use,
        useLoaded(work) {
            if (loading) use(work);
        },
    };
}
