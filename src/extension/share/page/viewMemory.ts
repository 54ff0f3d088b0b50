/**
 * What each view tab shows, by its title, beside what the tab itself stores: VS Code in a browser writes a tab's own state
 * seconds late, and a window that reloads before that comes back with a tab that knows nothing. Names only, no secret.
 */
import * as v from 'valibot';
import { storedTarget, type StoredTarget } from '../../../core/share/mediaMessages.ts';

/** The part of vscode.Memento that is used. */
export interface MementoLike {
    get(key: string): unknown;
    update(key: string, value: unknown): PromiseLike<void>;
}

export interface ViewMemory {
    note(sharerName: string, target: StoredTarget): void;
    /** What the tab of this title showed last, if anything. */
    find(title: string): StoredTarget | undefined;
}

const KEY = 'hush.viewTargets';
/** Titles kept; the oldest goes. */
const MOST = 20;

const stored = v.array(v.tuple([v.string(), storedTarget]));

export function viewTitle(sharerName: string): string {
    return `${sharerName}’s screen`;
}

export function createViewMemory(memento: MementoLike): ViewMemory {
    const read = (): v.InferOutput<typeof stored> => {
        const parsed = v.safeParse(stored, memento.get(KEY));
        return parsed.success ? parsed.output : [];
    };
    return {
        note(sharerName, { roomId, userId, deviceId, shareId }) {
            const title = viewTitle(sharerName);
            const target = v.parse(storedTarget, JSON.parse(JSON.stringify({ roomId, userId, deviceId, shareId })));
            const before = read();
            if (JSON.stringify(before.at(-1)) === JSON.stringify([title, target])) return;
            const next = [...before.filter(([known]) => known !== title), [title, target]];
            void memento.update(KEY, next.slice(-MOST));
        },
        find: (title) => read().find(([known]) => known === title)?.[1],
    };
}
