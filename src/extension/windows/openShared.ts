/**
 * Opens the account for this window: through the leader's window, or as the leader. A bundle of its own, loaded on
 * first use.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Account } from '../../core/account/account.ts';
import { isHushError } from '../../core/base/errors.ts';
import { DisposableScope, type Disposable } from '../../core/base/disposable.ts';
import { Listeners } from '../../core/base/listeners.ts';
import type { Log } from '../../core/base/log.ts';
import { announceLeader, newLeader, readLeader } from './leaderFile.ts';
import { createSeats, type Seats } from './seats.ts';
import { createSharedAccount } from './sharedAccount.ts';
import type { OwnWindow } from './ownWindow.ts';
import type { AccountSource } from './succession.ts';
import { connectToLeader } from './follower.ts';
import { serveWindows } from './leader.ts';

export interface OpenSharedOptions {
    readonly device: { readonly userId: string; readonly deviceId: string };
    /** Folder of Hush's files, the same for all windows. */
    readonly storage: string;
    /** Windows with another version cannot share the account. */
    readonly version: string;
    /**
     * Opens the stores in this window with the current tokens. @throws HushError `account.storeLocked` while another
     * process has the stores.
     */
    openLocal(): Promise<Account>;
    /** Calls `front` each time that this window comes to the front, until it is disposed. */
    attend(front: () => void): Disposable;
    /** While the window is silent, this host holds the account only if no other window can. */
    readonly window: Pick<OwnWindow, 'silent' | 'onSilent'>;
    /** Another window has a newer sign-in than the one that we own. */
    onStale(): void;
    readonly log: Log;
}

/** ms to wait until another window releases the store, and ms between two attempts. */
const PATIENCE_MS = 8_000;
const RETRY_MS = 100;

/**
 * @throws HushError `account.storeLocked` if another window has the store and does not answer, `account.storeFailed`.
 */
export async function openShared(options: OpenSharedOptions): Promise<Account> {
    return createSharedAccount({
        first: await openBackend(options),
        reopen: () => openBackend(options),
        attend: options.attend,
        now: () => performance.now(),
        log: options.log,
    });
}

async function openBackend(options: OpenSharedOptions): Promise<AccountSource> {
    for (let end = performance.now() + PATIENCE_MS; ;) {
        const remote = await join(options);
        if (remote) return remote;
        if (options.window.silent) {
            // A host without a window waits until another window takes the account, or until its own window is back.
            end = performance.now() + PATIENCE_MS;
        } else {
            try {
                return await own(options);
            } catch (error) {
                if (!isHushError(error) || error.code !== 'account.storeLocked' || performance.now() > end) throw error;
            }
        }
        await delay(RETRY_MS);
    }
}

/** Uses the account through its leader, if the leader answers and its sign-in is valid. */
async function join({ device, storage, version, log }: OpenSharedOptions): Promise<AccountSource | undefined> {
    const leader = await readLeader(storage, device);
    if (!leader) return undefined;
    if (leader.version !== version) {
        log.debug('The leader of the account is a window with another version of Hush');
        return undefined;
    }
    const remote = await connectToLeader(leader).catch((error: unknown) => {
        log.debug(`No leader at the socket: ${error instanceof Error ? error.message : String(error)}`);
        return undefined;
    });
    if (!remote) return undefined;
    if (remote.account.state.kind === 'expired') {
        remote.stale();
        await remote.account.stop();
        return undefined;
    }
    log.info('This window uses the account through another one');
    return { ...remote, account: withLine(remote.account, () => 'another window holds the account') };
}

/** Returns the account with one more line in its diagnostics: how the windows share it. */
function withLine(account: Account, line: () => string): Account {
    const { diagnostics } = account;
    return Object.defineProperties(Object.create(account) as Account, {
        diagnostics: { value: async () => [...(await diagnostics()), ['Windows', line()] as const] },
    });
}

async function own({
    device,
    storage,
    version,
    openLocal,
    window,
    onStale,
    log,
}: OpenSharedOptions): Promise<AccountSource> {
    const account = await openLocal();
    const gone = new Listeners<[]>();
    const scope = new DisposableScope();
    try {
        const seats = createSeats(account);
        const seat = seats.take();
        const leader = await newLeader(storage, device, version);
        const server = await serveWindows(leader, { seats: withNews(seats, giveWay), log, onStale });
        await announceLeader(storage, device, leader).catch((error: unknown) => {
            server.close();
            throw error;
        });
        log.info('This window holds the account');
        scope.add(window.onSilent(giveWay));
        const giveUp = seat.account.stop;
        const stop = async (): Promise<void> => {
            scope.dispose();
            await giveUp();
            server.letGo();
            await account.stop({ handOver: seats.count > 0 }).finally(() => server.close());
        };
        /**
         * Gives the account to another window, because this one no longer answers. Its host keeps its seat and
         * continues through the next leader.
         */
        async function handOver(): Promise<void> {
            scope.dispose();
            log.warn('This window does not answer: another window takes over the account');
            server.letGo();
            await account
                .stop({ handOver: true })
                .catch((error: unknown) => log.warn('Handing over the account failed in part', error));
            server.close();
            gone.emit();
        }
        function giveWay(): void {
            if (!scope.closed && window.silent && seats.count > 1) void handOver();
        }
        const ending: Pick<Account, 'stop' | 'dispose' | 'signOut'> = {
            stop,
            dispose: () => void stop().catch((error: unknown) => log.warn('Stopping did not work', error)),
            signOut(signOutScope) {
                scope.dispose();
                return account.signOut(signOutScope).finally(() => server.close());
            },
        };
        const shown = withLine(
            Object.assign(seat.account, ending),
            () => `this one holds the account; ${seats.count} in all`,
        );
        return { account: shown, front: () => seat.front(), onGone: gone.add };
    } catch (error) {
        scope.dispose();
        await account.stop();
        throw error;
    }
}

/** Calls `onTaken` when another window has taken a seat. */
function withNews(seats: Seats, onTaken: () => void): Seats {
    return {
        take() {
            const seat = seats.take();
            queueMicrotask(onTaken); // after the window has got its welcome
            return seat;
        },
        get count() {
            return seats.count;
        },
    };
}
