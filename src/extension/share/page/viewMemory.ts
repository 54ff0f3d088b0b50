/**
 * Remembers the target of each viewer tab by its title, in addition to the tab's own state. VS Code in a browser writes
 * the tab's state seconds late. If the window reloads before that, the tab knows nothing. Contains names only, no
 * secret.
 */
import * as v from 'valibot';
import { storedTarget, type StoredTarget } from '../../../core/share/mediaMessages.ts';

/** The part of vscode.Memento that Hush uses. */
export interface MementoLike {
    get(key: string): unknown;
    update(key: string, value: unknown): PromiseLike<void>;
}

export interface ViewMemory {
    note(sharerName: string, target: StoredTarget): void;
    /** Returns the last target of the tab with this title, if any. */
    find(title: string): StoredTarget | undefined;
}

const KEY = 'hush.viewTargets';
/** Number of titles to keep. The oldest is dropped. */
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
