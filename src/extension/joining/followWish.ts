/** Goes on with the wish to join when what it waits for has come. No vscode in here. */
import type { Log } from '../../core/base/log.ts';
import type { Model } from '../../core/app/model.ts';
import type { JoinWishes } from '../../core/rooms/joinWishes.ts';
import { nextMove } from './nextMove.ts';

export interface WishFollowerOptions {
    readonly wishes: JoinWishes;
    /** Whether a screen in the room can be watched now. */
    shares(roomId: string): boolean;
    /** With the link, as the person who is signed in now. Never rejects. */
    goOn(): Promise<void>;
    /** The invitation that answers our request. Never rejects. */
    accept(roomId: string): Promise<void>;
    view(roomId: string): void;
    /** The person was asked, and what they said may be followed by the next move. */
    changed(): void;
    readonly log: Log;
}

export interface WishFollower {
    /** The person is being asked. */
    readonly busy: boolean;
    update(model: Model): void;
    /** While this runs (it asks the person), nothing is done by itself. */
    during<T>(work: () => Promise<T>): Promise<T>;
    /** Resolves when no request to this room is waited for any more, whatever became of it. */
    answered(roomId: string): Promise<void>;
    /** An invitation to this room is the answer to our request, and needs no notification. */
    awaits(roomId: string): boolean;
}

export function createWishFollower({ wishes, log, ...options }: WishFollowerOptions): WishFollower {
    let running = 0;
    /** The room in whose list of requests ours was seen. */
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
