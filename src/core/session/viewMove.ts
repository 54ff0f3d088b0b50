/** A viewer tab whose share changed its transport. It keeps the old picture until the first new one. */
import { isDirect, targetMember } from './sessionMembers.ts';
import { still, type Step, type Effect, type SessionState, type View } from './state.ts';
import type { Transport } from '../share/share.ts';
import { connectEffects, isOver, retryView, watchEffect, withView } from './viewFlow.ts';

/** How often the new transport is tried before the tab starts again. */
const MOST_TRIES = 3;
/** ms between two attempts. */
const TRY_AGAIN_MS = 3_000;

const wayOf = (direct: boolean): Transport => (direct ? 'mesh' : 'livekit');

/** Follows the shares of the room's tabs. Called after the room's memberships changed. */
export function moveViews(state: SessionState, roomId: string): Step {
    let next = state;
    const effects: Effect[] = [];
    for (const { id } of state.views.values()) {
        const view = next.views.get(id);
        if (view?.target.roomId !== roomId || view.target.shareId === undefined || isOver(view)) continue;
        if (!targetMember(next, view.target)) continue;
        const step = follow(next, view, wayOf(isDirect(next, view.target)));
        next = step.state;
        effects.push(...step.effects);
    }
    return { state: next, effects };
}

function follow(state: SessionState, view: View, to: Transport): Step {
    const current = wayOf(view.direct);
    if (view.phase === 'opening') return to === current ? still(state) : retryView(state, view);
    if (view.move?.to === to || (!view.move && to === current)) return still(state);
    return view.move ? stay(state, view) : beginMove(state, view, to, 0);
}

/** The share returned to the transport that the tab still shows. */
function stay(state: SessionState, view: View): Step {
    const { id: call, generation } = view;
    const release: Effect[] = view.move?.to === 'mesh' ? [{ type: 'releaseMesh', call }] : [];
    return {
        state: withView(state, call, { move: undefined, granted: !view.direct, wait: view.wait + 1 }),
        effects: [{ type: 'send', call, generation, message: { type: 'view.stay' } }, ...release],
    };
}

function beginMove(state: SessionState, view: View, to: Transport, tries: number): Step {
    const { id: call, generation } = view;
    const { roomId } = view.target;
    const serviceUrl = targetMember(state, view.target)?.serviceUrl;
    const next = withView(state, call, { move: { to, tries }, granted: false, wait: view.wait + 1 });
    const renewed = next.views.get(call);
    if (!renewed) return still(state);
    return {
        state: next,
        effects:
            to === 'livekit'
                ? [{ type: 'fetchViewGrant', call, generation, roomId, serviceUrl }]
                : connectEffects(next, renewed, true),
    };
}

/** The token for the new transport arrived. */
export function viewMoveGranted(state: SessionState, view: View): Step {
    return { state: withView(state, view.id, { granted: true }), effects: connectEffects(state, view, false) };
}

/** The page shows the new transport's picture, or could not. */
export function viewMoved(state: SessionState, view: View, via: Transport, ok: boolean): Step {
    if (view.move?.to !== via) return still(state);
    if (!ok) return moveFailed(state, view);
    const direct = via === 'mesh';
    const left: Effect = direct ? { type: 'forgetGrant', call: view.id } : { type: 'releaseMesh', call: view.id };
    const next = withView(state, view.id, {
        direct,
        path: direct ? view.path : 'sfu',
        move: undefined,
        announced: true,
        wait: view.wait + 1,
    });
    return { state: next, effects: [left, ...watchEffect(view, true, via)] };
}

export function moveFailed(state: SessionState, view: View): Step {
    const tries = (view.move?.tries ?? 0) + 1;
    if (!view.move || tries >= MOST_TRIES) return retryView(state, view);
    const wait = view.wait + 1;
    return {
        state: withView(state, view.id, { move: { ...view.move, tries }, wait }),
        effects: [{ type: 'wait', call: view.id, wait, ms: TRY_AGAIN_MS }],
    };
}

/** The sharer's device did not answer. This matters only for a move to the mesh. */
export function moveGaveUp(state: SessionState, view: View): Step {
    return view.move?.to === 'mesh' ? moveFailed(state, view) : still(state);
}

/** A wait of the tab ended. It tries the new transport again, or reports that no direct picture came. */
export function viewWaited(state: SessionState, view: View): Step {
    if (isOver(view) || view.callId !== undefined) return still(state);
    if (view.move && view.move.tries > 0) return beginMove(state, view, view.move.to, view.move.tries);
    if (view.move?.to === 'mesh') return { state, effects: watchEffect(view, view.announced, 'unreached') };
    const missing = view.direct && !view.announced && view.phase !== 'live';
    return { state, effects: missing ? watchEffect(view, false, 'unreached') : [] };
}
