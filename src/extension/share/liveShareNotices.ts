/** Reports each new share of a teammate once. No vscode in here. */
import type { After } from '../../core/base/timer.ts';
import type { Disposable } from '../../core/base/disposable.ts';
import { shareRowId } from '../manifest/rowIds.ts';
import type { Model } from '../../core/app/model.ts';

export interface LiveShare {
    readonly roomId: string;
    readonly roomName: string;
    readonly sharerName: string;
    /** ID of the row in the side bar. */
    readonly row: string;
}

export interface ShareNewsOptions {
    readonly model: () => Model;
    /** Returns whether this window is the one that tells the person. */
    readonly isPlace: (roomId: string) => boolean;
    readonly tell: (screen: LiveShare) => void;
    /** Like `setTimeout`. */
    readonly after: After;
}

export interface LiveShareNotices extends Disposable {
    update(model: Model): void;
}

/** In ms. A person who opens the share at once, or whose tab comes back after a reload, needs no notification. */
const SETTLE_MS = 1_500;

/** Returns the shares of others that we may watch but do not watch, by share ID. */
export function unwatched({ account, rooms, session }: Model): Map<string, LiveShare> {
    const found = new Map<string, LiveShare>();
    if (account.kind !== 'ready') return found;
    const watched = new Set(
        [...session.viewerTabs.values()]
            .filter(({ phase }) => phase !== 'ended' && phase !== 'failed')
            .map(({ target }) => target.shareId),
    );
    for (const { roomId, name, membership, encrypted, mayJoinSession, rtc } of rooms) {
        if (membership !== 'join' || !encrypted || !mayJoinSession) continue;
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

export function createLiveShareNotices({ model, isPlace, tell, after }: ShareNewsOptions): LiveShareNotices {
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
