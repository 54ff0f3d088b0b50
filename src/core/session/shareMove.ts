/** A running share that changes its transport. Both transports carry the picture until its viewers have moved. */
import { deviceKey, viewersOf } from './sessionMembers.ts';
import { isAnnounced, moveOf, steady, transportOf, type Course, type Move } from './course.ts';
import { PUBLISH_PATHS, publishPathOf } from './publishPath.ts';
import { still, withShare, type Step, type Effect, type Failure, type LocalShare, type SessionState } from './state.ts';
import type { Transport } from '../share/share.ts';
import { ANNOUNCE_AGAIN_MS, CALM_MS, decide, HANDOVER_MS, RETRY_MS, type Need, type Scene } from './topology.ts';

/** Devices of other MatrixRTC clients in the room's session. */
export function othersIn(state: SessionState, roomId: string): number {
    return (state.rtc.get(roomId) ?? []).filter((m) => m.client === 'other').length;
}

function sceneOf(state: SessionState, share: LocalShare, current: Transport): Scene {
    const { wantedTransport, carries, unreached } = share;
    const members = state.rtc.get(share.roomId) ?? [];
    return {
        wantedTransport,
        current,
        carries,
        viewers: viewersOf(state, share).length,
        others: othersIn(state, share.roomId),
        unreached: members.filter((m) => unreached.has(deviceKey(m))).length,
    };
}

/** Decides the share's transport. Called after every event. */
export function reconsider(state: SessionState): Step {
    const { share } = state;
    switch (share?.course.kind) {
        case 'moving':
            return reconsiderMove(state, share, share.course);
        case 'steady':
            return share.phase === 'live' ? reconsiderSteady(state, share, share.course) : still(state);
        default:
            return still(state);
    }
}

function reconsiderSteady(state: SessionState, share: LocalShare, course: Extract<Course, { kind: 'steady' }>): Step {
    const decision = decide(sceneOf(state, share, course.transport));
    if (decision.kind === 'moveWhenCalm') {
        if (course.calm !== undefined) return still(state);
        const wait = share.waits + 1;
        return {
            state: withShare(state, { course: { ...course, calm: { to: decision.to, wait } }, waits: wait }),
            effects: [{ type: 'wait', pageId: share.id, wait, ms: CALM_MS }],
        };
    }
    const current = course.calm === undefined ? state : withShare(state, { course: steady(course.transport) });
    if (decision.kind === 'stay') return still(current);
    if (decision.kind === 'refused') return tell(current, share, decision.need, 'setting');
    if (share.noSfu) {
        const why = share.noSfu.failure.code === 'media.noServer' ? 'none' : 'failed';
        return decision.need ? tell(current, share, decision.need, why) : still(current);
    }
    return begin(current, share, course.transport, decision.to, decision.need);
}

/** Says, once per reason, why a share that needs an SFU stays direct. */
function tell(state: SessionState, share: LocalShare, need: Need, why: 'setting' | 'none' | 'failed'): Step {
    // Without an SFU, other clients never see a share. That is normal in this room, so there is no notice.
    if ((need === 'others' && why !== 'failed') || share.told.has(need)) return still(state);
    const viewers = viewersOf(state, share).length;
    return {
        state: withShare(state, { told: new Set(share.told).add(need) }),
        effects: [{ type: 'notify', notice: { kind: 'serverMissed', need, viewers, why } }],
    };
}

const WHY: Readonly<Record<Need, string>> = {
    others: 'another MatrixRTC client is in the session',
    unreached: 'a viewer cannot be reached directly',
    viewers: 'there are many viewers',
    uplink: 'the upload suffers',
};

function begin(state: SessionState, share: LocalShare, from: Transport, to: Transport, need: Need | undefined): Step {
    const text = `share ${share.id.slice(-6)}: to ${PUBLISH_PATHS[to].name}${need ? `, because ${WHY[need]}` : ''}`;
    const step = enter(state, share, { kind: 'moving', from, to, stage: 'granting', need, wait: 0 });
    return { state: step.state, effects: [{ type: 'log', level: 'info', text }, ...step.effects] };
}

function staged(state: SessionState, move: Move, effects: readonly Effect[]): Step {
    return { state: withShare(state, { course: move }), effects };
}

/** Begins this stage, or the next one that the new transport needs. */
function enter(state: SessionState, share: LocalShare, move: Move): Step {
    const path = PUBLISH_PATHS[move.to];
    const { id: pageId, generation, roomId } = share;
    switch (move.stage) {
        case 'granting':
            if (!path.needsGrant) return enter(state, share, { ...move, stage: 'keying' });
            return staged(state, move, [{ type: 'fetchPublishGrant', pageId, generation, roomId }]);
        case 'keying':
            if (!path.needsKey) return enter(state, share, { ...move, stage: 'publishing' });
            return staged(state, move, [...path.prepare(share), { type: 'startKeys', roomId }]);
        case 'publishing':
            return staged(state, move, path.publish(share));
        case 'announcing': // follows from our membership (membershipFlow.ts)
        case 'settling':
            return staged(state, move, []);
    }
}

export function moveGranted(state: SessionState, share: LocalShare, move: Move): Step {
    return move.stage === 'granting' ? enter(state, share, { ...move, stage: 'keying' }) : still(state);
}

export function moveKeyed(state: SessionState, share: LocalShare, move: Move): Step {
    return move.stage === 'keying' ? enter(state, share, { ...move, stage: 'publishing' }) : still(state);
}

/**
 * The new transport carries the picture. Our membership tells the viewers; it follows from the course
 * (membershipFlow.ts).
 */
export function movePublished(state: SessionState, share: LocalShare, move: Move, transport: Transport): Step {
    if (move.stage !== 'publishing' || transport !== move.to) return still(state);
    return enter(state, share, { ...move, stage: 'announcing' });
}

export function moveAnnounced(state: SessionState, share: LocalShare, move: Move): Step {
    if (move.stage !== 'announcing') return still(state);
    const wait = share.waits + 1;
    return {
        state: withShare(state, { course: { ...move, stage: 'settling', wait }, waits: wait }),
        effects: [{ type: 'wait', pageId: share.id, wait, ms: HANDOVER_MS }],
    };
}

function reconsiderMove(state: SessionState, share: LocalShare, move: Move): Step {
    // A direct connection failed after all, or a fifth viewer came. The old transport still carries the picture.
    const decision = decide(sceneOf(state, share, move.to));
    if (isAnnounced(move) && !flees(share, move) && decision.kind === 'move' && decision.to === move.from) {
        const { from, to } = move;
        return enter(state, share, { ...move, from: to, to: from, stage: 'announcing', need: undefined, wait: 0 });
    }
    return move.stage === 'settling' && allMoved(state, share) ? finish(state, share, move) : still(state);
}

function allMoved(state: SessionState, share: LocalShare): boolean {
    const members = state.rtc.get(share.roomId) ?? [];
    const transport = transportOf(share.course);
    return members.every((m) => {
        const key = deviceKey(m);
        return !share.viewers.has(key) || share.viewers.get(key) === transport;
    });
}

function finish(state: SessionState, share: LocalShare, { from, to }: Move): Step {
    return {
        state: withShare(state, { ...PUBLISH_PATHS[to].alone(share), course: steady(to) }),
        effects: PUBLISH_PATHS[from].retire(share),
    };
}

/** The move leaves a transport that failed. So there is nothing to go back to. */
function flees({ noSfu }: LocalShare, { to }: Move): boolean {
    return noSfu !== undefined && PUBLISH_PATHS[to].fallback === undefined;
}

/** Failures that pass by themselves, so that a retry makes sense. */
const PASSING = /^(?:network\.|server\.error)/u;

/**
 * The viewers were not told about the transport. A move goes back if it can. Otherwise the announcement is retried,
 * because a running share must survive a short network failure. Returns undefined if a retry cannot help.
 */
export function notAnnounced(state: SessionState, share: LocalShare, failure: Failure): Step | undefined {
    const move = moveOf(share.course);
    if (move && !flees(share, move)) return abort(state, share, move, failure);
    if (share.phase === 'publishing' || !PASSING.test(failure.code)) return undefined;
    const wait = share.waits + 1;
    return {
        state: withShare(state, { untold: wait, waits: wait }),
        effects: [{ type: 'wait', pageId: share.id, wait, ms: ANNOUNCE_AGAIN_MS }],
    };
}

/** Returns to the earlier state. A server that failed is not tried for a while. */
export function abort(state: SessionState, share: LocalShare, move: Move, failure: Failure): Step {
    if (flees(share, move)) return still(state); // a failure at the server that it leaves is not news
    const { from, to } = move;
    const text = `share ${share.id.slice(-6)}: stays as it was (${failure.code})`;
    const effects: Effect[] = [{ type: 'log', level: 'warn', text }, ...PUBLISH_PATHS[to].retire(share)];
    const back: Partial<LocalShare> = { ...PUBLISH_PATHS[from].alone(share), course: steady(from) };
    if (PUBLISH_PATHS[to].fallback === undefined) return { state: withShare(state, back), effects };
    const wait = share.waits + 1;
    return {
        state: withShare(state, { ...back, noSfu: { wait, failure }, waits: wait }),
        effects: [...effects, { type: 'wait', pageId: share.id, wait, ms: RETRY_MS }],
    };
}

/** The page lost the server of a transport, but can still send by another one. */
export function sfuLost(state: SessionState, share: LocalShare, detail: string): Step {
    if (share.wantedTransport !== 'auto' || share.phase === 'preparing' || share.phase === 'choosing')
        return still(state);
    const failure: Failure = { code: 'media.serverLost', message: detail };
    const move = moveOf(share.course);
    if (move && PUBLISH_PATHS[move.to].fallback) return abort(state, share, move, failure);
    const { fallback } = publishPathOf(share);
    if (!move && !fallback) return still(state);
    const wait = share.waits + 1;
    const lost: LocalShare = { ...share, noSfu: { wait, failure }, waits: wait, phase: 'live' };
    const from = transportOf(share.course);
    const next = { ...state, share: lost };
    const begun = move || !fallback || !from ? still(next) : begin(next, lost, from, fallback, undefined);
    return {
        state: begun.state,
        effects: [...begun.effects, { type: 'wait', pageId: share.id, wait, ms: RETRY_MS }],
    };
}

/** A wait of the share has ended. */
export function shareWaited(state: SessionState, share: LocalShare, wait: number): Step {
    const { course } = share;
    const move = moveOf(course);
    if (move?.stage === 'settling' && move.wait === wait) return finish(state, share, move);
    if (share.untold === wait) {
        const { roomId } = share;
        return {
            state: withShare(state, { untold: undefined }),
            effects: [{ type: 'announce', roomId, shares: state.memberships.get(roomId) ?? [] }],
        };
    }
    if (share.noSfu?.wait === wait) {
        // The share first finishes its move away from the SFU. If it forgot the failure now, it would turn back.
        if (move) return { state, effects: [{ type: 'wait', pageId: share.id, wait, ms: RETRY_MS }] };
        return still(withShare(state, { noSfu: undefined }));
    }
    if (course.kind === 'steady' && course.calm?.wait === wait)
        return begin(state, share, course.transport, course.calm.to, undefined);
    return still(state);
}
