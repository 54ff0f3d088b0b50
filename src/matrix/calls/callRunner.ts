/** Runs the call machine: its clock, its events through the rooms, and its messages to the pages. */
import { monotonicFactory } from 'ulid';
import { Listeners } from '../../core/base/listeners.ts';
import type { Log } from '../../core/base/log.ts';
import type { CallsPort, ForeignCall } from '../../core/session/callsPort.ts';
import type { Disposable } from '../../core/base/disposable.ts';
import type { HostMessage } from '../../core/share/mediaMessages.ts';
import { bringsScreen, wouldGetScreen } from './screenOut.ts';
import { nextDeadline, reduceCalls } from './callMachine.ts';
import {
    connectionOf,
    emptyCalls,
    legOf,
    type CallsEffect,
    type CallsEvent,
    type Device,
    type PageAddress,
} from './callState.ts';
import type { StreamPurposes } from './callEvents.ts';
import type { IceServers } from './iceServers.ts';
import type { CallRequests } from './callRequests.ts';
import { createScreensBack } from './screensBack.ts';
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
/** A device that our screen goes to, or is about to. */
interface Served {
    readonly roomId: string;
    readonly device: Device;
    /** ms since the epoch, when the page reported that the connection works. Undefined before. */
    readonly since: number | undefined;
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
    const { self, signalling, requests, now, log } = options;
    const ulid = monotonicFactory();
    let state = emptyCalls(self);
    let timer: NodeJS.Timeout | undefined;
    let closed = false;
    const pageMessages = new Listeners<[string, number, HostMessage]>();
    const foreignCalls = new Listeners<[ForeignCall]>();
    /** Offers of ringing calls, until they are accepted or end. */
    const offers = new Map<string, { readonly sdp: string; readonly streams: StreamPurposes }>();
    const givenUp = new Listeners<[string, number]>();
    const sending = new Set<Promise<void>>();
    /** Messages to one page keep their order, although some wait for the ICE servers. */
    const pageTurns = new Map<string, Promise<void>>();
    const admit = options.admit ?? (() => Promise.resolve(true));
    /** The room of each page that came from another owner of the account, by the page's call ID. */
    const adopted = new Map<string, string>();
    /** Working connections that carry our screen, by name, with their start. */
    const standing = new Map<string, number>();
    const servedChanges = new Listeners<[]>();
    let servedBefore = '[]';
    /** Events of one call keep their order, although an answer waits for the check of its device. */
    const callTurns = new Map<string, Promise<void>>();

    const served = (): Served[] =>
        [...state.calls.values()].flatMap((call) =>
            [...call.legs.values()]
                .filter((leg) => call.peer.deviceId !== '' && (leg.role === 'send' || call.owesShare))
                .map((leg) => ({
                    roomId: call.roomId,
                    device: call.peer,
                    since: standing.get(connectionOf(call.id, leg.id)),
                })),
        );
    const servedRooms = (): ReadonlySet<string> =>
        new Set(
            [...state.serving.values(), ...[...state.calls.values()].filter(bringsScreen)].map(({ roomId }) => roomId),
        );
    const tellServed = (): void => {
        for (const connection of standing.keys()) if (!legOf(state, connection)) standing.delete(connection);
        const next = JSON.stringify([served(), [...servedRooms()]]);
        if (next === servedBefore) return;
        servedBefore = next;
        servedChanges.emit();
    };
    const received = async (it: ReceivedCallEvent): Promise<void> => {
        const { roomId, from, event } = it;
        if (wouldGetScreen(state, it) && !(await admit(roomId, from))) {
            dispatch({ type: 'expel', roomId, device: from });
            if (event.kind === 'answer') return;
        }
        dispatch({ type: 'received', ...it });
    };

    const dispatch = (event: Unstamped): void => {
        if (closed) return;
        const step = reduceCalls(state, { ...event, now: now() });
        state = step.state;
        for (const effect of step.effects) run(effect);
        clearTimeout(timer);
        screens.callsChanged();
        const due = nextDeadline(state);
        timer = due === undefined ? undefined : setTimeout(() => dispatch({ type: 'time' }), Math.max(1, due - now()));
        tellServed();
    };
    const toPage = (page: PageAddress, message: HostMessage): void => {
        pageMessages.emit(page.call, page.generation, message);
    };
    const screens = createScreensBack({
        calls: () => state.calls,
        toPage,
        tell(event) {
            foreignCalls.emit(event);
        },
    });
    const inTurn = (page: PageAddress, work: () => Promise<void> | void): void => {
        const turn = (pageTurns.get(page.call) ?? Promise.resolve()).then(work).finally(() => {
            if (pageTurns.get(page.call) === turn) pageTurns.delete(page.call);
        });
        pageTurns.set(page.call, turn);
    };
    const run = (effect: CallsEffect): void => {
        switch (effect.type) {
            case 'send': {
                const { event, roomId } = effect;
                const sent = signalling
                    .send(roomId, event)
                    .catch((error: unknown) => log.warn(`m.call ${event.kind} was not sent`, error))
                    .finally(() => sending.delete(sent));
                sending.add(sent);
                return;
            }
            case 'ask':
                void requests
                    .send(effect.roomId, effect.shareId, effect.to, effect.callId)
                    .catch((error: unknown) => log.warn('Asking for the share did not work', error));
                return;
            case 'page': {
                const { page, order } = effect;
                inTurn(page, async () => {
                    if (order.type === 'mesh.open' || order.type === 'mesh.restart' || order.type === 'mesh.servers') {
                        const { servers, noneUsable } = await options.iceServers.get();
                        const iceServers = servers.map((server) => ({ ...server, urls: [...server.urls] }));
                        toPage(page, { ...order, iceServers, noneUsable, relayOnly: options.relayOnly() });
                    } else if (order.type === 'mesh.candidates')
                        toPage(page, { ...order, candidates: [...order.candidates] });
                    else if (order.type === 'mesh.description')
                        toPage(page, { ...order, streams: { ...order.streams } });
                    else toPage(page, order);
                });
                return;
            }
            case 'ring': {
                const { callId, incoming, sdp, streams } = effect;
                offers.set(callId, { sdp, streams });
                foreignCalls.emit({ kind: 'ring', callId, roomId: incoming.roomId, ...incoming.peer });
                return;
            }
            case 'ringOver':
                offers.delete(effect.callId);
                return;
            case 'over':
            case 'answered':
                foreignCalls.emit({ kind: effect.type, ...effect.page, ...effect.peer });
                return;
            case 'gaveUp':
                givenUp.emit(effect.page.call, effect.page.generation);
                return;
            case 'log':
                log[effect.level](effect.text);
                return;
        }
    };
    const dispose = (): void => {
        closed = true;
        clearTimeout(timer);
        for (const subscription of subscriptions) subscription.dispose();
        signalling.dispose();
    };
    const subscriptions: Disposable[] = [
        signalling.onEvent((it) => {
            const turn = (callTurns.get(it.event.callId) ?? Promise.resolve())
                .then(() => received(it))
                .catch((error: unknown) => log.error('A call event could not be handled', error))
                .finally(() => {
                    if (callTurns.get(it.event.callId) === turn) callTurns.delete(it.event.callId);
                });
            callTurns.set(it.event.callId, turn);
        }),
        requests.onRequest(({ roomId, shareId, from, callId }) => {
            if (!options.inRoom(roomId, from.userId))
                return log.warn(`Refused a request for a share from ${from.userId}, who is not in the room`);
            void admit(roomId, from).then((may) => {
                if (may) dispatch({ type: 'asked', roomId, shareId, from, callId, ulid: ulid() });
                else log.info(`${from.userId} ${from.deviceId} asked for our share and may not have it`);
            });
        }),
    ];

    return {
        get count() {
            return {
                calls: state.calls.size,
                connections: [...state.calls.values()].reduce((sum, call) => sum + call.legs.size, 0),
            };
        },
        get served() {
            return served();
        },
        get servedRooms() {
            return servedRooms();
        },
        onServed: servedChanges.add,
        expel: (roomId, device) => dispatch({ type: 'expel', roomId, device }),
        serve: ({ roomId, shareId }, page) => dispatch({ type: 'serve', roomId, shareId, page }),
        watch: ({ roomId, userId, deviceId, shareId }, page) =>
            dispatch({ type: 'watch', roomId, shareId, peer: { userId, deviceId }, page }),
        release(call) {
            screens.release(call);
            adopted.delete(call);
            dispatch({ type: 'release', call });
        },
        retire: (call) => dispatch({ type: 'retire', call }),
        pageSaid(message, call) {
            if (message.type === 'mesh.dropped') {
                const roomId = call === undefined ? undefined : adopted.get(call);
                if (roomId !== undefined) dispatch({ type: 'dropped', roomId, connections: message.connections });
                return;
            }
            if (message.type === 'servers.refused') return options.iceServers.refused(message.urls);
            if (message.type === 'servers.none') return; // for the session, which tells the person
            if (screens.said(message, call)) return;
            if (message.type === 'mesh.description') dispatch({ ...message, type: 'description' });
            else if (message.type === 'mesh.candidates') dispatch({ ...message, type: 'candidates' });
            else if (message.type === 'mesh.state' && message.state !== 'connecting') {
                if (message.state === 'failed') standing.delete(message.connection);
                else if (!standing.has(message.connection)) standing.set(message.connection, now());
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
                const offer = may ? offers.get(callId) : undefined;
                dispatch(offer ? { ...event, ringing: { callId, ...offer } } : event);
            });
        },
        accept({ callId }, page) {
            if (screens.show(callId, page)) return;
            dispatch({ type: 'accept', callId, page, ...(offers.get(callId) ?? { sdp: '', streams: {} }) });
        },
        decline: (callId) => dispatch({ type: 'decline', callId }),
        adopt(pages) {
            for (const adoptedPage of pages) {
                adopted.set(adoptedPage.page.call, adoptedPage.roomId);
                dispatch({ type: 'adopt', ...adoptedPage });
            }
        },
        deviceGone: (roomId, device) => dispatch({ type: 'gone', roomId, device }),
        roomLeft: (roomId) => dispatch({ type: 'roomLeft', roomId }),
        onPage: pageMessages.add,
        onForeignCall: foreignCalls.add,
        onGaveUp: givenUp.add,
        dispose,
        async close(ms) {
            for (const roomId of new Set([...state.calls.values()].map((call) => call.roomId)))
                dispatch({ type: 'roomLeft', roomId });
            dispose();
            const { promise, resolve } = Promise.withResolvers<void>();
            const limit = setTimeout(resolve, ms);
            await Promise.race([Promise.all(sending), promise]);
            clearTimeout(limit);
        },
    };
}
