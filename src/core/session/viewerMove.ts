/** A viewer tab whose share changed its transport. It keeps the old picture until the first new one. */
import { targetMembership, targetTransport } from './sessionMembers.ts';
import { still, type Step, type Effect, type SessionState, type ViewerTab } from './state.ts';
import { isSilent, noteSilent, SILENT } from './silentShare.ts';
import { SUBSCRIBE_PATHS } from './subscribePath.ts';
import type { Transport } from '../share/share.ts';
import { connectEffects, endView, isOver, retryView, watchEffect, withViewerTab } from './viewerFlow.ts';

/** How often the new transport is tried before the tab starts again. */
const MAX_TRIES = 3;
/** ms between two attempts. */
const TRY_AGAIN_MS = 3_000;

/** Follows the shares of the room's tabs. Called after the room's memberships changed. */
export function moveViews(state: SessionState, roomId: string): Step {
    let next = state;
    const effects: Effect[] = [];
    for (const { id } of state.viewerTabs.values()) {
        const view = next.viewerTabs.get(id);
        if (view?.target.roomId !== roomId || view.target.shareId === undefined || isOver(view)) continue;
        if (!targetMembership(next, view.target)) continue;
        const step = follow(next, view, targetTransport(next, view.target));
        next = step.state;
        effects.push(...step.effects);
    }
    return { state: next, effects };
}

function follow(state: SessionState, view: ViewerTab, to: Transport): Step {
    const current = view.transport;
    if (view.phase === 'opening') return to === current ? still(state) : retryView(state, view);
    if (view.move?.to === to || (!view.move && to === current)) return still(state);
    if (!view.move) return beginMove(state, view, to, 0);
    const stayed = stay(state, view);
    const settled = stayed.state.viewerTabs.get(view.id);
    if (!settled || to === current) return stayed;
    const begun = beginMove(stayed.state, settled, to, 0);
    return { state: begun.state, effects: [...stayed.effects, ...begun.effects] };
}

/** The share returned to the transport that the tab still shows. */
function stay(state: SessionState, view: ViewerTab): Step {
    const { id: pageId, generation } = view;
    const release = view.move ? SUBSCRIBE_PATHS[view.move.to].end(view) : [];
    const granted = SUBSCRIBE_PATHS[view.transport].needsGrant;
    return {
        state: withViewerTab(state, pageId, { move: undefined, granted, wait: view.wait + 1 }),
        effects: [{ type: 'send', pageId, generation, message: { type: 'view.stay' } }, ...release],
    };
}

function beginMove(state: SessionState, view: ViewerTab, to: Transport, tries: number): Step {
    const { id: pageId, generation } = view;
    const { roomId } = view.target;
    const serviceUrl = targetMembership(state, view.target)?.serviceUrl;
    const next = withViewerTab(state, pageId, { move: { to, tries }, granted: false, wait: view.wait + 1 });
    const renewed = next.viewerTabs.get(pageId);
    if (!renewed) return still(state);
    return {
        state: next,
        effects: SUBSCRIBE_PATHS[to].needsGrant
            ? [{ type: 'fetchViewGrant', pageId, generation, roomId, serviceUrl }]
            : connectEffects(next, renewed),
    };
}

/** The token for the new transport arrived. */
export function viewMoveGranted(state: SessionState, view: ViewerTab): Step {
    return { state: withViewerTab(state, view.id, { granted: true }), effects: connectEffects(state, view) };
}

/** The page shows the new transport's picture, or could not. */
export function viewMoved(state: SessionState, view: ViewerTab, via: Transport, ok: boolean): Step {
    if (view.move?.to !== via) return still(state);
    if (!ok) return moveFailed(state, view);
    const next = withViewerTab(state, view.id, {
        transport: via,
        path: SUBSCRIBE_PATHS[via].route ?? view.path,
        move: undefined,
        announced: true,
        wait: view.wait + 1,
    });
    const left = SUBSCRIBE_PATHS[view.transport].leave(view);
    return { state: next, effects: [...left, ...watchEffect(view, true, via)] };
}

export function moveFailed(state: SessionState, view: ViewerTab): Step {
    const tries = (view.move?.tries ?? 0) + 1;
    if (!view.move || tries >= MAX_TRIES) return retryView(state, view);
    const wait = view.wait + 1;
    return {
        state: withViewerTab(state, view.id, { move: { ...view.move, tries }, wait }),
        effects: [{ type: 'wait', pageId: view.id, wait, ms: TRY_AGAIN_MS }],
    };
}

/** The sharer's device did not answer. This matters only for a move to a transport that asks it. */
export function moveGaveUp(state: SessionState, view: ViewerTab): Step {
    return view.move && SUBSCRIBE_PATHS[view.move.to].asksSharer ? moveFailed(state, view) : still(state);
}

/** A wait of the tab ended. It tries the new transport again, or reports that no direct picture came. */
export function viewWaited(state: SessionState, view: ViewerTab): Step {
    if (isOver(view) || view.callId !== undefined) return still(state);
    if (isSilent(view)) return endView(noteSilent(state, view, true), view, 'ended', SILENT);
    if (view.move && view.move.tries > 0) return beginMove(state, view, view.move.to, view.move.tries);
    if (view.move && SUBSCRIBE_PATHS[view.move.to].asksSharer)
        return { state, effects: watchEffect(view, view.announced, 'unreached') };
    const missing = SUBSCRIBE_PATHS[view.transport].asksSharer && !view.announced && view.phase !== 'live';
    return { state, effects: missing ? watchEffect(view, false, 'unreached') : [] };
}
