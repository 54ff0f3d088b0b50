/** The homeserver's user directory (client-server API, "User Directory"). */
import type { MatrixClient } from 'matrix-js-sdk/lib/matrix.js';
import type { Person } from '../../core/account/account.ts';
import { fromSdk } from '../requests/matrixHttp.ts';
import { nameLine } from '../../core/base/nameLine.ts';

/** Nobody reads a longer list. A longer search text finds fewer people. */
const MAX = 20;

/**
 * The people whom the server finds, without us. Servers decide whom they show: Synapse shows people of shared and
 * public rooms.
 */
export async function findPeople(
    sdk: Pick<MatrixClient, 'searchUserDirectory' | 'getSafeUserId'>,
    search: string,
): Promise<Person[]> {
    try {
        const { results } = await sdk.searchUserDirectory({ term: search.slice(0, 255), limit: MAX });
        return results
            .filter(({ user_id: userId }) => userId !== sdk.getSafeUserId())
            .map(({ user_id: userId, display_name: name }) => ({ userId, name: nameLine(name ?? '') || userId }));
    } catch (error) {
        throw fromSdk(error, 'Searching for people');
    }
}
