/** A tab whose share goes another way now: it shows what it has until the first picture of the new way. Pure. */
import { isDirect, targetMember } from './sessionMembers.ts';
import { still, type Step, type Effect, type SessionState, type View } from './state.ts';
import type { Transport } from '../share/share.ts';
import { connectEffects, isOver, retryView, watchEffect, withView } from './viewFlow.ts';

/** Times that the new way is tried before the tab starts anew. */
const MOST_TRIES = 3;
/** ms between two of them. */
const TRY_AGAIN_MS = 3_000;

const wayOf = (direct: boolean): Transport => (direct ? 'mesh' : 'livekit');

/** Follows the shares of the room's tabs. Called after its memberships changed. */
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

/** The share came back to the way that the tab still shows. */
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

/** The token for the new way is there. */
export function viewMoveGranted(state: SessionState, view: View): Step {
    return { state: withView(state, view.id, { granted: true }), effects: connectEffects(state, view, false) };
}

/** The page shows the new way, or could not. */
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

/** The sharer's device did not answer. On the way to the mesh it was told so; on the way to the server that is no matter. */
export function moveGaveUp(state: SessionState, view: View): Step {
    return view.move?.to === 'mesh' ? moveFailed(state, view) : still(state);
}

/** A wait of the tab is over: it tries the new way again, or a direct picture has not come. */
export function viewWaited(state: SessionState, view: View): Step {
    if (isOver(view) || view.callId !== undefined) return still(state);
    if (view.move && view.move.tries > 0) return beginMove(state, view, view.move.to, view.move.tries);
    if (view.move?.to === 'mesh') return { state, effects: watchEffect(view, view.announced, 'unreached') };
    const missing = view.direct && !view.announced && view.phase !== 'live';
    return { state, effects: missing ? watchEffect(view, false, 'unreached') : [] };
}
