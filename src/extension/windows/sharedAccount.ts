/**
 * The account as one window sees it, whichever window is the leader. If the leader goes, the next backend gets what this
 * window had begun (its memberships, its media key, its direct shares). What the window shows does not change until
 * that is done.
 */
import type { Account } from '../../core/account/account.ts';
import { callAccount, followAccount, proxyAccount } from '../../core/account/accountCalls.ts';
import type { AccountState } from '../../core/account/accountState.ts';
import type { Disposable, DisposableScope } from '../../core/base/disposable.ts';
import { isHushError, userMessage } from '../../core/base/errors.ts';
import { Listeners } from '../../core/base/listeners.ts';
import type { Log } from '../../core/base/log.ts';
import type { RoomSnapshot } from '../../core/rooms/room.ts';
import type { Verification } from '../../core/trust/trustPort.ts';
import type { OwnTrust } from '../../core/trust/shareTrust.ts';
import { EventsByPath } from './eventsByPath.ts';
import { createResumption, type Resumption } from './resumption.ts';
import { createSuccession, type AccountSource, type Succession } from './succession.ts';

export interface SharedAccountOptions {
    readonly first: AccountSource;
    /**
     * Opens the account through its current leader, or makes this window the leader. Rejects with a `HushError`:
     * `account.notSignedIn` if the person signed out meanwhile, another code if it waited too long.
     */
    reopen(): Promise<AccountSource>;
    /** Calls `front` each time that this window comes to the front, until it is disposed. */
    attend(front: () => void): Disposable;
    /** Returns a time in ms. */
    readonly now: () => number;
    readonly log: Log;
}

export function createSharedAccount({ first, reopen, attend, now, log }: SharedAccountOptions): Account {
    const { userId, deviceId } = first.account;
    const stateChanged = new Listeners<[AccountState]>();
    const roomsChanged = new Listeners<[]>();
    const ownChanged = new Listeners<[OwnTrust]>();
    const events = new EventsByPath();
    const resumption = createResumption((roomId, error) => events.emit('rtc.onMembershipLost', [{ roomId, error }]));

    let state = first.account.state;
    let rooms: readonly RoomSnapshot[] = first.account.rooms();
    let front = false;
    const verifications = createOpenVerifications();
    let stopped = false;

    const setState = (next: AccountState): void => {
        state = next;
        stateChanged.emit(next);
    };
    function follow(account: Account, scope: DisposableScope): void {
        scope.add(account.onState(onState));
        scope.add(
            account.onRooms(() => {
                if (succession.between) return;
                rooms = account.rooms();
                roomsChanged.emit();
            }),
        );
        scope.add(account.trust.onOwn((own) => ownChanged.emit(own)));
        // Record it before the listeners run, because they may act at once.
        scope.add(account.rtc.onKey((event) => resumption.onKey(event)));
        scope.add(account.rtc.onMembershipLost((event) => resumption.onMembershipLost(event.roomId)));
        scope.add(account.trust.onVerification(verifications.note));
        for (const heard of followAccount(account, (path, args) => events.emit(path, args))) scope.add(heard);
    }
    const onState = (next: AccountState): void => {
        // While a new leader takes over, its states are not shown. They follow at the end.
        if (succession.between && (next.kind === 'ready' || next.kind === 'starting')) return;
        setState(next);
    };

    let began = 0;
    const succession = createSuccession({
        first,
        reopen,
        follow,
        resume: (account) => resumption.resume(account),
        onGone() {
            began = now();
            if (state.kind === 'ready') setState({ ...state, online: false });
            for (const verification of verifications.cancelled()) events.emit('trust.onVerification', [verification]);
        },
        onSettled(account) {
            log.info(`The account goes on after ${Math.round(now() - began)} ms`);
            if (front) succession.current.front();
            rooms = account.rooms();
            roomsChanged.emit();
            setState(account.state);
        },
        onFailed(error) {
            if (isHushError(error) && error.code === 'account.notSignedIn') return setState({ kind: 'signedOut' });
            log.error('No window could take over the account', error);
            setState({ kind: 'failed', userId, message: userMessage(error, 'Opening your account') });
        },
    });
    const attention = attend(() => {
        front = true;
        succession.current.front();
    });
    const here = (): Account => succession.current.account;
    const { '': own, ...ports } = proxyOver(succession, resumption, events);

    const stop = async (): Promise<void> => {
        if (stopped) return;
        stopped = true;
        attention.dispose();
        succession.stop();
        // Without a leader, there is no seat to give up.
        await succession
            .run((account) => account.stop())
            .catch((error: unknown) => log.warn('Stopping did not work', error));
    };
    return {
        ...own,
        ...ports,
        userId,
        deviceId,
        get state() {
            return state;
        },
        onState: stateChanged.add,
        rooms: () => rooms,
        onRooms: roomsChanged.add,
        rtc: {
            ...ports.rtc,
            // The window passes no key index, because only the next leader needs it.
            startKeys: (roomId) => ports.rtc.startKeys(roomId),
            currentKeys: (roomId) => here().rtc.currentKeys(roomId),
        },
        trust: {
            ...ports.trust,
            get own() {
                return here().trust.own;
            },
            onOwn: ownChanged.add,
        },
        async signOut(scope) {
            // The leader ends with its account, and no other window takes over. Without a leader, the caller must sign
            // out.
            await succession.run((account) => {
                stopped = true;
                attention.dispose();
                succession.stop();
                return account.signOut(scope);
            });
        },
        start: () => here().start(),
        stop,
        dispose: () => void stop(),
    };
}

/** Verifications that are not over. They belong to their leader and end with it. */
function createOpenVerifications() {
    const open = new Map<string, Verification>();
    return {
        note(verification: Verification): void {
            const { kind } = verification.state;
            if (kind === 'done' || kind === 'cancelled') open.delete(verification.id);
            else open.set(verification.id, verification);
        },
        /** Their leader is gone. */
        cancelled(): Verification[] {
            const all = [...open.values()];
            open.clear();
            return all.map((each) => ({ ...each, state: { kind: 'cancelled', reason: 'windowGone' } }));
        },
    };
}

/** The account's methods over whichever window is the leader now. */
function proxyOver(succession: Succession, resumption: Resumption, events: EventsByPath) {
    return proxyAccount({
        async request(path, args, word) {
            const run = word === 'again' ? succession.insist : succession.run;
            const answer = await run(async (account) => {
                resumption.asked(path, args); // record it here, because a takeover before this must not resume it
                return callAccount(account, path, args);
            });
            resumption.answered(path, args, answer);
            return answer;
        },
        tell(path, args) {
            resumption.asked(path, args);
            callAccount(succession.current.account, path, args);
        },
        subscribe: events.add,
    });
}
