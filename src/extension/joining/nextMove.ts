/** Decides the next move of a wish to join from the account and its rooms. Pure. */
import type { AccountState } from '../../core/account/accountState.ts';
import type { RoomSnapshot } from '../../core/rooms/room.ts';
import type { JoinWish } from '../../core/rooms/joinWish.ts';

export type JoinMove =
    /** The person is signed in: continue to the room. */
    | { readonly kind: 'goOn' }
    /** A member let us in: the invitation answers our request. */
    | { readonly kind: 'accept'; readonly roomId: string }
    /** Open the share in the room. */
    | { readonly kind: 'view'; readonly roomId: string }
    /** The request was withdrawn or denied. */
    | { readonly kind: 'drop' };

/**
 * `knocking`: our request was in the rooms on the last update. `shares`: whether a share in the room can be watched.
 */
export function nextMove(
    wish: JoinWish | undefined,
    account: AccountState,
    rooms: readonly RoomSnapshot[],
    knocking: boolean,
    shares: (roomId: string) => boolean,
): JoinMove | undefined {
    if (!wish || account.kind !== 'ready') return undefined;
    if (wish.step === 'opened' || wish.step === 'agreed') return { kind: 'goOn' };
    if (wish.userId !== account.userId) return undefined;
    const roomId = wish.link.target.room;
    const room = rooms.find((one) => one.roomId === roomId);
    if (wish.step === 'inside')
        return room?.membership === 'join' && shares(roomId) ? { kind: 'view', roomId } : undefined;
    switch (room?.membership) {
        case 'invite':
        case 'join':
            return { kind: 'accept', roomId };
        case 'knock':
            return undefined;
        case undefined:
            return knocking ? { kind: 'drop' } : undefined;
    }
}
