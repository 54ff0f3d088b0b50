/** The account that another window owns. Requests go over the socket. A mirror in this window answers reads at once. */
import { createConnection } from 'node:net';
import { once } from 'node:events';
import type { MessageConnection } from 'vscode-jsonrpc/node';
import type { Account } from '../../core/account/account.ts';
import { proxyAccount } from '../../core/account/accountCalls.ts';
import type { AccountState } from '../../core/account/accountState.ts';
import { HushError } from '../../core/base/errors.ts';
import { Listeners } from '../../core/base/listeners.ts';
import type { OwnTrust } from '../../core/trust/shareTrust.ts';
import { EventsByPath } from './eventsByPath.ts';
import {
    callNotice,
    callRequest,
    frontNotice,
    openLink,
    pingRequest,
    staleNotice,
    toldNotice,
    welcomeNotice,
} from './link.ts';
import { withChange, type Mirrored } from './mirrors.ts';
import type { Leader } from './leaderFile.ts';
import { createPulse, type Pulse } from './pulse.ts';
import { fromWire, fromWireArgument, type LeaderEvent, type Welcome } from './wire.ts';

export interface RemoteAccount {
    /** `stop()` gives up the seat of this window. */
    readonly account: Account;
    front(): void;
    /** Tells the leader that its sign-in has ended and a newer one exists. */
    stale(): void;
    /** Calls `listener` when the leader is gone. Not called after `stop()`. */
    onGone(listener: () => void): void;
}

/** Time limit in ms. A running leader answers within a few ms. */
const WELCOME_WITHIN_MS = 3_000;

/** Rejects if nobody answers at the socket. */
export async function connectToLeader(leader: Leader): Promise<RemoteAccount> {
    const socket = createConnection(leader.socket);
    try {
        await once(socket, 'connect', { signal: AbortSignal.timeout(WELCOME_WITHIN_MS) });
        socket.write(leader.secret);
        const link = openLink(socket);
        const remote = createRemote(link, () => socket.destroy());
        link.listen();
        return await remote;
    } catch (error) {
        socket.destroy();
        throw error;
    }
}

async function createRemote(link: MessageConnection, hangUp: () => void): Promise<RemoteAccount> {
    const stateChanged = new Listeners<[AccountState]>();
    const roomsChanged = new Listeners<[]>();
    const ownChanged = new Listeners<[OwnTrust]>();
    const events = new EventsByPath();
    const goneListeners = new Listeners<[]>();
    const welcomed = Promise.withResolvers<Welcome>();
    let gone = false;
    let stopped = false;
    /** The last values from the leader. */
    let mirrored: Mirrored | undefined;
    /** While the leader does not answer, the account shows no connection. */
    let silent = false;

    const now = (): Mirrored => {
        if (!mirrored) throw new Error('nothing was told yet');
        return mirrored;
    };
    const stateNow = (): AccountState => {
        const { state } = now();
        return silent && state.kind === 'ready' ? { ...state, online: false } : state;
    };
    const hear = (told: LeaderEvent): void => {
        if (told.kind === 'event') return events.emit(told.path, told.args.map(fromWireArgument));
        mirrored = withChange(now(), told.change);
        if (told.change.of === 'state') stateChanged.emit(stateNow());
        if (told.change.of === 'rooms') roomsChanged.emit();
        if (told.change.of === 'own') ownChanged.emit(told.change.own);
    };
    link.onNotification(toldNotice, hear);
    link.onNotification(welcomeNotice, (welcome) => {
        ({ mirrored } = welcome);
        welcomed.resolve(welcome);
    });
    let pulse: Pulse | undefined;
    link.onClose(() => {
        gone = true;
        pulse?.stop();
        welcomed.reject(new Error('the leader went away'));
        if (!stopped) goneListeners.emit();
    });
    const late = setTimeout(() => welcomed.reject(new Error('the leader does not answer')), WELCOME_WITHIN_MS);
    const { userId, deviceId } = await welcomed.promise.finally(() => clearTimeout(late));

    const fallSilent = (is: boolean): void => {
        silent = is;
        stateChanged.emit(stateNow());
    };
    pulse = createPulse({
        ping: () => link.sendRequest(pingRequest, {}),
        onSilent: () => fallSilent(true),
        onBack: () => fallSilent(false),
    });
    const said = (notice: Promise<void>): void => void notice.catch(() => undefined); // the link is closed then
    const stop = (): Promise<void> => {
        stopped = true;
        pulse?.stop();
        link.dispose();
        hangUp();
        return Promise.resolve();
    };
    const { '': own, ...ports } = proxyAccount({
        async request(path, args) {
            const asked = link.sendRequest(callRequest, { path, args }).catch((cause: unknown) => {
                throw new HushError('account.leaderGone', 'The window that held your account closed. Try again.', {
                    cause,
                });
            });
            const answer = await (pulse?.guard(asked) ?? asked);
            if (!answer.ok) throw fromWire(answer.error);
            return answer.value;
        },
        tell(path, args) {
            if (!gone) said(link.sendNotification(callNotice, { path, args }));
        },
        subscribe: events.add,
    });

    const account: Account = {
        ...own,
        ...ports,
        userId,
        deviceId,
        get state() {
            return stateNow();
        },
        onState: stateChanged.add,
        rooms: () => now().rooms,
        onRooms: roomsChanged.add,
        rtc: { ...ports.rtc, currentKeys: (roomId) => now().keys.get(roomId) ?? [] },
        trust: {
            ...ports.trust,
            get own() {
                return now().own;
            },
            onOwn: ownChanged.add,
        },
        start: () => undefined, // the leader has started it
        stop,
        dispose: () => void stop(),
    };
    const notify = (type: typeof frontNotice): void => {
        if (!gone) said(link.sendNotification(type, {}));
    };
    return {
        account,
        front: () => notify(frontNotice),
        stale: () => notify(staleNotice),
        onGone(listener) {
            goneListeners.add(listener);
            if (gone && !stopped) listener();
        },
    };
}
