/** Opens the account for this window: through the window that owns it, or as its owner. Its own bundle, on demand. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Account } from '../../core/account/account.ts';
import { isHushError } from '../../core/base/errors.ts';
import { DisposableScope, type Disposable } from '../../core/base/disposable.ts';
import { Listeners } from '../../core/base/listeners.ts';
import type { Log } from '../../core/base/log.ts';
import { announceOwner, newOwner, readOwner } from './ownerFile.ts';
import { createSeats, type Seats } from './seats.ts';
import { createSharedAccount } from './sharedAccount.ts';
import type { OwnWindow } from './ownWindow.ts';
import type { Backend } from './succession.ts';
import { connectToOwner } from './windowClient.ts';
import { serveWindows } from './windowServer.ts';

export interface OpenSharedOptions {
    readonly device: { readonly userId: string; readonly deviceId: string };
    /** Folder of Hush's files, the same in all windows. */
    readonly storage: string;
    /** Windows of another version are not understood. */
    readonly version: string;
    /** Opens the stores here, with the tokens of now. @throws HushError `account.storeLocked` while another process has them. */
    openLocal(): Promise<Account>;
    /** Calls `front` whenever this window comes to the front, until disposed of. */
    attend(front: () => void): Disposable;
    /** While it is silent, this host holds the account only if no other window can. */
    readonly window: Pick<OwnWindow, 'silent' | 'onSilent'>;
    /** A window came with a newer sign-in than the one we are the owner of. */
    onStale(): void;
    readonly log: Log;
}

/** ms to wait for a window that lets go of the store, and between two looks. */
const PATIENCE_MS = 8_000;
const RETRY_MS = 100;

/** @throws HushError `account.storeLocked` when another window has the store and does not answer, `account.storeFailed`. */
export async function openShared(options: OpenSharedOptions): Promise<Account> {
    return createSharedAccount({
        first: await openBackend(options),
        reopen: () => openBackend(options),
        attend: options.attend,
        now: () => performance.now(),
        log: options.log,
    });
}

async function openBackend(options: OpenSharedOptions): Promise<Backend> {
    for (let end = performance.now() + PATIENCE_MS; ;) {
        const remote = await join(options);
        if (remote) return remote;
        if (options.window.silent) {
            // A host without a window waits for another one to take the account, or for its own window to be back.
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

/** Through the owner, if one answers whose sign-in is alive. */
async function join({ device, storage, version, log }: OpenSharedOptions): Promise<Backend | undefined> {
    const owner = await readOwner(storage, device);
    if (!owner) return undefined;
    if (owner.version !== version) {
        log.debug('The owner of the account is a window with another version of Hush');
        return undefined;
    }
    const remote = await connectToOwner(owner).catch((error: unknown) => {
        log.debug(`No owner at the socket: ${error instanceof Error ? error.message : String(error)}`);
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

/** The account whose diagnostics also tell how the windows share it. */
function withLine(account: Account, line: () => string): Account {
    const { diagnostics } = account;
    return Object.defineProperties(Object.create(account) as Account, {
        diagnostics: { value: async () => [...(await diagnostics()), ['Windows', line()] as const] },
    });
}

async function own({ device, storage, version, openLocal, window, onStale, log }: OpenSharedOptions): Promise<Backend> {
    const account = await openLocal();
    const gone = new Listeners<[]>();
    const scope = new DisposableScope();
    try {
        const seats = createSeats(account);
        const seat = seats.take();
        const owner = await newOwner(storage, device, version);
        const server = await serveWindows(owner, { seats: withNews(seats, giveWay), log, onStale });
        await announceOwner(storage, device, owner).catch((error: unknown) => {
            server.close();
            throw error;
        });
        log.info('This window owns the account');
        scope.add(window.onSilent(giveWay));
        const giveUp = seat.account.stop;
        const stop = async (): Promise<void> => {
            scope.dispose();
            await giveUp();
            server.letGo();
            await account.stop({ handOver: seats.count > 0 }).finally(() => server.close());
        };
        /** Another window can do what this one cannot any more. It keeps its seat: it goes on through the next owner. */
        async function handOver(): Promise<void> {
            scope.dispose();
            log.warn('This window does not answer: another window takes over the account');
            server.letGo();
            await account
                .stop({ handOver: true })
                .catch((error: unknown) => log.warn('Handing over the account did not go smoothly', error));
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

/** `onTaken` is called when a window has come. */
function withNews(seats: Seats, onTaken: () => void): Seats {
    return {
        take() {
            const seat = seats.take();
            queueMicrotask(onTaken); // once the window has been greeted
            return seat;
        },
        get count() {
            return seats.count;
        },
    };
}
