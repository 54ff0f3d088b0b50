/** Opens the account for this window: through the window that owns it, or as its owner. Its own bundle, on demand. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Account } from '../account.ts';
import { isHushError } from '../errors.ts';
import type { Disposable } from '../lifecycle.ts';
import type { Log } from '../log.ts';
import { announceOwner, newOwner, readOwner } from './ownerFile.ts';
import { createSeats } from './seats.ts';
import { createSharedAccount } from './sharedAccount.ts';
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
    for (const end = performance.now() + PATIENCE_MS; ;) {
        const remote = await join(options);
        if (remote) return remote;
        try {
            return await own(options);
        } catch (error) {
            if (!isHushError(error) || error.code !== 'account.storeLocked' || performance.now() > end) throw error;
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

async function own({ device, storage, version, openLocal, onStale, log }: OpenSharedOptions): Promise<Backend> {
    const account = await openLocal();
    try {
        const seats = createSeats(account);
        const seat = seats.take();
        const owner = await newOwner(storage, device, version);
        const server = await serveWindows(owner, { seats, log, onStale });
        await announceOwner(storage, device, owner).catch((error: unknown) => {
            server.close();
            throw error;
        });
        log.info('This window owns the account');
        const giveUp = seat.account.stop;
        const stop = async (): Promise<void> => {
            await giveUp();
            server.letGo();
            await account.stop({ handOver: seats.count > 0 }).finally(() => server.close());
        };
        const own: Pick<Account, 'stop' | 'dispose' | 'signOut'> = {
            stop,
            dispose: () => void stop().catch((error: unknown) => log.warn('Stopping did not work', error)),
            signOut: (scope) => account.signOut(scope).finally(() => server.close()),
        };
        const shown = withLine(
            Object.assign(seat.account, own),
            () => `this one holds the account; ${seats.count} in all`,
        );
        return { account: shown, front: () => seat.front(), onGone: () => undefined };
    } catch (error) {
        await account.stop();
        throw error;
    }
}
