/** A change of the calls' state in progress: the new state and the effects so far. The machine's files share it. */
import type { CallEvent } from './callEvents.ts';
import {
    connectionIdOf,
    type Call,
    type CallsEffect,
    type CallsState,
    type CallsStep,
    type CallConnection,
    type PageOrder,
    type Watching,
} from './callState.ts';

/** The most IDs of ended calls that are kept. */
const MAX_ENDED = 200;
/** ms until a lost share is requested again. */
const ASK_AGAIN_MS = 1_000;

export class Draft {
    #state: CallsState;
    readonly #before: CallsState;
    readonly #effects: CallsEffect[] = [];

    constructor(state: CallsState) {
        this.#state = this.#before = state;
    }

    get state(): CallsState {
        return this.#state;
    }

    get step(): CallsStep {
        return {
            state: this.#effects.length === 0 && this.state === this.#before ? this.#before : this.state,
            effects: this.#effects,
        };
    }

    add(effect: CallsEffect): void {
        this.#effects.push(effect);
    }

    log(level: 'debug' | 'info' | 'warn', text: string): void {
        this.add({ type: 'log', level, text });
    }

    send(call: Call, event: DistributiveOmit<CallEvent, 'callId'>): void {
        this.add({
            type: 'send',
            roomId: call.roomId,
            event: { ...event, leg: call.foreign ? undefined : event.leg, callId: call.id } as CallEvent,
        });
    }

    order(connection: CallConnection, order: PageOrder): void {
        this.add({ type: 'page', page: connection.page, order });
    }

    setCall<C extends Call>(call: C): C {
        this.change({ calls: new Map(this.state.calls).set(call.id, call) });
        return call;
    }

    change(part: Partial<CallsState>): void {
        this.#state = { ...this.#state, ...part };
    }

    /** Replaces one connection. Returns the updated call. */
    setConnection(call: Call, connection: CallConnection): Call {
        const current = this.state.calls.get(call.id) ?? call;
        return this.setCall({ ...current, connections: new Map(current.connections).set(connection.id, connection) });
    }

    setWatching(pageId: string, patch: Partial<Watching>): void {
        const watching = this.state.watching.get(pageId);
        if (watching) this.change({ watching: new Map(this.state.watching).set(pageId, { ...watching, ...patch }) });
    }

    /** Removes a connection from its call and closes it. Its viewer asks again, unless the page was released. */
    dropConnection(call: Call, connection: CallConnection, now: number): Call {
        this.order(connection, { type: 'mesh.close', connection: connectionIdOf(call.id, connection.id) });
        const connections = new Map((this.state.calls.get(call.id) ?? call).connections);
        connections.delete(connection.id);
        if (connection.role === 'receive')
            this.setWatching(connection.page.pageId, { connected: false, askAt: now + ASK_AGAIN_MS });
        return this.setCall({ ...call, connections });
    }

    /** Connections that waited for the call to connect make their offers. */
    startQueued(callId: string, now: number): void {
        const call = this.state.calls.get(callId);
        if (call?.phase !== 'connected') return;
        for (const connection of call.connections.values()) {
            if (call.foreign && call.owesShare && connection.phase === 'stable') {
                this.setCall({
                    ...call,
                    owesShare: false,
                    connections: new Map(call.connections).set(connection.id, {
                        ...connection,
                        phase: 'offering',
                        since: now,
                    }),
                });
                this.order(connection, { type: 'mesh.restart', connection: connectionIdOf(call.id, connection.id) });
            }
            if (connection.phase !== 'queued') continue;
            this.setConnection(call, { ...connection, phase: 'offering', since: now });
            this.order(connection, {
                type: 'mesh.open',
                connection: connectionIdOf(call.id, connection.id),
                offer: true,
                sideChannel: !call.foreign,
            });
        }
    }

    /** Removes the call and closes everything in it. The caller tells the peer. */
    end(call: Call, now: number): void {
        const connections = [...call.connections.values()];
        this.#remove(call, now);
        if (call.foreign) for (const { page } of connections) this.add({ type: 'over', page, peer: call.peer });
    }

    #remove(call: Call, now: number): void {
        for (const connection of call.connections.values()) this.dropConnection(call, connection, now);
        const calls = new Map(this.state.calls);
        calls.delete(call.id);
        const early = new Map(this.state.early);
        early.delete(call.id);
        this.change({ calls, early });
        this.forget(call.id);
    }

    /** Another client's call stops ringing. */
    stopRinging(callId: string): void {
        const incoming = new Map(this.state.incoming);
        incoming.delete(callId);
        this.change({ incoming });
        this.add({ type: 'ringOver', callId });
    }

    /** Later events of this call are ignored. */
    forget(callId: string): void {
        this.change({ ended: [...this.state.ended.filter((id) => id !== callId), callId].slice(-MAX_ENDED) });
    }

    /** Ends the call and tells the peer. */
    hangUp(call: Call, reason: string, now: number): void {
        this.#sayGoodbye(call, reason);
        this.end(call, now);
    }

    /** Ends the call, which goes on in another one. So its pages are not told that it is over. */
    replace(call: Call, now: number): void {
        this.#sayGoodbye(call, 'replaced');
        this.#remove(call, now);
    }

    /** With the right event: a call that was not answered is rejected. */
    #sayGoodbye(call: Call, reason: string): void {
        if (call.phase === 'starting') return;
        this.send(call, { kind: call.phase === 'answering' ? 'reject' : 'hangup', leg: undefined, reason });
    }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
