/** That a teammate began to share: told once for each screen. No vscode in here. */
import type { After } from '../../core/base/timer.ts';
import type { Disposable } from '../../core/base/disposable.ts';
import { shareRowId } from '../manifest/rowIds.ts';
import type { Model } from '../../core/app/model.ts';

export interface LiveScreen {
    readonly roomId: string;
    readonly roomName: string;
    readonly sharerName: string;
    /** ID of its row in the side bar. */
    readonly row: string;
}

export interface ShareNewsOptions {
    readonly model: () => Model;
    /** Whether this of the person's windows is the one to say it. */
    readonly isPlace: (roomId: string) => boolean;
    readonly tell: (screen: LiveScreen) => void;
    /** As `setTimeout`. */
    readonly after: After;
}

export interface ShareNews extends Disposable {
    update(model: Model): void;
}

/** ms: who opens it at once, or comes back to a tab after a reload, need not be told. */
const SETTLE_MS = 1_500;

/** By share ID: what others show in rooms where we could watch, and do not. */
export function unwatched({ account, rooms, session }: Model): Map<string, LiveScreen> {
    const found = new Map<string, LiveScreen>();
    if (account.kind !== 'ready') return found;
    const watched = new Set(
        [...session.views.values()]
            .filter(({ phase }) => phase !== 'ended' && phase !== 'failed')
            .map(({ target }) => target.shareId),
    );
    for (const { roomId, name, membership, encrypted, mayJoinCall, rtc } of rooms) {
        if (membership !== 'join' || !encrypted || !mayJoinCall) continue;
        for (const member of rtc) {
            if (member.userId === account.userId) continue;
            for (const { id } of member.shares) {
                if (watched.has(id)) continue;
                const row = shareRowId(roomId, member, id);
                found.set(id, { roomId, roomName: name, sharerName: member.name, row });
            }
        }
    }
    return found;
}

export function createShareNews({ model, isPlace, tell, after }: ShareNewsOptions): ShareNews {
    const known = new Set<string>();
    const pending = new Set<() => void>();
    return {
        update(next) {
            for (const id of unwatched(next).keys()) {
                if (known.has(id)) continue;
                known.add(id);
                const cancel = after(SETTLE_MS, () => {
                    pending.delete(cancel);
                    const screen = unwatched(model()).get(id);
                    if (screen && isPlace(screen.roomId)) tell(screen);
                });
                pending.add(cancel);
            }
        },
        dispose() {
            for (const cancel of pending) cancel();
        },
    };
}
