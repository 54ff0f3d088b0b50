/** Updates the account's state when its first sync ends, and at each connection to the homeserver. */
import type { AccountStatus } from '../account/accountStatus.ts';
import type { Rooms } from '../rooms/accountRooms.ts';
import type { Trust } from '../trust/matrixTrust.ts';
import type { Homeserver } from './openHomeserver.ts';

export interface Readiness {
    /** ms from the opening to the end of the first sync. Undefined before. */
    readonly ms: number | undefined;
}

export function followReadiness(
    { client, self: { userId }, log }: Pick<Homeserver, 'client' | 'self' | 'log'>,
    { status, trust, rooms, openedAt }: { status: AccountStatus; trust: Trust; rooms: Rooms; openedAt: number },
): Readiness {
    let ms: number | undefined;
    client.onOnline(() => {
        if (ms !== undefined) status.ready(client.online);
        if (client.online) rooms.online();
        // Each connection retries a check that failed or did not finish.
        if (client.online && (trust.own.kind === 'checking' || trust.own.kind === 'failed')) void trust.check();
    });
    void client.unreachable.then(() => {
        if (ms === undefined) status.become({ kind: 'starting', userId, unreachable: true });
    });
    void client.ready.then(() => {
        ms = performance.now() - openedAt;
        log.info(`Ready after ${Math.round(ms)} ms (${client.startedFromStore ? 'from the store' : 'initial sync'})`);
        rooms.follow();
        status.ready(client.online);
    });
    return {
        get ms() {
            return ms;
        },
    };
}
