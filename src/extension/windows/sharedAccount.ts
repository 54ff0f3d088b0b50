/**
 * The account as one window sees it, whichever window owns it at the moment. When the owner goes, the next backend gets
 * what this window was in the middle of (its memberships, its media key, its direct shares), and nothing that the window
 * shows changes until that is done. Pure.
 */
import type { Account, SignOutScope } from '../../core/account/account.ts';
import { HushError, isHushError, userMessage } from '../../core/base/errors.ts';
import type { Progress } from '../../core/files/filesPort.ts';
import type { Disposable, DisposableScope } from '../../core/base/disposable.ts';
import { Listeners } from '../../core/base/listeners.ts';
import type { Log } from '../../core/base/log.ts';
import { ROOM_METHODS, type RoomMethod, type RoomNews, type RoomsPort } from '../../core/rooms/roomsPort.ts';
import type { OwnStatus } from '../../core/rooms/presencePort.ts';
import type { AdoptedPage, CallsPort, ForeignCall } from '../../core/session/callsPort.ts';
import type { KeyEvent, MembershipLost, WatchEvent } from '../../core/session/rtcPort.ts';
import type { OwnTrust } from '../../core/trust/shareTrust.ts';
import { latestAudiences, latestWithheld } from '../../core/session/trustEvents.ts';
import type { Verification, VerificationStep } from '../../core/trust/trustPort.ts';
import type { AccountState } from '../../core/account/accountState.ts';
import type { RoomSnapshot } from '../../core/rooms/room.ts';
import type { Share } from '../../core/share/share.ts';
import type { HostMessage } from '../../core/share/mediaMessages.ts';
import { portOf } from './portMethods.ts';
import { createSuccession, type Backend } from './succession.ts';

export interface SharedAccountOptions {
    readonly first: Backend;
    /**
     * The owner of now, or ourselves as the owner. Rejects with a `HushError`: `account.notSignedIn` when the person
     * signed out meanwhile, another when its patience ends.
     */
    reopen(): Promise<Backend>;
    /** Calls `front` whenever this window comes to the front, until disposed of. */
    attend(front: () => void): Disposable;
    /** ms. */
    readonly now: () => number;
    readonly log: Log;
}

export function createSharedAccount({ first, reopen, attend, now, log }: SharedAccountOptions): Account {
    const { userId, deviceId } = first.account;
    const stateChanged = new Listeners<[AccountState]>();
    const roomsChanged = new Listeners<[]>();
    const invited = new Listeners<[RoomSnapshot]>();
    const key = new Listeners<[KeyEvent]>();
    const watched = new Listeners<[WatchEvent]>();
    const lost = new Listeners<[MembershipLost]>();
    const foreign = new Listeners<[ForeignCall]>();
    const page = new Listeners<[string, number, HostMessage]>();
    const chatChanged = new Listeners<[string]>();
    const activity = new Listeners<[string]>();
    const progressed = new Listeners<[Progress]>();
    const gaveUp = new Listeners<[string, number]>();

    const roomNews = new Listeners<[RoomNews]>();
    const ownChanged = new Listeners<[OwnTrust]>();
    const verifications = new Listeners<[Verification]>();
    const [audiences, withheld] = [latestAudiences(), latestWithheld()];

    /** What this window is in the middle of. */
    const memberships = new Map<string, readonly Share[]>();
    const publishing = new Set<string>();
    const identities = new Map<string, string>();
    const keyIndexes = new Map<string, number>();
    const serving = new Map<string, Parameters<CallsPort['serve']>>();
    const watching = new Map<string, Parameters<CallsPort['watch']>>();
    /** Pages of ours that may have connections of calls, by call. */
    const pages = new Map<string, AdoptedPage>();

    let state = first.account.state;
    let rooms: readonly RoomSnapshot[] = first.account.rooms();
    let front = false;
    let status: OwnStatus = 'hidden';
    const looked = new Set<string>();
    /** Not over yet. They are with their owner, and end with it. */
    const verifying = new Map<string, Verification>();
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
        scope.add(account.onInvite((room) => invited.emit(room)));
        scope.add(
            account.rtc.onKey((event) => {
                if (event.kind === 'key') keyIndexes.set(`${event.key.roomId} ${event.key.identity}`, event.key.index);
                key.emit(event);
            }),
        );
        scope.add(account.rtc.onWatch((event) => watched.emit(event)));
        scope.add(
            account.rtc.onMembershipLost((event) => {
                memberships.delete(event.roomId);
                publishing.delete(event.roomId);
                lost.emit(event);
            }),
        );
        scope.add(account.roomAdmin.onNews((news) => roomNews.emit(news)));
        scope.add(account.trust.onOwn((own) => ownChanged.emit(own)));
        scope.add(
            account.trust.onVerification((verification) => {
                const { kind } = verification.state;
                if (kind === 'done' || kind === 'cancelled') verifying.delete(verification.id);
                else verifying.set(verification.id, verification);
                verifications.emit(verification);
            }),
        );
        scope.add(account.rtc.onWithheld((event) => withheld.emit(event)));
        scope.add(account.rtc.onAudience((event) => audiences.emit(event)));
        scope.add(account.calls.onForeignCall((event) => foreign.emit(event)));
        scope.add(account.calls.onPage((...args) => page.emit(...args)));
        scope.add(account.chat.onChange((roomId) => chatChanged.emit(roomId)));
        scope.add(account.files.onProgress((progress) => progressed.emit(progress)));
        scope.add(account.presence.onActivity((roomId) => activity.emit(roomId)));
        scope.add(account.calls.onGaveUp((...args) => gaveUp.emit(...args)));
    }
    const onState = (next: AccountState): void => {
        // What the next owner is at is told when the take-over is done.
        if (succession.between && (next.kind === 'ready' || next.kind === 'starting')) return;
        setState(next);
    };

    /** The memberships, keys and direct shares of this window, at the new owner. */
    async function resume({ rtc, calls, presence }: Account): Promise<void> {
        presence.show(status);
        for (const roomId of looked) presence.look(roomId);
        const joins = [...memberships].map(async ([roomId, shares]) => {
            try {
                await rtc.join(roomId, shares);
                if (!publishing.has(roomId)) return;
                await rtc.startKeys(roomId, keyIndexes.get(`${roomId} ${identities.get(roomId) ?? ''}`));
            } catch (error) {
                if (isHushError(error) && error.code === 'account.ownerGone') throw error; // the next one resumes it
                memberships.delete(roomId);
                publishing.delete(roomId);
                const failure = isHushError(error)
                    ? error
                    : new HushError('internal', userMessage(error, 'Going on with the session'), { cause: error });
                lost.emit({ roomId, error: failure });
            }
        });
        calls.adopt([...pages.values()]);
        for (const served of serving.values()) calls.serve(...served);
        for (const view of watching.values()) calls.watch(...view);
        await Promise.all(joins);
    }

    let began = 0;
    const succession = createSuccession({
        first,
        reopen,
        follow,
        resume,
        onGone() {
            began = now();
            if (state.kind === 'ready') setState({ ...state, online: false });
            for (const verification of verifying.values())
                verifications.emit({ ...verification, state: { kind: 'cancelled', reason: 'windowGone' } });
            verifying.clear();
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
            log.error('No window could go on with the account', error);
            setState({ kind: 'failed', userId, message: userMessage(error, 'Opening your account') });
        },
    });
    const attention = attend(() => {
        front = true;
        succession.current.front();
    });
    const here = (): Account => succession.current.account;
    const at =
        <A extends readonly unknown[], R>(method: (account: Account, ...args: A) => Promise<R>) =>
        (...args: A): Promise<R> =>
            succession.run((account) => method(account, ...args));
    /** For what does no harm when it is done twice. */
    const again =
        <A extends readonly unknown[], R>(method: (account: Account, ...args: A) => Promise<R>) =>
        (...args: A): Promise<R> =>
            succession.insist((account) => method(account, ...args));

    const roomAdmin = (name: RoomMethod): unknown => {
        const run = ROOM_METHODS[name] === 'again' ? again : at;
        return run((account, ...args: unknown[]) =>
            (account.roomAdmin[name] as (...args: unknown[]) => Promise<unknown>)(...args),
        );
    };

    const stop = async (): Promise<void> => {
        if (stopped) return;
        stopped = true;
        attention.dispose();
        succession.stop();
        // Without an owner there is nothing to give up.
        await succession
            .run((account) => account.stop())
            .catch((error: unknown) => log.warn('Stopping did not work', error));
    };
    return {
        userId,
        deviceId,
        get state() {
            return state;
        },
        onState: stateChanged.add,
        rooms: () => rooms,
        onRooms: roomsChanged.add,
        onInvite: invited.add,
        people: again((account, search?: string) => account.people(search)),
        rtc: {
            join: again(async ({ rtc }, roomId: string, shares: readonly Share[]) => {
                await rtc.join(roomId, shares);
                memberships.set(roomId, shares);
            }),
            announce: again(async ({ rtc }, roomId: string, shares: readonly Share[]) => {
                await rtc.announce(roomId, shares);
                memberships.set(roomId, shares);
            }),
            leave: again(async ({ rtc }, roomId: string) => {
                memberships.delete(roomId);
                publishing.delete(roomId);
                await rtc.leave(roomId);
            }),
            mayShare: again(({ rtc }) => rtc.mayShare()),
            publishGrant: again(async ({ rtc }, roomId: string) => {
                const granted = await rtc.publishGrant(roomId);
                identities.set(roomId, granted.identity);
                return granted;
            }),
            viewGrant: again(({ rtc }, ...args: Parameters<Account['rtc']['viewGrant']>) => rtc.viewGrant(...args)),
            startKeys: again(async ({ rtc }, roomId: string) => {
                publishing.add(roomId);
                await rtc.startKeys(roomId);
            }),
            stopKeys(roomId) {
                publishing.delete(roomId);
                here().rtc.stopKeys(roomId);
            },
            currentKeys: (roomId) => here().rtc.currentKeys(roomId),
            onKey: key.add,
            sendWatch: again(({ rtc }, ...args: Parameters<Account['rtc']['sendWatch']>) => rtc.sendWatch(...args)),
            onWatch: watched.add,
            onMembershipLost: lost.add,
            onWithheld: withheld.add,
            onAudience: audiences.add,
        },
        calls: {
            serve(...args) {
                serving.set(args[1].call, args);
                const [{ roomId }, { call, generation }] = args;
                pages.set(call, { roomId, page: { call, generation } });
                here().calls.serve(...args);
            },
            watch(...args) {
                watching.set(args[1].call, args);
                here().calls.watch(...args);
            },
            release(call) {
                serving.delete(call);
                watching.delete(call);
                pages.delete(call);
                here().calls.release(call);
            },
            retire(call) {
                serving.delete(call);
                here().calls.retire(call);
            },
            pageSaid: (...args) => here().calls.pageSaid(...args),
            call: (to) => here().calls.call(to),
            accept(...args) {
                const [{ roomId, callId }, { call, generation }] = args;
                pages.set(call, { roomId, page: { call, generation }, callId });
                here().calls.accept(...args);
            },
            decline: (callId) => here().calls.decline(callId),
            adopt: (adopted) => here().calls.adopt(adopted),
            onForeignCall: foreign.add,
            deviceGone: (...args) => here().calls.deviceGone(...args),
            roomLeft: (roomId) => here().calls.roomLeft(roomId),
            onPage: page.add,
            onGaveUp: gaveUp.add,
        },
        chat: {
            timeline: at(({ chat }, ...args: Parameters<Account['chat']['timeline']>) => chat.timeline(...args)),
            earlier: at(({ chat }, ...args: Parameters<Account['chat']['earlier']>) => chat.earlier(...args)),
            later: at(({ chat }, ...args: Parameters<Account['chat']['later']>) => chat.later(...args)),
            find: at(({ chat }, ...args: Parameters<Account['chat']['find']>) => chat.find(...args)),
            send: at(({ chat }, ...args: Parameters<Account['chat']['send']>) => chat.send(...args)),
            onChange: chatChanged.add,
        },
        files: {
            limit: again(({ files }) => files.limit()),
            // Twice does no harm, but it may be long: the person says whether to begin again.
            send: at(({ files }, ...args: Parameters<Account['files']['send']>) => files.send(...args)),
            cancel: (transfer) => here().files.cancel(transfer),
            image: again(({ files }, ...args: Parameters<Account['files']['image']>) => files.image(...args)),
            save: at(({ files }, ...args: Parameters<Account['files']['save']>) => files.save(...args)),
            onProgress: progressed.add,
        },
        roomAdmin: { ...portOf<RoomsPort, RoomMethod>(ROOM_METHODS, roomAdmin), onNews: roomNews.add },
        presence: {
            look(roomId) {
                looked.add(roomId);
                here().presence.look(roomId);
            },
            show(next) {
                status = next;
                here().presence.show(next);
            },
            type: (...args) => here().presence.type(...args),
            markRead: (...args) => here().presence.markRead(...args),
            activity: again(({ presence }, roomId: string) => presence.activity(roomId)),
            onActivity: activity.add,
        },
        trust: {
            get own() {
                return here().trust.own;
            },
            onOwn: ownChanged.add,
            onVerification: verifications.add,
            policyChanged: () => here().trust.policyChanged(),
            person: again(({ trust }, user: string) => trust.person(user)),
            acknowledge: at(({ trust }, user: string) => trust.acknowledge(user)),
            setUpIdentity: at(({ trust }, password: string | undefined) => trust.setUpIdentity(password)),
            resetIdentity: at(({ trust }, password: string | undefined) => trust.resetIdentity(password)),
            setUpRecovery: at(({ trust }, passphrase: string | undefined, replaceBackup: boolean | undefined) =>
                trust.setUpRecovery(passphrase, replaceBackup),
            ),
            recoveryKind: again(({ trust }) => trust.recoveryKind()),
            recover: at(({ trust }, key: string) => trust.recover(key)),
            verifyOwnDevices: at(({ trust }) => trust.verifyOwnDevices()),
            verifyPerson: at(({ trust }, user: string, roomId: string) => trust.verifyPerson(user, roomId)),
            verify: at(({ trust }, id: string, step: VerificationStep) => trust.verify(id, step)),
        },
        deviceTrust: again((account, user: string, device: string) => account.deviceTrust(user, device)),
        deviceName: again((account, user: string, device: string) => account.deviceName(user, device)),
        createSessionRoom: at((account, ...args: Parameters<Account['createSessionRoom']>) =>
            account.createSessionRoom(...args),
        ),
        invite: at((account, roomId: string, user: string) => account.invite(roomId, user)),
        join: at((account, roomId: string) => account.join(roomId)),
        leaveRoom: at((account, roomId: string) => account.leaveRoom(roomId)),
        linkWorkspace: at((account, ...args: Parameters<Account['linkWorkspace']>) => account.linkWorkspace(...args)),
        diagnostics: again((account) => account.diagnostics()),
        devices: {
            server: again(({ devices }) => devices.server()),
            list: again(({ devices }) => devices.list()),
            rename: at(({ devices }, deviceId: string, name: string) => devices.rename(deviceId, name)),
            askRemoval: at(({ devices }, ...args: Parameters<Account['devices']['askRemoval']>) =>
                devices.askRemoval(...args),
            ),
            page: at(({ devices }, ...args: Parameters<Account['devices']['page']>) => devices.page(...args)),
        },
        keysElsewhere: again((account) => account.keysElsewhere()),
        async signOut(scope?: SignOutScope) {
            // The owner ends with its account, and nobody takes over then. Without an owner the caller must do it.
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
