/** A running share that changes its transport. Both transports carry the picture until its viewers have moved. */
import { deviceKey, viewersOf } from './sessionMembers.ts';
import { still, type Step, type Effect, type Failure, type LocalShare, type Move, type SessionState } from './state.ts';
import type { Transport } from '../share/share.ts';
import {
    ANNOUNCE_AGAIN_MS,
    CALM_MS,
    decide,
    HANDOVER_MS,
    needOf,
    RETRY_MS,
    type Need,
    type Scene,
} from './topology.ts';

function patched(state: SessionState, share: LocalShare, patch: Partial<LocalShare>): SessionState {
    return { ...state, share: { ...share, ...patch } };
}

/** Devices of other MatrixRTC clients in the room's session. */
export function othersIn(state: SessionState, roomId: string): number {
    return (state.rtc.get(roomId) ?? []).filter((m) => m.client === 'other').length;
}

function sceneOf(state: SessionState, share: LocalShare, current: Transport): Scene {
    const { wish, carries, unreached } = share;
    const members = state.rtc.get(share.roomId) ?? [];
    return {
        wish,
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
    if (!share || share.transport === 'auto') return still(state);
    if (share.move) return reconsiderMove(state, share, share.move);
    if (share.phase !== 'live') return still(state);
    const decision = decide(sceneOf(state, share, share.transport));
    if (decision.kind === 'moveWhenCalm') {
        if (share.calm !== undefined) return still(state);
        const wait = share.waits + 1;
        return {
            state: patched(state, share, { calm: wait, waits: wait }),
            effects: [{ type: 'wait', call: share.id, wait, ms: CALM_MS }],
        };
    }
    const calm = share.calm === undefined ? share : { ...share, calm: undefined };
    const current = calm === share ? state : { ...state, share: calm };
    if (decision.kind === 'stay') return still(current);
    if (decision.kind === 'refused') return tell(current, calm, decision.need, 'setting');
    if (share.noServer) {
        const why = share.noServer.failure.code === 'media.noServer' ? 'none' : 'failed';
        return decision.need ? tell(current, calm, decision.need, why) : still(current);
    }
    return begin(current, calm, decision.to, decision.need);
}

/** Says, once per reason, why a share that needs an SFU stays direct. */
function tell(state: SessionState, share: LocalShare, need: Need, why: 'setting' | 'none' | 'failed'): Step {
    // Without an SFU, other clients never see a share. That is normal in this room, so there is no notice.
    if ((need === 'others' && why !== 'failed') || share.told.has(need)) return still(state);
    const viewers = viewersOf(state, share).length;
    return {
        state: patched(state, share, { told: new Set(share.told).add(need) }),
        effects: [{ type: 'notify', notice: { kind: 'serverMissed', need, viewers, why } }],
    };
}

const WHY: Readonly<Record<Need, string>> = {
    others: 'another MatrixRTC client is in the session',
    unreached: 'a viewer cannot be reached directly',
    viewers: 'there are many viewers',
    uplink: 'the upload suffers',
};

function begin(state: SessionState, share: LocalShare, to: Transport, need: Need | undefined): Step {
    const { id: call, generation, roomId } = share;
    const stage = to === 'livekit' ? 'granting' : 'publishing';
    const text = `share ${call.slice(-6)}: to ${to === 'mesh' ? 'the direct way' : 'the media server'}${need ? `, because ${WHY[need]}` : ''}`;
    return {
        state: patched(state, share, { move: { to, stage, need, wait: 0 }, calm: undefined }),
        effects: [
            { type: 'log', level: 'info', text },
            ...(to === 'livekit'
                ? [{ type: 'fetchPublishGrant', call, generation, roomId } as const]
                : [
                      { type: 'send', call, generation, message: { type: 'share.direct' } } as const,
                      { type: 'serveMesh', call, generation, roomId } as const,
                  ]),
        ],
    };
}

function staged(state: SessionState, share: LocalShare, move: Move, effects: readonly Effect[]): Step {
    return { state: patched(state, share, { move }), effects };
}

export function moveGranted(state: SessionState, share: LocalShare, move: Move): Step {
    if (move.stage !== 'granting') return still(state);
    const { id: call, generation, roomId } = share;
    return staged(state, share, { ...move, stage: 'keying' }, [
        { type: 'preparePublish', call, generation },
        { type: 'startKeys', roomId },
    ]);
}

export function moveKeyed(state: SessionState, share: LocalShare, move: Move): Step {
    if (move.stage !== 'keying') return still(state);
    const { id: call, generation, roomId } = share;
    return staged(state, share, { ...move, stage: 'publishing' }, [{ type: 'publish', call, generation, roomId }]);
}

/**
 * The new transport carries the picture. Our membership tells the viewers; it follows from `transport`
 * (membershipFlow.ts).
 */
export function movePublished(state: SessionState, share: LocalShare, move: Move, via: Transport): Step {
    if (move.stage !== 'publishing' || via !== move.to) return still(state);
    return still(patched(state, share, { transport: via, move: { ...move, stage: 'announcing' } }));
}

export function moveAnnounced(state: SessionState, share: LocalShare, move: Move): Step {
    if (move.stage !== 'announcing') return still(state);
    const wait = share.waits + 1;
    return {
        state: patched(state, share, { move: { ...move, stage: 'settling', wait }, waits: wait }),
        effects: [{ type: 'wait', call: share.id, wait, ms: HANDOVER_MS }],
    };
}

function reconsiderMove(state: SessionState, share: LocalShare, move: Move): Step {
    const announced = move.stage === 'announcing' || move.stage === 'settling';
    // A direct connection failed after all, or a fifth viewer came. The SFU still carries the picture.
    if (announced && move.to === 'mesh' && !share.noServer && needOf(sceneOf(state, share, 'mesh')) !== undefined) {
        const back: Move = { to: 'livekit', stage: 'announcing', need: undefined, wait: 0 };
        return still(patched(state, share, { transport: 'livekit', move: back }));
    }
    return move.stage === 'settling' && allMoved(state, share) ? finish(state, share, move) : still(state);
}

function allMoved(state: SessionState, share: LocalShare): boolean {
    const members = state.rtc.get(share.roomId) ?? [];
    return members.every((m) => {
        const key = deviceKey(m);
        return !share.watchers.has(key) || share.watchers.get(key) === share.transport;
    });
}

/** Releases everything that the share used at the SFU. */
function leaveServer({ id: call, generation, roomId }: LocalShare): Effect[] {
    return [
        { type: 'send', call, generation, message: { type: 'share.unpublish' } },
        { type: 'stopKeys', roomId },
        { type: 'forgetGrant', call },
    ];
}

function finish(state: SessionState, share: LocalShare, move: Move): Step {
    const effects: Effect[] = move.to === 'livekit' ? [{ type: 'retireMesh', call: share.id }] : leaveServer(share);
    const done: Partial<LocalShare> =
        move.to === 'livekit' ? { path: 'sfu' } : { held: false, path: share.path === 'sfu' ? undefined : share.path };
    return { state: patched(state, share, { ...done, move: undefined }), effects };
}

/** Failures that pass by themselves, so that a retry makes sense. */
const PASSING = /^(?:network\.|server\.error)/u;

/**
 * The viewers were not told about the transport. A move goes back if it can. Otherwise the announcement is retried,
 * because a running share must survive a short network failure. Returns undefined if a retry cannot help.
 */
export function notAnnounced(state: SessionState, share: LocalShare, failure: Failure): Step | undefined {
    const { move } = share;
    if (move && !(move.to === 'mesh' && share.noServer)) return abort(state, share, move, failure);
    if (share.phase === 'publishing' || !PASSING.test(failure.code)) return undefined;
    const wait = share.waits + 1;
    return {
        state: patched(state, share, { untold: wait, waits: wait }),
        effects: [{ type: 'wait', call: share.id, wait, ms: ANNOUNCE_AGAIN_MS }],
    };
}

/** Returns to the earlier state. An SFU that failed is not tried for a while. */
export function abort(state: SessionState, share: LocalShare, move: Move, failure: Failure): Step {
    // Without the SFU there is nothing to go back to, and a failure at the SFU is not news.
    if (move.to === 'mesh' && share.noServer) return still(state);
    const log = {
        type: 'log',
        level: 'warn',
        text: `share ${share.id.slice(-6)}: stays as it was (${failure.code})`,
    } as const;
    if (move.to === 'mesh') {
        const next = patched(state, share, { transport: 'livekit', path: 'sfu', move: undefined });
        return { state: next, effects: [log, { type: 'retireMesh', call: share.id }] };
    }
    const wait = share.waits + 1;
    return {
        state: patched(state, share, {
            transport: 'mesh',
            move: undefined,
            held: false,
            noServer: { wait, failure },
            waits: wait,
        }),
        effects: [log, ...leaveServer(share), { type: 'wait', call: share.id, wait, ms: RETRY_MS }],
    };
}

/** The page lost the SFU, but can still send directly. */
export function serverLost(state: SessionState, share: LocalShare, detail: string): Step {
    if (share.wish !== 'auto' || share.phase === 'preparing' || share.phase === 'choosing') return still(state);
    const failure: Failure = { code: 'media.serverLost', message: detail };
    if (share.move?.to === 'livekit') return abort(state, share, share.move, failure);
    if (!share.move && share.transport !== 'livekit') return still(state);
    const wait = share.waits + 1;
    const lost: LocalShare = { ...share, noServer: { wait, failure }, waits: wait, phase: 'live' };
    const begun = share.move ? still({ ...state, share: lost }) : begin(state, lost, 'mesh', undefined);
    return {
        state: begun.state,
        effects: [...begun.effects, { type: 'wait', call: share.id, wait, ms: RETRY_MS }],
    };
}

/** A wait of the share has ended. */
export function shareWaited(state: SessionState, share: LocalShare, wait: number): Step {
    if (share.move?.stage === 'settling' && share.move.wait === wait) return finish(state, share, share.move);
    if (share.untold === wait) {
        const { roomId } = share;
        return {
            state: patched(state, share, { untold: undefined }),
            effects: [{ type: 'announce', roomId, shares: state.calls.get(roomId) ?? [] }],
        };
    }
    if (share.noServer?.wait === wait) {
        // The share first finishes its move away from the SFU. If it forgot the failure now, it would turn back.
        if (share.move) return { state, effects: [{ type: 'wait', call: share.id, wait, ms: RETRY_MS }] };
        return still(patched(state, share, { noServer: undefined }));
    }
    if (share.calm === wait && !share.move) return begin(state, share, 'mesh', undefined);
    return still(state);
}
