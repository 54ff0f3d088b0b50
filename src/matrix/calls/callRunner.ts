/** Runs the call machine: its clock, its events through the rooms, and its messages to the pages. */
import { monotonicFactory } from 'ulid';
import { DisposableScope, type Disposable } from '../../core/base/disposable.ts';
import type { Log } from '../../core/base/log.ts';
import { Turns } from '../../core/base/turns.ts';
import type { CallsPort } from '../../core/session/callsPort.ts';
import { createCallEffects } from './callEffects.ts';
import { nextDeadline, reduceCalls } from './callMachine.ts';
import { emptyCalls, type CallsEvent, type CallsState, type Device } from './callState.ts';
import type { CallRequests } from './callRequests.ts';
import type { IceServers } from './iceServers.ts';
import { wouldGetScreen } from './screenOut.ts';
import { createScreensBack } from './screensBack.ts';
import { createServedDevices, type Served } from './servedDevices.ts';
import type { CallSignalling, ReceivedCallEvent } from './signalling.ts';

export interface CallsOptions {
    readonly self: Device;
    readonly signalling: CallSignalling;
    readonly requests: CallRequests;
    readonly iceServers: Pick<IceServers, 'get' | 'refused'>;
    /** `hush.mesh.relayOnly`. It is read for every connection. */
    readonly relayOnly: () => boolean;
    /** ms since the epoch. */
    readonly now: () => number;
    readonly inRoom: (roomId: string, userId: string) => boolean;
    /**
     * Whether the device may have our picture. Default: every device may. Asked before each connection that carries our
     * screen.
     */
    readonly admit?: (roomId: string, device: Device) => Promise<boolean>;
    readonly log: Log;
}
export interface Calls extends CallsPort {
    readonly served: readonly Served[];
    /** Rooms with a share that devices may request, or with a call that carries our screen. */
    readonly servedRooms: ReadonlySet<string>;
    onServed(listener: () => void): Disposable;
    /** The device may no longer have our picture. */
    expel(roomId: string, device: Device): void;
    /** Hangs up every call. Resolves when the peers were told or after `ms`. */
    close(ms: number): Promise<void>;
    /** Ends here without telling the peers, because another window continues. */
    dispose(): void;
    /** How many calls and connections there are, for the diagnostics. */
    readonly count: { readonly calls: number; readonly connections: number };
}

type Unstamped = CallsEvent extends infer T ? (T extends { now: number } ? Omit<T, 'now'> : never) : never;

export function createCalls(options: CallsOptions): Calls {
    const { self, now } = options;
    const ulid = monotonicFactory();
    const admit = options.admit ?? (() => Promise.resolve(true));
    let state = emptyCalls(self);
    let timer: NodeJS.Timeout | undefined;
    let closed = false;
    /** The room of each page that came from an earlier leader, by the page's call ID. */
    const adopted = new Map<string, string>();
    const effects = createCallEffects(options);
    const served = createServedDevices(() => state, now);
    const screens = createScreensBack({
        calls: () => state.calls,
        toPage: effects.toPage,
        tell: (event) => effects.foreignCalls.emit(event),
    });

    const dispatch = (event: Unstamped): void => {
        if (closed) return;
        const step = reduceCalls(state, { ...event, now: now() });
        state = step.state;
        for (const effect of step.effects) effects.run(effect);
        clearTimeout(timer);
        screens.callsChanged();
        const due = nextDeadline(state);
        timer = due === undefined ? undefined : setTimeout(() => dispatch({ type: 'time' }), Math.max(1, due - now()));
        served.look();
    };
    const heard = hearDevices({ ...options, admit }, { state: () => state, ulid, dispatch });
    const dispose = (): void => {
        closed = true;
        clearTimeout(timer);
        heard.dispose();
        options.signalling.dispose();
    };

    return {
        get count() {
            const calls = [...state.calls.values()];
            return { calls: calls.length, connections: calls.reduce((sum, call) => sum + call.connections.size, 0) };
        },
        get served() {
            return served.all();
        },
        get servedRooms() {
            return served.rooms();
        },
        onServed: served.onChange,
        expel: (roomId, device) => dispatch({ type: 'expel', roomId, device }),
        publish: ({ roomId, shareId }, page) => dispatch({ type: 'publish', roomId, shareId, page }),
        watch: ({ roomId, userId, deviceId, shareId }, page) =>
            dispatch({ type: 'watch', roomId, shareId, peer: { userId, deviceId }, page }),
        release(pageId) {
            screens.release(pageId);
            adopted.delete(pageId);
            dispatch({ type: 'release', pageId });
        },
        unpublish: (pageId) => dispatch({ type: 'unpublish', pageId }),
        handlePageMessage(message, pageId) {
            if (message.type === 'mesh.dropped') {
                const roomId = pageId === undefined ? undefined : adopted.get(pageId);
                if (roomId !== undefined) dispatch({ type: 'dropped', roomId, connections: message.connections });
                return;
            }
            if (message.type === 'servers.refused') return options.iceServers.refused(message.urls);
            if (message.type === 'servers.none') return; // for the session, which tells the person
            if (screens.said(message, pageId)) return;
            if (message.type === 'mesh.description') dispatch({ ...message, type: 'description' });
            else if (message.type === 'mesh.candidates') dispatch({ ...message, type: 'candidates' });
            else if (message.type === 'mesh.state' && message.state !== 'connecting') {
                served.connection(message.connection, message.state === 'connected');
                dispatch({ type: 'connection', connection: message.connection, state: message.state });
            }
        },
        call(to) {
            const event = { type: 'call', ...to, ulid: ulid() } as const;
            const found = [...state.incoming].find(
                ([, theirs]) => theirs.roomId === to.roomId && theirs.peer.userId === to.userId,
            );
            if (!found) return dispatch(event);
            const [callId, { peer }] = found;
            void admit(to.roomId, peer).then((may) => {
                const offer = may ? effects.offer(callId) : undefined;
                dispatch(offer ? { ...event, ringing: { callId, ...offer } } : event);
            });
        },
        accept({ callId }, page) {
            if (screens.show(callId, page)) return;
            dispatch({ type: 'accept', callId, page, ...(effects.offer(callId) ?? { sdp: '', streams: {} }) });
        },
        decline: (callId) => dispatch({ type: 'decline', callId }),
        adopt(pages) {
            for (const adoptedPage of pages) {
                adopted.set(adoptedPage.page.pageId, adoptedPage.roomId);
                dispatch({ type: 'adopt', ...adoptedPage });
            }
        },
        deviceGone: (roomId, device) => dispatch({ type: 'gone', roomId, device }),
        roomLeft: (roomId) => dispatch({ type: 'roomLeft', roomId }),
        onPage: effects.pageMessages.add,
        onForeignCall: effects.foreignCalls.add,
        onGaveUp: effects.givenUp.add,
        dispose,
        async close(ms) {
            for (const roomId of new Set([...state.calls.values()].map((call) => call.roomId)))
                dispatch({ type: 'roomLeft', roomId });
            dispose();
            await effects.sent(ms);
        },
    };
}

/** Listens to other devices. One that would get our screen is checked first. */
function hearDevices(
    { signalling, requests, inRoom, admit, log }: Required<CallsOptions>,
    machine: { state(): CallsState; ulid(): string; dispatch(event: Unstamped): void },
): Disposable {
    /** Events of one call keep their order, although an answer waits for the check of its device. */
    const turns = new Turns();
    const received = async (it: ReceivedCallEvent): Promise<void> => {
        const { roomId, from, event } = it;
        if (wouldGetScreen(machine.state(), it) && !(await admit(roomId, from))) {
            machine.dispatch({ type: 'expel', roomId, device: from });
            if (event.kind === 'answer') return;
        }
        machine.dispatch({ type: 'received', ...it });
    };
    const scope = new DisposableScope();
    scope.add(
        signalling.onEvent((it) => {
            turns
                .take(it.event.callId, () => received(it))
                .catch((error: unknown) => log.error('A call event could not be handled', error));
        }),
    );
    scope.add(
        requests.onRequest(({ roomId, shareId, from, callId }) => {
            if (!inRoom(roomId, from.userId))
                return log.warn(`Refused a request for a share from ${from.userId}, who is not in the room`);
            void admit(roomId, from).then((may) => {
                if (may) machine.dispatch({ type: 'asked', roomId, shareId, from, callId, ulid: machine.ulid() });
                else log.info(`${from.userId} ${from.deviceId} asked for our share and may not have it`);
            });
        }),
    );
    return scope;
}
