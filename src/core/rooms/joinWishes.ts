/** This window's only wish to join, kept in its storage. No vscode in here. */
import type { RoomLink } from './joinLink.ts';
import { readWish, type JoinStep, type JoinWish } from './joinWish.ts';

export interface WishStore {
    get(key: string): unknown;
    update(key: string, value: unknown): PromiseLike<void>;
}

export interface JoinWishes {
    /** Undefined: there is none, or it is too old. */
    readonly wish: JoinWish | undefined;
    /** A link was opened. It replaces an older wish. */
    begin(link: RoomLink): void;
    /** Moves the wish for this link to this step. Does nothing if the wish is gone or was replaced. */
    reach(link: RoomLink, step: JoinStep): void;
    /** This person sent a request to join, or waits for the answer to an earlier one. */
    asked(link: RoomLink, userId: string): void;
    /** This person is now in the room. */
    inside(link: RoomLink, userId: string): void;
    /** Default: any wish. */
    drop(link?: RoomLink): void;
}

const KEY = 'hush.joinWish';

/** `now`: ms since the epoch. `failed`: called when the storage refuses. The window continues with its own copy. */
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
