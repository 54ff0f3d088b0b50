/** What the chat stores with the workspace, per user ID. */
import type { Log } from '../base/log.ts';
import type { Waiting } from './outbox.ts';
import { chatMemoryKeys, type ChatMemory } from './personChat.ts';

/** VS Code's memento of the workspace. */
export interface WorkspaceState {
    keys(): readonly string[];
    get(key: string): unknown;
    update(key: string, value: unknown): PromiseLike<void>;
}
export interface WorkspaceChatMemory extends ChatMemory {
    /** User IDs for which something is stored. */
    readonly people: readonly string[];
    /** Files of unsent messages, of any person, whichever account is open. */
    readonly paths: readonly string[];
}

/** `onOutbox`: the unsent messages changed. */
export function createChatMemory(memento: WorkspaceState, onOutbox: () => void, log: Log): WorkspaceChatMemory {
    const keyOf = (userId: string, key: string): string => `chat.${key}:${userId}`;
    const peopleOf = (key: string): string[] => {
        const start = keyOf('', key);
        return memento.keys().flatMap((found) => (found.startsWith(start) ? found.slice(start.length) : []));
    };
    return {
        get: (userId, key) => memento.get(keyOf(userId, key)),
        set(userId, key, value) {
            void memento
                .update(keyOf(userId, key), value)
                .then(undefined, (error: unknown) => log.warn('The state of the chat was not kept', error));
            if (key === 'outbox') onOutbox();
        },
        get people() {
            return [...new Set(chatMemoryKeys.flatMap(peopleOf))];
        },
        get paths() {
            return peopleOf('outbox').flatMap((userId) => {
                const outbox = memento.get(keyOf(userId, 'outbox'));
                const waiting = Array.isArray(outbox) ? (outbox as readonly (Waiting | null)[]) : [];
                return waiting.flatMap((w) => (w?.written?.kind === 'file' ? [w.written.path] : []));
            });
        },
    };
}
