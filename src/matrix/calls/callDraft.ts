/** A change of the calls' state in progress: the new state and the effects so far. The machine's files share it. */
import type { CallEvent } from './callEvents.ts';
import {
    connectionOf,
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

    order(leg: CallConnection, order: PageOrder): void {
        this.add({ type: 'page', page: leg.page, order });
    }

    setCall<C extends Call>(call: C): C {
        this.change({ calls: new Map(this.state.calls).set(call.id, call) });
        return call;
    }

    change(part: Partial<CallsState>): void {
        this.#state = { ...this.#state, ...part };
    }

    /** Replaces one leg. Returns the updated call. */
    setLeg(call: Call, leg: CallConnection): Call {
        const current = this.state.calls.get(call.id) ?? call;
        return this.setCall({ ...current, legs: new Map(current.legs).set(leg.id, leg) });
    }

    setWatching(pageId: string, patch: Partial<Watching>): void {
        const watching = this.state.watching.get(pageId);
        if (watching) this.change({ watching: new Map(this.state.watching).set(pageId, { ...watching, ...patch }) });
    }

    /** Removes a leg from its call and closes its connection. Its viewer asks again, unless the page was released. */
    dropLeg(call: Call, leg: CallConnection, now: number): Call {
        this.order(leg, { type: 'mesh.close', connection: connectionOf(call.id, leg.id) });
        const legs = new Map((this.state.calls.get(call.id) ?? call).legs);
        legs.delete(leg.id);
        if (leg.role === 'receive') this.setWatching(leg.page.pageId, { connected: false, askAt: now + ASK_AGAIN_MS });
        return this.setCall({ ...call, legs });
    }

    /** Legs that waited for the call to connect make their offers. */
    startQueued(callId: string, now: number): void {
        const call = this.state.calls.get(callId);
        if (call?.phase !== 'connected') return;
        for (const leg of call.legs.values()) {
            if (call.foreign && call.owesShare && leg.phase === 'stable') {
                this.setCall({
                    ...call,
                    owesShare: false,
                    legs: new Map(call.legs).set(leg.id, { ...leg, phase: 'offering', since: now }),
                });
                this.order(leg, { type: 'mesh.restart', connection: connectionOf(call.id, leg.id) });
            }
            if (leg.phase !== 'queued') continue;
            this.setLeg(call, { ...leg, phase: 'offering', since: now });
            this.order(leg, { type: 'mesh.open', connection: connectionOf(call.id, leg.id), offer: true });
        }
    }

    /** Removes the call and closes everything in it. The caller tells the peer. */
    end(call: Call, now: number): void {
        const legs = [...call.legs.values()];
        this.#remove(call, now);
        if (call.foreign) for (const { page } of legs) this.add({ type: 'over', page, peer: call.peer });
    }

    #remove(call: Call, now: number): void {
        for (const leg of call.legs.values()) this.dropLeg(call, leg, now);
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
