/**
 * Decides which backend serves this window, and moves from a lost one to the next. A leader may go while its successor
 * takes over. Then the takeover starts again, and this window loses nothing. Pure.
 */
import type { Account } from '../../core/account/account.ts';
import { isHushError } from '../../core/base/errors.ts';
import { DisposableScope } from '../../core/base/disposable.ts';

/** The account, held by this window or by another one. */
export interface AccountSource {
    readonly account: Account;
    /** This window is in front now. */
    front(): void;
    /** Calls `listener` when the backend is lost without our stop. Called at most once. */
    onGone(listener: () => void): void;
}
export interface SuccessionOptions {
    readonly first: AccountSource;
    /** Opens the account through its current leader, or makes this window the leader. Rejects if it waited too long. */
    reopen(): Promise<AccountSource>;
    /** Listens to the account until `scope` ends. */
    follow(account: Account, scope: DisposableScope): void;
    /** Continues on `account` what this window had begun. The account has its rooms by then. */
    resume(account: Account): Promise<void>;
    /** The backend is lost. The search for the next one begins. */
    onGone(): void;
    onSettled(account: Account): void;
    onFailed(error: unknown): void;
}
export interface Succession {
    readonly current: AccountSource;
    /** A backend is lost, and the next has not taken over yet. */
    readonly between: boolean;
    /** Runs `work` at the current leader, after a takeover in progress. */
    run<R>(work: (account: Account) => Promise<R>): Promise<R>;
    /** Like `run`, for work that may run twice. If the leader goes, the work runs again at the next one. */
    insist<R>(work: (account: Account) => Promise<R>): Promise<R>;
    /** No further takeover starts. */
    stop(): void;
}

export function createSuccession(options: SuccessionOptions): Succession {
    let current = options.first;
    let between = false;
    let stopped = false;
    let scope = new DisposableScope();
    let usable: Promise<unknown> = Promise.resolve();
    /** For the current backend. Settles when the next one has taken over, or when none can. */
    let successor = Promise.withResolvers<void>();
    successor.promise.catch(() => undefined);

    /** If `backend` is lost, ends the round that waits for it, or starts a takeover. */
    function watchOver(backend: AccountSource, round: () => void): void {
        backend.onGone(() => {
            if (stopped || backend !== current) return;
            if (between) round();
            else {
                usable = takeOver();
                usable.catch(() => undefined); // onFailed reports it
            }
        });
    }

    /** Makes `backend` the current one. Returns false if it is lost, too. */
    async function goOn(backend: AccountSource): Promise<boolean> {
        const gone = Promise.withResolvers<false>();
        scope.dispose();
        scope = new DisposableScope();
        current = backend;
        watchOver(backend, () => gone.resolve(false));
        options.follow(backend.account, scope);
        backend.account.start();
        const resumed = (async (): Promise<true> => {
            await untilReady(backend.account, scope);
            await options.resume(backend.account);
            return true;
        })();
        try {
            return await Promise.race([resumed, gone.promise]);
        } catch (error) {
            if (isHushError(error) && error.code === 'account.leaderGone') return gone.promise;
            throw error;
        }
    }

    async function takeOver(): Promise<void> {
        between = true;
        scope.dispose();
        options.onGone();
        const before = successor;
        try {
            for (let settled = false; !settled;) {
                const backend = await options.reopen();
                if (stopped) return await backend.account.stop();
                settled = await goOn(backend);
            }
        } catch (error) {
            between = false;
            before.reject(error);
            if (!stopped) options.onFailed(error);
            throw error;
        }
        between = false;
        successor = Promise.withResolvers();
        successor.promise.catch(() => undefined);
        before.resolve();
        options.onSettled(current.account);
    }

    watchOver(current, () => undefined);
    options.follow(current.account, scope);
    return {
        get current() {
            return current;
        },
        get between() {
            return between;
        },
        async run(work) {
            await usable;
            return work(current.account);
        },
        async insist(work) {
            await usable;
            const next = successor.promise;
            try {
                return await work(current.account);
            } catch (error) {
                if (stopped || !isHushError(error) || error.code !== 'account.leaderGone') throw error;
                await next;
                return work(current.account);
            }
        },
        stop() {
            stopped = true;
            scope.dispose();
        },
    };
}

/** Resolves when the account has its rooms, or when it has failed or expired. */
async function untilReady(account: Account, scope: DisposableScope): Promise<void> {
    if (account.state.kind !== 'starting') return;
    const { promise, resolve } = Promise.withResolvers<void>();
    scope.add(
        account.onState((state) => {
            if (state.kind !== 'starting') resolve();
        }),
    );
    scope.defer(resolve);
    await promise;
}
