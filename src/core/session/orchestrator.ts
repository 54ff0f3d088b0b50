/**
 * Runs the session core. Events are reduced one at a time, effects run over the ports, and their results come back as
 * events.
 */
import { DisposableScope, type Disposable } from '../base/disposable.ts';
import { Listeners } from '../base/listeners.ts';
import { isToTake, type CallsPort } from './callsPort.ts';
import { isMeshMessage } from '../share/mediaMessages.ts';
import { reduce } from './machine.ts';
import { failureOf } from './pageGrants.ts';
import type { KeyEvent } from './rtcPort.ts';
import { createSessionEffects, type SessionEffects, type SessionPorts } from './sessionEffects.ts';
import { deviceKey, memberOf } from './sessionMembers.ts';
import { initialState, type SessionEvent, type SessionState } from './state.ts';

export interface Orchestrator extends Disposable {
    readonly state: SessionState;
    dispatch(event: SessionEvent): void;
    onState(listener: (state: SessionState) => void): Disposable;
    /** Resolves when every requested join, announce and leave has ended. */
    settled(): Promise<void>;
}

/** One log line for each share or viewer tab whose phase changed. Together they tell what happened in a session. */
function phaseChanges(before: SessionState, after: SessionState): string[] {
    const lines: string[] = [];
    const share = after.share ?? before.share;
    const phase = after.share?.phase ?? 'over';
    if (share && phase !== (before.share?.phase ?? 'over')) lines.push(`share ${share.id.slice(-6)}: ${phase}`);
    for (const id of new Set([...before.viewerTabs.keys(), ...after.viewerTabs.keys()])) {
        const now = after.viewerTabs.get(id)?.phase ?? 'closed';
        if (now !== (before.viewerTabs.get(id)?.phase ?? 'closed')) lines.push(`viewer tab ${id.slice(-6)}: ${now}`);
    }
    return lines;
}

export function createOrchestrator(ports: SessionPorts): Orchestrator {
    const { log } = ports;
    let state = initialState;
    let disposed = false;
    const queue: SessionEvent[] = [];
    let draining = false;
    const states = new Listeners<[SessionState]>();

    const dispatch = (event: SessionEvent): void => {
        if (disposed) return;
        queue.push(event);
        if (draining) return;
        draining = true;
        try {
            for (let next = queue.shift(); next; next = queue.shift()) {
                tellCalls(ports.calls, state, next);
                const step = reduce(state, next);
                const changed = step.state !== state;
                for (const line of phaseChanges(state, step.state)) log.info(line);
                state = step.state;
                for (const effect of step.effects) effects.run(effect);
                if (changed) states.emit(state);
            }
        } finally {
            draining = false;
        }
    };
    const effects = createSessionEffects(ports, () => state, dispatch);
    const scope = listen(ports, () => state, dispatch, effects);

    return {
        get state() {
            return state;
        },
        dispatch,
        onState: states.add,
        settled: () => effects.settled(),
        dispose() {
            disposed = true;
            scope.dispose();
            states.clear();
            effects.dispose();
        },
    };
}

/** Tells `calls` which devices left the session without a message, and which rooms we left. */
function tellCalls(calls: CallsPort, state: SessionState, event: SessionEvent): void {
    if (event.type === 'roomGone') calls.roomLeft(event.roomId);
    if (event.type !== 'rtcChanged') return;
    const there = new Set(event.members.map(deviceKey));
    for (const member of state.rtc.get(event.roomId) ?? [])
        if (!there.has(deviceKey(member))) calls.deviceGone(event.roomId, member);
}

/** Turns what the ports report into events. */
function listen(
    { rtc, calls, media, log }: SessionPorts,
    state: () => SessionState,
    dispatch: (event: SessionEvent) => void,
    effects: SessionEffects,
): DisposableScope {
    const onKey = (event: KeyEvent): void => {
        if (event.kind === 'key') return effects.key(event.key);
        if (event.kind === 'sideChannelLeft') return effects.sideChannelLeft(event.roomId, event);
        const failed = event.kind === 'deliveryFailed';
        dispatch({ type: 'keyDelivery', roomId: event.roomId, failed, message: failed ? event.message : '' });
    };
    const scope = new DisposableScope();
    const subscriptions: Disposable[] = [
        rtc.onKey(onKey),
        rtc.onMembershipLost(({ roomId, error }) => {
            log.warn('the membership was lost', error);
            dispatch({ type: 'joinFailed', roomId, failure: failureOf(error, 'Staying in the session') });
        }),
        rtc.onWatch((event) => {
            if (memberOf(state(), event.roomId, event.userId, event.deviceId) || event.watching)
                dispatch({ type: 'watch', ...event });
        }),
        rtc.onWithheld((event) => dispatch({ type: 'withheld', ...event })),
        rtc.onCover((event) => dispatch({ type: 'cover', ...event })),
        rtc.onAudience((event) => dispatch({ type: 'audience', ...event })),
        media.onMessage((pageId, generation, message) => {
            if (isMeshMessage(message) || message.type === 'servers.refused') calls.handlePageMessage(message, pageId);
            // Of a connection, the session needs only to know the picture's route.
            if (!isMeshMessage(message) || message.type === 'mesh.state')
                dispatch({ type: 'page', pageId, generation, message });
        }),
        calls.onPage((pageId, generation, message) => media.send(pageId, generation, message)),
        calls.onForeignCall((event) => {
            if (isToTake(event)) return; // another part asks the person
            const { kind, pageId, generation, userId, deviceId } = event;
            dispatch({ type: kind === 'over' ? 'callOver' : 'callAnswered', pageId, generation, userId, deviceId });
        }),
        calls.onGaveUp((pageId, generation) => dispatch({ type: 'meshGaveUp', pageId, generation })),
        media.onClosed((pageId, generation, reason) => dispatch({ type: 'pageClosed', pageId, generation, reason })),
    ];
    for (const subscription of subscriptions) scope.add(subscription);
    return scope;
}
