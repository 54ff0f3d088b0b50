/** The account as another window owns it: asked over the socket, with the rooms and keys kept at hand here. */
import { createConnection } from 'node:net';
import { once } from 'node:events';
import type { MessageConnection } from 'vscode-jsonrpc/node';
import type { Account } from '../../core/account/account.ts';
import { HushError } from '../../core/base/errors.ts';
import type { Progress } from '../../core/files/filesPort.ts';
import { Listeners } from '../../core/base/listeners.ts';
import { ROOM_METHODS, type RoomMethod, type RoomNews, type RoomsPort } from '../../core/rooms/roomsPort.ts';
import type { ForeignCall } from '../../core/session/callsPort.ts';
import type { KeyEvent, MediaKey, MembershipLost, WatchEvent } from '../../core/session/rtcPort.ts';
import type { AccountState } from '../../core/account/accountState.ts';
import type { RoomSnapshot } from '../../core/rooms/room.ts';
import type { OwnTrust } from '../../core/trust/shareTrust.ts';
import { latestAudiences, latestWithheld } from '../../core/session/trustEvents.ts';
import type { Verification } from '../../core/trust/trustPort.ts';
import type { HostMessage } from '../../core/share/mediaMessages.ts';
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
import type { Owner } from './ownerFile.ts';
import { portOf } from './portMethods.ts';
import { createPulse, type Pulse } from './pulse.ts';
import { fromWire, lostOf, type Method, type Told, type Welcome } from './wire.ts';

export interface RemoteAccount {
    /** `stop()` gives up this window's seat. */
    readonly account: Account;
    front(): void;
    /** Tells the owner that its sign-in is over, and that there is a newer one. */
    stale(): void;
    /** The owner is gone. Not called after `stop()`. */
    onGone(listener: () => void): void;
}

/** ms for an owner to answer: one that runs does so within a few. */
const WELCOME_WITHIN_MS = 3_000;

/** Rejects when nobody answers there. */
export async function connectToOwner(owner: Owner): Promise<RemoteAccount> {
    const socket = createConnection(owner.socket);
    try {
        await once(socket, 'connect', { signal: AbortSignal.timeout(WELCOME_WITHIN_MS) });
        socket.write(owner.secret);
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
    const invited = new Listeners<[RoomSnapshot]>();
    const key = new Listeners<[KeyEvent]>();
    const watched = new Listeners<[WatchEvent]>();
    const lost = new Listeners<[MembershipLost]>();
    const foreign = new Listeners<[ForeignCall]>();
    const page = new Listeners<[string, number, HostMessage]>();
    const gaveUp = new Listeners<[string, number]>();
    const chatChanged = new Listeners<[string]>();
    const activity = new Listeners<[string]>();
    const progress = new Listeners<[Progress]>();
    const roomNews = new Listeners<[RoomNews]>();
    const ownChanged = new Listeners<[OwnTrust]>();
    const verifications = new Listeners<[Verification]>();
    const [audiences, withheld] = [latestAudiences(), latestWithheld()];
    const goneListeners = new Listeners<[]>();
    const welcomed = Promise.withResolvers<Welcome>();
    let own: OwnTrust = { kind: 'checking', recovery: 'unknown', backup: 'unknown', otherDevices: false };
    let state: AccountState = { kind: 'signedOut' };
    /** As the owner told it last. */
    let toldState: AccountState = state;
    let rooms: readonly RoomSnapshot[] = [];
    let gone = false;
    let pulse: Pulse | undefined;
    let stopped = false;
    const keys = new Map<string, readonly MediaKey[]>();

    const hear = (told: Told): void => {
        switch (told.kind) {
            case 'state':
                toldState = state = told.state;
                return stateChanged.emit(state);
            case 'rooms': {
                const known = new Map([...rooms, ...told.changed].map((room) => [room.roomId, room]));
                rooms = told.order.flatMap((roomId) => known.get(roomId) ?? []);
                return roomsChanged.emit();
            }
            case 'invite':
                return invited.emit(told.room);
            case 'keys':
                return void keys.set(told.keys.roomId, told.keys.keys);
            case 'key':
                return key.emit(told.event);
            case 'watch':
                return watched.emit(told.event);
            case 'lost':
                return lost.emit(lostOf(told));
            case 'foreign':
                return foreign.emit(told.event);
            case 'page':
                return page.emit(told.call, told.generation, told.message);
            case 'chat':
                return chatChanged.emit(told.roomId);
            case 'progress':
                return progress.emit(told.progress);
            case 'roomNews':
                return roomNews.emit(told.news);
            case 'activity':
                return activity.emit(told.roomId);
            case 'own':
                own = told.own;
                return ownChanged.emit(own);
            case 'verification':
                return verifications.emit(told.verification);
            case 'withheld':
                return withheld.emit(told.event);
            case 'audience':
                return audiences.emit(told.event);
            case 'gaveUp':
                return gaveUp.emit(told.call, told.generation);
        }
    };
    link.onNotification(toldNotice, hear);
    link.onNotification(welcomeNotice, (welcome) => {
        ({ state, rooms } = welcome);
        toldState = state;
        for (const { roomId, keys: held } of welcome.keys) keys.set(roomId, held);
        welcomed.resolve(welcome);
    });
    link.onClose(() => {
        gone = true;
        pulse?.stop();
        welcomed.reject(new Error('the owner went away'));
        if (!stopped) goneListeners.emit();
    });
    const late = setTimeout(() => welcomed.reject(new Error('the owner does not answer')), WELCOME_WITHIN_MS);
    const { userId, deviceId } = await welcomed.promise.finally(() => clearTimeout(late));

    const tellState = (next: AccountState): void => {
        state = next;
        stateChanged.emit(next);
    };
    pulse = createPulse({
        ping: () => link.sendRequest(pingRequest, {}),
        onSilent: () => tellState(state.kind === 'ready' ? { ...state, online: false } : state),
        onBack: () => tellState(toldState),
    });
    const ask =
        <A extends readonly unknown[], R>(path: Method): ((...args: A) => Promise<R>) =>
        async (...args) => {
            const asked = link.sendRequest(callRequest, { path, args }).catch((cause: unknown) => {
                throw new HushError('account.ownerGone', 'The window that held your account closed. Try again.', {
                    cause,
                });
            });
            const answer = await (pulse?.guard(asked) ?? asked);
            if (!answer.ok) throw fromWire(answer.error);
            return answer.value as R;
        };
    const say =
        <A extends readonly unknown[]>(path: Method): ((...args: A) => void) =>
        (...args) => {
            if (!gone) void link.sendNotification(callNotice, { path, args }).catch(() => undefined); // then it is gone
        };
    const notify = (type: typeof frontNotice): void => {
        if (!gone) void link.sendNotification(type, {}).catch(() => undefined);
    };
    const stop = (): Promise<void> => {
        stopped = true;
        pulse?.stop();
        link.dispose();
        hangUp();
        return Promise.resolve();
    };

    const account: Account = {
        userId,
        deviceId,
        get state() {
            return state;
        },
        onState: stateChanged.add,
        rooms: () => rooms,
        onRooms: roomsChanged.add,
        onInvite: invited.add,
        people: ask('people'),
        rtc: {
            join: ask('rtc.join'),
            announce: ask('rtc.announce'),
            leave: ask('rtc.leave'),
            mayShare: ask('rtc.mayShare'),
            publishGrant: ask('rtc.publishGrant'),
            viewGrant: ask('rtc.viewGrant'),
            startKeys: ask('rtc.startKeys'),
            stopKeys: say('rtc.stopKeys'),
            currentKeys: (roomId) => keys.get(roomId) ?? [],
            onKey: key.add,
            sendWatch: ask('rtc.sendWatch'),
            onWatch: watched.add,
            onMembershipLost: lost.add,
            onWithheld: withheld.add,
            onAudience: audiences.add,
        },
        calls: {
            serve: say('calls.serve'),
            watch: say('calls.watch'),
            release: say('calls.release'),
            retire: say('calls.retire'),
            pageSaid: say('calls.pageSaid'),
            call: say('calls.call'),
            accept: say('calls.accept'),
            decline: say('calls.decline'),
            adopt: say('calls.adopt'),
            onForeignCall: foreign.add,
            deviceGone: say('calls.deviceGone'),
            roomLeft: say('calls.roomLeft'),
            onPage: page.add,
            onGaveUp: gaveUp.add,
        },
        chat: {
            timeline: ask('chat.timeline'),
            earlier: ask('chat.earlier'),
            later: ask('chat.later'),
            find: ask('chat.find'),
            send: ask('chat.send'),
            onChange: chatChanged.add,
        },
        files: {
            limit: ask('files.limit'),
            send: ask('files.send'),
            cancel: say('files.cancel'),
            image: ask('files.image'),
            save: ask('files.save'),
            onProgress: progress.add,
        },
        roomAdmin: {
            ...portOf<RoomsPort, RoomMethod>(ROOM_METHODS, (name) => ask(`roomAdmin.${name}`)),
            onNews: roomNews.add,
        },
        presence: {
            look: say('presence.look'),
            show: say('presence.show'),
            type: say('presence.type'),
            markRead: say('presence.markRead'),
            activity: ask('presence.activity'),
            onActivity: activity.add,
        },
        trust: {
            get own() {
                return own;
            },
            onOwn: ownChanged.add,
            onVerification: verifications.add,
            policyChanged: say('trust.policyChanged'),
            person: ask('trust.person'),
            acknowledge: ask('trust.acknowledge'),
            setUpIdentity: ask('trust.setUpIdentity'),
            resetIdentity: ask('trust.resetIdentity'),
            setUpRecovery: ask('trust.setUpRecovery'),
            recoveryKind: ask('trust.recoveryKind'),
            recover: ask('trust.recover'),
            verifyOwnDevices: ask('trust.verifyOwnDevices'),
            verifyPerson: ask('trust.verifyPerson'),
            verify: ask('trust.verify'),
        },
        deviceTrust: ask('deviceTrust'),
        deviceName: ask('deviceName'),
        createSessionRoom: ask('createSessionRoom'),
        invite: ask('invite'),
        join: ask('join'),
        leaveRoom: ask('leaveRoom'),
        linkWorkspace: ask('linkWorkspace'),
        diagnostics: ask('diagnostics'),
        devices: {
            server: ask('devices.server'),
            list: ask('devices.list'),
            rename: ask('devices.rename'),
            askRemoval: ask('devices.askRemoval'),
            page: ask('devices.page'),
        },
        keysElsewhere: ask('keysElsewhere'),
        signOut: ask('signOut'),
        start: () => undefined, // its owner did
        stop,
        dispose: () => void stop(),
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
