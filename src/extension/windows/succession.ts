/**
 * Which backend serves this window, and the way from one that is gone to the next. An owner may go while its successor is
 * still taking over; then the round begins again, and nothing of this window is given up. Pure.
 */
import type { Account } from '../../core/account/account.ts';
import { isHushError } from '../../core/base/errors.ts';
import { DisposableScope } from '../../core/base/disposable.ts';

/** The account in this window's hands or in another's. */
export interface Backend {
    readonly account: Account;
    /** This window is in front now. */
    front(): void;
    /** It is of no use any more, and we did not stop it. Called at most once. */
    onGone(listener: () => void): void;
}
export interface SuccessionOptions {
    readonly first: Backend;
    /** The owner of now, or ourselves as the owner. Rejects when its patience ends. */
    reopen(): Promise<Backend>;
    /** Listens to the account until `scope` ends. */
    follow(account: Account, scope: DisposableScope): void;
    /** Gives an account that has its rooms what this window is in the middle of. */
    resume(account: Account): Promise<void>;
    /** The backend is gone; the next is looked for. */
    onGone(): void;
    onSettled(account: Account): void;
    onFailed(error: unknown): void;
}
export interface Succession {
    readonly current: Backend;
    /** A backend is gone, and the next has not taken over yet. */
    readonly between: boolean;
    /** Runs at the owner of now, after a take-over that may be under way. */
    run<R>(work: (account: Account) => Promise<R>): Promise<R>;
    /** The same for what does no harm when it is done twice: it is done again at the next owner if this one goes. */
    insist<R>(work: (account: Account) => Promise<R>): Promise<R>;
    /** No other takes over from now on. */
    stop(): void;
}

export function createSuccession(options: SuccessionOptions): Succession {
    let current = options.first;
    let between = false;
    let stopped = false;
    let scope = new DisposableScope();
    let usable: Promise<unknown> = Promise.resolve();
    /** Of the current backend: settles when the next has taken over, or none can. */
    let successor = Promise.withResolvers<void>();
    successor.promise.catch(() => undefined);

    /** Settles the round that waits for it, or begins one. */
    function watchOver(backend: Backend, round: () => void): void {
        backend.onGone(() => {
            if (stopped || backend !== current) return;
            if (between) round();
            else {
                usable = takeOver();
                usable.catch(() => undefined); // told by onFailed
            }
        });
    }

    /** False: this one is gone already. */
    async function goOn(backend: Backend): Promise<boolean> {
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
            if (isHushError(error) && error.code === 'account.ownerGone') return gone.promise;
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
                if (stopped || !isHushError(error) || error.code !== 'account.ownerGone') throw error;
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

/** Resolves when the account has its rooms; at once where it has failed or expired. */
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
