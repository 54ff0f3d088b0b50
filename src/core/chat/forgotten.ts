/** People who signed out while the chat's page was closed. The page keeps drafts, so it is told when it opens. */
import * as v from 'valibot';
import type { WorkspaceState } from './chatMemory.ts';

export interface Forgotten {
    /** `open`: a page is open and hears it now. */
    note(userId: string, open: boolean): void;
    /** A page opened and can be told. */
    opened(): void;
}

const KEY = 'chat.forgotten';
const MAX = 20;

export function createForgotten(memento: Omit<WorkspaceState, 'keys'>, tell: (userId: string) => void): Forgotten {
    const list = (): readonly string[] => {
        const parsed = v.safeParse(v.array(v.string()), memento.get(KEY));
        return parsed.success ? parsed.output : [];
    };
    return {
        note(userId, open) {
            if (open) return tell(userId);
            void memento.update(KEY, [...new Set([...list(), userId])].slice(-MAX));
        },
        opened() {
            for (const userId of list()) tell(userId);
            if (list().length > 0) void memento.update(KEY, undefined);
        },
    };
}
