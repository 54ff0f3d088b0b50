/**
 * Runs the session core. Events are reduced one at a time, effects run over the ports, and their results come back as
 * events.
 */
import type { TrustLevel } from '../trust/trustLevels.ts';
import { Listeners } from '../base/listeners.ts';
import type { After } from '../base/timer.ts';
import type { Log } from '../base/log.ts';
import { sameShares } from './membershipFlow.ts';
import { reduce } from './machine.ts';
import { deviceKey, memberOf, targetMember } from './sessionMembers.ts';
import { createPageGrants, failureOf } from './pageGrants.ts';
import { isToTake, type CallsPort } from './callsPort.ts';
import type { Disposable } from '../base/disposable.ts';
import type { KeyEvent, MediaKey, RtcPort } from './rtcPort.ts';
import type { MediaPort } from './mediaPort.ts';
import { needsGrant } from './viewFlow.ts';
import { initialState, type Effect, type Notice, type SessionEvent, type SessionState } from './state.ts';

export interface OrchestratorPorts {
    readonly rtc: RtcPort;
    readonly calls: CallsPort;
    readonly media: MediaPort;
    readonly log: Log;
    deviceTrust(userId: string, deviceId: string): Promise<TrustLevel>;
    deviceName(userId: string, deviceId: string): Promise<string>;
    readonly after: After;
    notify(notice: Notice): void;
}

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
    for (const id of new Set([...before.views.keys(), ...after.views.keys()])) {
        const now = after.views.get(id)?.phase ?? 'closed';
        if (now !== (before.views.get(id)?.phase ?? 'closed')) lines.push(`view ${id.slice(-6)}: ${now}`);
    }
    return lines;
}

export function createOrchestrator(ports: OrchestratorPorts): Orchestrator {
    const { rtc, calls, media, log } = ports;
    let state = initialState;
    let disposed = false;
    const queue: SessionEvent[] = [];
    let draining = false;
    const states = new Listeners<[SessionState]>();
    const grants = createPageGrants({
        rtc,
        media,
        log,
        dispatch,
        current(call) {
            const view = state.views.get(call);
            const page = state.share?.id === call ? state.share : view;
            const wantsGrant = view === undefined || needsGrant(view);
            return page && { generation: page.generation, moving: page.move !== undefined, wantsGrant };
        },
    });
    const waits = new Set<() => void>();
    /**
     * Membership changes of one room run in order. But a leave does not wait, and results that it overtook are dropped.
     */
    const perRoom = new Map<string, Promise<void>>();
    const leaves = new Map<string, number>();

    function dispatch(event: SessionEvent): void {
        if (disposed) return;
        queue.push(event);
        if (draining) return;
        draining = true;
        try {
            for (let next = queue.shift(); next; next = queue.shift()) {
                tellCalls(next);
                const step = reduce(state, next);
                const changed = step.state !== state;
                for (const line of phaseChanges(state, step.state)) log.info(line);
                state = step.state;
                for (const effect of step.effects) run(effect);
                if (changed) states.emit(state);
            }
        } finally {
            draining = false;
        }
    }

    /** Tells `calls` which devices left the session without a message, and which rooms we left. */
    function tellCalls(event: SessionEvent): void {
        if (event.type === 'roomGone') calls.roomLeft(event.roomId);
        if (event.type !== 'rtcChanged') return;
        const there = new Set(event.members.map(deviceKey));
        for (const member of state.rtc.get(event.roomId) ?? [])
            if (!there.has(deviceKey(member))) calls.deviceGone(event.roomId, member);
    }

    function inRoomOrder(roomId: string, work: () => Promise<void>): void {
        const before = perRoom.get(roomId) ?? Promise.resolve();
        const after = before.then(work).finally(() => {
            if (perRoom.get(roomId) === after) perRoom.delete(roomId);
        });
        perRoom.set(roomId, after);
    }

    /** Runs after earlier work for the room. `tell` drops the result if the room was left meanwhile. */
    function inRoom(roomId: string, work: (tell: (event: SessionEvent) => void) => Promise<void>): void {
        const at = leaves.get(roomId) ?? 0;
        const stands = (): boolean => (leaves.get(roomId) ?? 0) === at;
        inRoomOrder(roomId, async () => {
            if (!stands()) return;
            await work((event) => {
                if (stands()) dispatch(event);
            });
        });
    }

    /** Whether this is still the latest wish for the room. A later one has its own result, and only that counts. */
    function isLatest({ roomId, shares }: Extract<Effect, { type: 'join' | 'announce' }>): boolean {
        return sameShares(state.calls.get(roomId) ?? [], shares);
    }

    /** A key goes only to pages that play or publish its participant. */
    function sendKey(call: string, generation: number, key: MediaKey): void {
        media.send(call, generation, { type: 'keys.set', identity: key.identity, index: key.index, key: key.key });
    }

    function onKey(event: KeyEvent): void {
        if (event.kind !== 'key') {
            const failed = event.kind === 'deliveryFailed';
            dispatch({ type: 'keyDelivery', roomId: event.roomId, failed, message: failed ? event.message : '' });
            return;
        }
        const { key } = event;
        const { share } = state;
        log.debug(`media key ${key.index} of ${key.identity}`);
        if (
            share?.roomId === key.roomId &&
            grants.held(share.id)?.identity === key.identity &&
            share.phase !== 'choosing'
        ) {
            sendKey(share.id, share.generation, key);
        }
        for (const view of state.views.values()) {
            if (view.target.roomId !== key.roomId || view.phase === 'opening') continue;
            const identity = targetMember(state, view.target)?.identity;
            if (view.target.userId === undefined || identity === key.identity) sendKey(view.id, view.generation, key);
        }
    }

    function run(effect: Effect): void {
        switch (effect.type) {
            case 'askToShare': {
                const { call, generation } = effect;
                rtc.mayShare().then(
                    () => dispatch({ type: 'grantReady', call, generation }),
                    (error: unknown) => {
                        log.warn('the screen may not be shared now', error);
                        dispatch({ type: 'grantFailed', call, generation, failure: failureOf(error, 'Sharing') });
                    },
                );
                return;
            }
            case 'fetchPublishGrant':
            case 'fetchViewGrant':
                void grants.obtain(effect);
                return;
            case 'openPage':
                grants.open(effect);
                return;
            case 'forgetGrant':
                grants.forget(effect.call);
                return;
            case 'wait': {
                const { call, wait, ms } = effect;
                const stop = ports.after(ms, () => {
                    waits.delete(stop);
                    dispatch({ type: 'waited', call, wait });
                });
                waits.add(stop);
                return;
            }
            case 'revealPage':
                media.reveal(effect.call);
                return;
            case 'closePage':
                grants.close(effect.call);
                media.close(effect.call);
                return;
            case 'send':
                media.send(effect.call, effect.generation, effect.message);
                return;
            case 'preparePublish': {
                const held = grants.held(effect.call);
                if (held?.identity === undefined) return;
                media.send(effect.call, effect.generation, {
                    type: 'share.prepare',
                    grant: held.grant,
                    identity: held.identity,
                });
                return;
            }
            case 'publish': {
                const held = grants.held(effect.call);
                if (held?.identity === undefined) return;
                for (const key of rtc.currentKeys(effect.roomId)) {
                    if (key.identity === held.identity) sendKey(effect.call, effect.generation, key);
                }
                media.send(effect.call, effect.generation, {
                    type: 'share.publish',
                    grant: held.grant,
                    identity: held.identity,
                });
                return;
            }
            case 'connectView': {
                const held = grants.held(effect.call);
                if (!held) return;
                for (const key of rtc.currentKeys(effect.roomId)) {
                    if (effect.identity === null || key.identity === effect.identity)
                        sendKey(effect.call, effect.generation, key);
                }
                media.send(effect.call, effect.generation, {
                    type: 'view.connect',
                    grant: held.grant,
                    identity: effect.identity,
                    handover: effect.handover,
                });
                return;
            }
            case 'join':
                inRoom(effect.roomId, async (tell) => {
                    try {
                        await rtc.join(effect.roomId, effect.shares);
                        log.info('in the call');
                        if (isLatest(effect)) tell({ type: 'joined', roomId: effect.roomId });
                    } catch (error) {
                        log.warn('joining the call failed', error);
                        const failure = failureOf(error, 'Joining the call');
                        tell({ type: 'joinFailed', roomId: effect.roomId, failure });
                    }
                });
                return;
            case 'announce':
                inRoom(effect.roomId, async (tell) => {
                    try {
                        await rtc.announce(effect.roomId, effect.shares);
                        if (isLatest(effect)) tell({ type: 'announced', roomId: effect.roomId });
                    } catch (error) {
                        log.warn('the share was not announced', error);
                        if (!isLatest(effect)) return;
                        const failure = failureOf(error, 'Telling the room about the share');
                        tell({ type: 'announceFailed', roomId: effect.roomId, failure });
                    }
                });
                return;
            case 'leave':
                leaves.set(effect.roomId, (leaves.get(effect.roomId) ?? 0) + 1);
                perRoom.delete(effect.roomId);
                inRoomOrder(effect.roomId, async () => {
                    // If this does not reach the server, the delayed leave does the work.
                    await rtc
                        .leave(effect.roomId)
                        .catch((error: unknown) => log.warn('leaving the call failed', error));
                });
                return;
            case 'startKeys': {
                const share = state.share?.id;
                const tell = (event: SessionEvent): void => {
                    if (state.share?.id === share) dispatch(event); // otherwise it is about a share that is over
                };
                rtc.startKeys(effect.roomId).then(
                    () => tell({ type: 'keysReady', roomId: effect.roomId }),
                    (error: unknown) => {
                        log.warn('the media key could not be sent', error);
                        const failure = failureOf(error, 'Sending the encryption key');
                        tell({ type: 'keysFailed', roomId: effect.roomId, failure });
                    },
                );
                return;
            }
            case 'stopKeys':
                rtc.stopKeys(effect.roomId);
                return;
            case 'sendWatch':
                rtc.sendWatch(effect, effect.watching, effect.via).catch((error: unknown) =>
                    log.warn('telling the sharer failed', error),
                );
                return;
            case 'serveMesh':
                calls.serve({ roomId: effect.roomId, shareId: effect.call }, effect);
                return;
            case 'watchMesh':
                calls.watch(effect, effect);
                return;
            case 'callPerson':
                calls.call({ roomId: effect.roomId, shareId: effect.call, userId: effect.userId });
                return;
            case 'acceptCall':
                calls.accept(effect, effect);
                return;
            case 'releaseMesh':
                calls.release(effect.call);
                return;
            case 'retireMesh':
                calls.retire(effect.call);
                return;
            case 'queryTrust':
                Promise.all([
                    ports.deviceTrust(effect.userId, effect.deviceId),
                    ports.deviceName(effect.userId, effect.deviceId),
                ]).then(
                    ([trust, deviceName]) => dispatch({ type: 'trust', viewId: effect.viewId, trust, deviceName }),
                    (error: unknown) => log.warn('device trust is not known', error),
                );
                return;
            case 'notify':
                ports.notify(effect.notice);
                return;
            case 'log':
                log[effect.level](effect.text);
                return;
        }
    }

    const subscriptions: Disposable[] = [
        rtc.onKey(onKey),
        rtc.onMembershipLost(({ roomId, error }) => {
            log.warn('the membership was lost', error);
            dispatch({ type: 'joinFailed', roomId, failure: failureOf(error, 'Staying in the call') });
        }),
        rtc.onWatch((event) => {
            if (memberOf(state, event.roomId, event.userId, event.deviceId) || event.watching)
                dispatch({ type: 'watch', ...event });
        }),
        rtc.onWithheld((event) => dispatch({ type: 'withheld', ...event })),
        rtc.onAudience((event) => dispatch({ type: 'audience', ...event })),
        media.onMessage((call, generation, message) => {
            if (
                message.type === 'mesh.description' ||
                message.type === 'mesh.candidates' ||
                message.type === 'mesh.state' ||
                message.type === 'mesh.screen' ||
                message.type === 'mesh.dropped' ||
                message.type === 'servers.refused'
            )
                calls.pageSaid(message, call);
            dispatch({ type: 'page', call, generation, message });
        }),
        calls.onPage((call, generation, message) => media.send(call, generation, message)),
        calls.onForeignCall((event) => {
            if (isToTake(event)) return; // another part asks the person
            const { kind, call, generation, userId, deviceId } = event;
            dispatch({ type: kind === 'over' ? 'callOver' : 'callAnswered', call, generation, userId, deviceId });
        }),
        calls.onGaveUp((call, generation) => dispatch({ type: 'meshGaveUp', call, generation })),
        media.onClosed((call, generation, reason) => dispatch({ type: 'pageClosed', call, generation, reason })),
    ];

    return {
        get state() {
            return state;
        },
        dispatch,
        onState: states.add,
        async settled() {
            while (perRoom.size > 0) await Promise.all(perRoom.values());
        },
        dispose() {
            disposed = true;
            for (const subscription of subscriptions) subscription.dispose();
            for (const stop of waits) stop();
            states.clear();
            grants.clear();
        },
    };
}
