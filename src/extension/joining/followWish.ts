/** Continues a wish to join when its condition is met. No vscode in here. */
import type { Log } from '../../core/base/log.ts';
import type { Model } from '../../core/app/model.ts';
import type { JoinWishes } from '../../core/rooms/joinWishes.ts';
import { nextMove } from './nextMove.ts';

export interface WishFollowerOptions {
    readonly wishes: JoinWishes;
    /** Returns whether a share in the room can be watched now. */
    shares(roomId: string): boolean;
    /** Joins with the link as the person who is signed in now. Never rejects. */
    goOn(): Promise<void>;
    /** Accepts the invitation that answers our request. Never rejects. */
    accept(roomId: string): Promise<void>;
    view(roomId: string): void;
    /** A question to the person is over. The model may now allow the next move. */
    changed(): void;
    readonly log: Log;
}

export interface WishFollower {
    /** A question to the person is open. */
    readonly busy: boolean;
    update(model: Model): void;
    /** While `work` asks the person, the follower does nothing by itself. */
    during<T>(work: () => Promise<T>): Promise<T>;
    /** Resolves when the wish no longer waits for a request to this room, for any reason. */
    answered(roomId: string): Promise<void>;
    /**
     * Returns whether an invitation to this room would answer our request. Such an invitation needs no notification.
     */
    awaits(roomId: string): boolean;
}

export function createWishFollower({ wishes, log, ...options }: WishFollowerOptions): WishFollower {
    let running = 0;
    /** The room where our request was on the last update. */
    let knocking: string | undefined;
    const during = async <T>(work: () => Promise<T>): Promise<T> => {
        running++;
        try {
            return await work();
        } finally {
            running--;
            options.changed();
        }
    };
    const waiting = new Set<() => void>();
    const waitsIn = (): string | undefined =>
        wishes.wish?.step === 'asked' ? wishes.wish.link.target.room : undefined;
    return {
        get busy() {
            return running > 0;
        },
        during,
        awaits: (roomId) => waitsIn() === roomId,
        answered(roomId) {
            const { promise, resolve } = Promise.withResolvers<void>();
            const look = (): void => {
                if (waitsIn() !== roomId) resolve();
            };
            waiting.add(look);
            look();
            return promise.finally(() => waiting.delete(look));
        },
        update({ account, rooms }) {
            for (const look of waiting) look();
            if (running > 0) return;
            const roomId = waitsIn();
            const asks = rooms.some((room) => room.roomId === roomId && room.membership === 'knock');
            const move = nextMove(wishes.wish, account, rooms, knocking === roomId, options.shares);
            knocking = asks ? roomId : undefined;
            if (!move) return;
            log.info(`join link: ${move.kind}`);
            if (move.kind === 'goOn') void during(options.goOn);
            if (move.kind === 'accept') void during(() => options.accept(move.roomId));
            if (move.kind === 'view') {
                wishes.drop();
                options.view(move.roomId);
            }
            if (move.kind === 'drop') wishes.drop();
        },
    };
}
