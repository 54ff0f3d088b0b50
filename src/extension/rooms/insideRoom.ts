/** Who is in a room, for actions that need more than the members that the sync has loaded. */
import type { Account } from '../../core/account/account.ts';
import { whoIsInside, type Inside } from './inside.ts';
import type { RoomSnapshot } from '../../core/rooms/room.ts';

/** Time limit for the homeserver in ms. Nobody waits longer to leave a room. */
const WITHIN_MS = 3_000;

/** Takes 3 s at most. Never rejects. */
export function insideOf({ roomAdmin }: Pick<Account, 'roomAdmin'>, room: RoomSnapshot): Promise<Inside> {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise((resolve) => {
        timer = setTimeout(resolve, WITHIN_MS);
    });
    return whoIsInside(room, roomAdmin.people(room.roomId), limit).finally(() => clearTimeout(timer));
}
