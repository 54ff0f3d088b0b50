/** The one wish to join that this window has, kept in its storage. No vscode in here. */
import type { RoomLink } from './joinLink.ts';
import { readWish, type JoinStep, type JoinWish } from './joinWish.ts';

export interface WishStore {
    get(key: string): unknown;
    update(key: string, value: unknown): PromiseLike<void>;
}

export interface JoinWishes {
    /** Undefined: none, or one that has become too old. */
    readonly wish: JoinWish | undefined;
    /** A link was opened; it takes the place of an older wish. */
    begin(link: RoomLink): void;
    /** The wish for this link goes on to this step; nothing happens when it is gone, or another took its place. */
    reach(link: RoomLink, step: JoinStep): void;
    /** A request to join was sent as this person, or one that was sent before is waited for. */
    asked(link: RoomLink, userId: string): void;
    /** The person is in the room, as this one. */
    inside(link: RoomLink, userId: string): void;
    /** Default: whatever it is for. */
    drop(link?: RoomLink): void;
}

const KEY = 'hush.joinWish';

/** `now`: ms since the epoch. `failed`: the storage did not take it; the window goes on with what it knows. */
export function createJoinWishes(store: WishStore, now: () => number, failed: (error: unknown) => void): JoinWishes {
    let current: unknown = store.get(KEY);
    const keep = (wish: JoinWish | undefined): void => {
        current = wish;
        store.update(KEY, wish).then(undefined, failed);
    };
    const read = (): JoinWish | undefined => readWish(current, now());
    const wishFor = (link: RoomLink): JoinWish | undefined => {
        const wish = read();
        return wish?.link.target.room === link.target.room ? wish : undefined;
    };
    return {
        get wish() {
            return read();
        },
        begin: (link) => keep({ link, step: 'opened', since: now() }),
        reach(link, step) {
            const wish = wishFor(link);
            if (wish) keep({ ...wish, step, since: now() });
        },
        asked: (link, userId) => keep({ link, step: 'asked', since: now(), userId }),
        inside: (link, userId) => keep({ link, step: 'inside', since: now(), userId }),
        drop(link) {
            if (current !== undefined && (!link || wishFor(link))) keep(undefined);
        },
    };
}
