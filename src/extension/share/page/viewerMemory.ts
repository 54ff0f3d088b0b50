/**
 * Remembers the target of each viewer tab by its title, in addition to the tab's own state. VS Code in a browser writes
 * the tab's state seconds late. If the window reloads before that, the tab knows nothing. Contains names only, no
 * secret.
 */
import * as v from 'valibot';
import { sameFields } from '../../../core/base/sameFields.ts';
import { storedTarget, type StoredTarget } from '../../../core/share/mediaMessages.ts';

/** The part of vscode.Memento that Hush uses. */
export interface MementoLike {
    get(key: string): unknown;
    update(key: string, value: unknown): PromiseLike<void>;
}

export interface ViewerMemory {
    note(sharerName: string, target: StoredTarget): void;
    /** Returns the last target of the tab with this title, if any. */
    find(title: string): StoredTarget | undefined;
}

const KEY = 'hush.viewTargets';
/** Number of titles to keep. The oldest is dropped. */
const MAX = 20;

const stored = v.array(v.tuple([v.string(), storedTarget]));

export function viewerTabTitle(sharerName: string): string {
    return `${sharerName}’s screen`;
}

export function createViewerMemory(memento: MementoLike): ViewerMemory {
    const parsed = v.safeParse(stored, memento.get(KEY));
    /** As it is stored. Only this window writes it. */
    let known = parsed.success ? parsed.output : [];
    const find = (title: string): StoredTarget | undefined => known.find(([other]) => other === title)?.[1];
    return {
        note(sharerName, { roomId, userId, deviceId, shareId }) {
            const title = viewerTabTitle(sharerName);
            const target: StoredTarget = {
                roomId,
                ...(userId === undefined ? {} : { userId }),
                ...(deviceId === undefined ? {} : { deviceId }),
                ...(shareId === undefined ? {} : { shareId }),
            };
            const before = find(title);
            if (before && sameFields(before, target)) return;
            const others = known.filter(([other]) => other !== title);
            known = [...others, [title, target] as [string, StoredTarget]].slice(-MAX);
            void memento.update(KEY, known);
        },
        find,
    };
}
