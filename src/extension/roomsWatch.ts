/** Tells the person what happens to their rooms without their doing. */
import type { Account } from './account.ts';
import type { Disposable } from './lifecycle.ts';
import type { Log } from './log.ts';

export function watchRooms(account: Account, log: Log): Disposable {
    return account.roomAdmin.onNews((news) => {
        import('./actions/roomCommands.ts')
            .then(({ tellRoomNews }) => tellRoomNews(news))
            .catch((error: unknown) => log.warn('news of a room was not handled', error));
    });
}
