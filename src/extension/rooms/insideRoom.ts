/** Who is in a room, for actions that must not go by the few whom the sync has told of. */
import type { Account } from '../../core/account/account.ts';
import { whoIsInside, type Inside } from './inside.ts';
import type { RoomSnapshot } from '../../core/rooms/room.ts';

/** ms that a server may take to answer; nobody waits longer to leave a room. */
const WITHIN_MS = 3_000;

/** Never rejects, and takes 3 s at most. */
export function insideOf({ roomAdmin }: Pick<Account, 'roomAdmin'>, room: RoomSnapshot): Promise<Inside> {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise((resolve) => {
        timer = setTimeout(resolve, WITHIN_MS);
    });
    return whoIsInside(room, roomAdmin.people(room.roomId), limit).finally(() => clearTimeout(timer));
}
