/** The signed-in account and its session core. They open, change and close together. No vscode in here. */
import type { Account, SignOutScope } from '../account/account.ts';
import { isHushError, userMessage } from '../base/errors.ts';
import { DisposableScope, type Disposable } from '../base/disposable.ts';
import { Listeners } from '../base/listeners.ts';
import type { After } from '../base/timer.ts';
import type { Log } from '../base/log.ts';
import { createRoomFeed } from './roomFeed.ts';
import { createOrchestrator, type Orchestrator } from '../session/orchestrator.ts';
import { isToTake, type CallToTake } from '../session/callsPort.ts';
import type { MediaPort } from '../session/mediaPort.ts';
import { initialState, type Notice } from '../session/state.ts';
import type { AccountState } from '../account/accountState.ts';
import type { RoomSnapshot } from '../rooms/room.ts';
import type { StoredAccount } from '../account/storedAccounts.ts';
import type { Model } from './model.ts';

export interface AppOptions {
    readonly media: MediaPort;
    readonly log: Log;
    /** Loads the engine and opens the account's stores. Resolves before the first sync. */
    openAccount(stored: StoredAccount): Promise<Account>;
    /**
     * Signs out the stored account while no account is open. It failed to open, but its tokens and keys must not stay
     * behind.
     */
    forgetAccount(scope?: SignOutScope): Promise<void>;
    notify(notice: Notice): void;
    /** The account will stop unless the person acts. The sentence says how. */
    onTrouble(sentence: string): void;
    /** An account was opened. The result is disposed when the account closes. */
    onAccount?(account: Account): Disposable;
    onInvite(room: RoomSnapshot): void;
    /** Another Matrix client calls, or shows a screen in a call with us. */
    onRing(call: CallToTake, room: RoomSnapshot): void;
    /** The room in `rooms` that this window's workspace is mapped to. */
    workspaceRoom(rooms: readonly RoomSnapshot[]): string | undefined;
    readonly after: After;
    /** Runs after the current turn, so that several changes make one update. */
    defer(work: () => void): void;
}

export interface App extends Disposable {
    readonly model: Model;
    readonly account: Account | undefined;
    readonly orchestrator: Orchestrator | undefined;
    onModel(listener: (model: Model) => void): Disposable;
    /** Recomputes the model after the workspace mapping changed. */
    refresh(): void;
    /** Opens the stored account. A failure becomes the account's state instead of an exception. */
    open(stored: StoredAccount): Promise<void>;
    /** Ends shares and viewer tabs and leaves every session. Then signs out on the server and here. */
    signOut(scope?: SignOutScope): Promise<void>;
    /** Leaves every session and stops. The sign-in stays. */
    close(): Promise<void>;
}

/** An open account with its session core. */
interface Connected {
    readonly account: Account;
    readonly orchestrator: Orchestrator;
    readonly scope: DisposableScope;
    /** Listens to the account, and tells the session core what it is now. */
    begin(): void;
}

interface ConnectedEvents {
    refresh(): void;
    setState(next: AccountState): void;
    signedOut(): void;
}

export function createApp(options: AppOptions): App {
    const { log } = options;
    const models = new Listeners<[Model]>();
    let state: AccountState = { kind: 'signedOut' };
    let open: Connected | undefined;
    let pending = false;
    let turn: Promise<unknown> = Promise.resolve();

    /** Opening, signing out and closing never overlap. Otherwise the end of an opening could undo a sign-out. */
    function inTurn(work: () => Promise<void>): Promise<void> {
        const result = turn.then(work);
        turn = result.catch(() => undefined);
        return result;
    }

    function buildModel(): Model {
        const rooms = open?.account.rooms() ?? [];
        return {
            account: state,
            rooms,
            session: open?.orchestrator.state ?? initialState,
            workspaceRoomId: options.workspaceRoom(rooms),
        };
    }

    function refresh(): void {
        if (pending) return;
        pending = true;
        options.defer(() => {
            pending = false;
            const model = buildModel();
            models.emit(model);
        });
    }

    function setState(next: AccountState): void {
        if (next.kind !== state.kind) log.info(`account: ${next.kind}`);
        if (next.kind === 'ready' && next.trouble !== undefined && troubleOf(state) !== next.trouble)
            options.onTrouble(next.trouble);
        state = next;
        refresh();
    }

    function wire(account: Account): void {
        open = connect(account, options, {
            refresh,
            setState,
            // Another window signed out, so this window drops its part of the account too.
            signedOut() {
                if (open?.account !== account) return;
                inTurn(() => unwire((gone) => gone.stop())).catch((error: unknown) =>
                    log.warn('closing the account that another window signed out did not work', error),
                );
            },
        });
        open.begin();
    }

    /** Ends everything of the open account, in an order that leaves nothing behind. */
    async function unwire(end: (account: Account) => Promise<void>): Promise<void> {
        const current = open;
        if (!current) return;
        current.orchestrator.dispatch({ type: 'signedOut' });
        await current.orchestrator.settled();
        open = undefined;
        current.scope.dispose();
        await end(current.account);
    }

    return {
        get model() {
            return buildModel();
        },
        get account() {
            return open?.account;
        },
        get orchestrator() {
            return open?.orchestrator;
        },
        onModel: models.add,
        refresh,
        open: (stored) =>
            inTurn(async () => {
                await unwire((account) => account.stop());
                setState({ kind: 'starting', userId: stored.userId });
                try {
                    const account = await options.openAccount(stored);
                    wire(account);
                    account.start();
                } catch (error) {
                    log.error('the account could not be opened', error);
                    setState({
                        kind: 'failed',
                        userId: stored.userId,
                        message: userMessage(error, 'Opening your account'),
                    });
                }
            }),
        signOut: (scope) =>
            inTurn(async () => {
                try {
                    if (open) await unwire((account) => signOutOf(account, options, scope));
                    else await options.forgetAccount(scope);
                } finally {
                    setState({ kind: 'signedOut' });
                }
            }),
        close: () => inTurn(() => unwire((account) => account.stop())),
        dispose() {
            models.clear();
            open?.scope.dispose();
            open = undefined;
        },
    };
}

/** If no window holds the account, or its window closed meanwhile, this window signs it out. */
async function signOutOf(
    account: Account,
    { forgetAccount }: Pick<AppOptions, 'forgetAccount'>,
    scope: SignOutScope | undefined,
): Promise<void> {
    try {
        await account.signOut(scope);
    } catch (error) {
        const noLeaderCodes = ['account.leaderGone', 'account.storeLocked', 'account.storeFailed'];
        if (!isHushError(error) || !noLeaderCodes.includes(error.code)) throw error;
        await forgetAccount(scope);
    }
}

function troubleOf(state: AccountState): string | undefined {
    return state.kind === 'ready' ? state.trouble : undefined;
}

function connect(account: Account, options: AppOptions, events: ConnectedEvents): Connected {
    const scope = new DisposableScope();
    const orchestrator = createOrchestrator({
        rtc: account.rtc,
        calls: account.calls,
        media: options.media,
        log: options.log,
        deviceTrust: (userId, deviceId) => account.deviceTrust(userId, deviceId),
        deviceName: (userId, deviceId) => account.deviceName(userId, deviceId),
        notify: options.notify,
        after: options.after,
    });
    const feed = createRoomFeed();
    const onRooms = (): void => {
        for (const event of feed.next(account.rooms())) orchestrator.dispatch(event);
        events.refresh();
    };
    const onState = (next: AccountState): void => {
        // The server ended the sign-in, or no window holds the account any more. Nothing may continue in the
        // account's name.
        if (next.kind === 'expired' || next.kind === 'failed') orchestrator.dispatch({ type: 'signedOut' });
        events.setState(next);
        if (next.kind === 'signedOut') events.signedOut();
    };
    const listen = (): void => {
        scope.add(orchestrator);
        scope.add(orchestrator.onState(events.refresh));
        scope.add(account.onRooms(onRooms));
        scope.add(account.onState(onState));
        scope.add(account.onInvite(options.onInvite));
        if (options.onAccount) scope.add(options.onAccount(account));
        scope.add(
            account.calls.onForeignCall((event) => {
                if (!isToTake(event)) return;
                const room = account.rooms().find((r) => r.roomId === event.roomId);
                if (room) options.onRing(event, room);
            }),
        );
    };
    return {
        account,
        orchestrator,
        scope,
        begin() {
            listen();
            orchestrator.dispatch({ type: 'signedIn', self: { userId: account.userId, deviceId: account.deviceId } });
            onRooms();
            onState(account.state);
        },
    };
}
