/** Tells the person about changes in their rooms that they did not make. */
import type { Account } from '../../core/account/account.ts';
import type { Disposable } from '../../core/base/disposable.ts';
import type { Log } from '../../core/base/log.ts';

export function watchRooms(account: Account, log: Log): Disposable {
    return account.roomAdmin.onNews((news) => {
        import('./roomCommands.ts')
            .then(({ tellRoomNews }) => tellRoomNews(news))
            .catch((error: unknown) => log.warn('a notice about a room was not shown', error));
    });
}
