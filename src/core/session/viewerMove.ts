/** A viewer tab whose share changed its transport. It keeps the old picture until the first new one. */
import { targetMembership, targetTransport } from './sessionMembers.ts';
import { still, type Step, type Effect, type SessionState, type ViewerTab } from './state.ts';
import { isSilent, noteSilent, SILENT } from './silentShare.ts';
import { SUBSCRIBE_PATHS } from './subscribePath.ts';
import type { Transport } from '../share/share.ts';
import { connectEffects, endViewerTab, isOver, retryViewerTab, watchEffect, withViewerTab } from './viewerFlow.ts';

/** How often the new transport is tried before the tab starts again. */
const MAX_TRIES = 3;
/** ms between two attempts. */
const TRY_AGAIN_MS = 3_000;

/** Follows the shares of the room's tabs. Called after the room's memberships changed. */
export function moveViewerTabs(state: SessionState, roomId: string): Step {
    let next = state;
    const effects: Effect[] = [];
    for (const { id } of state.viewerTabs.values()) {
        const tab = next.viewerTabs.get(id);
        if (tab?.target.roomId !== roomId || tab.target.shareId === undefined || isOver(tab)) continue;
        if (!targetMembership(next, tab.target)) continue;
        const step = follow(next, tab, targetTransport(next, tab.target));
        next = step.state;
        effects.push(...step.effects);
    }
    return { state: next, effects };
}

function follow(state: SessionState, tab: ViewerTab, to: Transport): Step {
    const current = tab.transport;
    if (tab.phase === 'opening') return to === current ? still(state) : retryViewerTab(state, tab);
    if (tab.move?.to === to || (!tab.move && to === current)) return still(state);
    if (!tab.move) return beginMove(state, tab, to, 0);
    const stayed = stay(state, tab);
    const settled = stayed.state.viewerTabs.get(tab.id);
    if (!settled || to === current) return stayed;
    const begun = beginMove(stayed.state, settled, to, 0);
    return { state: begun.state, effects: [...stayed.effects, ...begun.effects] };
}

/** The share returned to the transport that the tab still shows. */
function stay(state: SessionState, tab: ViewerTab): Step {
    const { id: pageId, generation } = tab;
    const release = tab.move ? SUBSCRIBE_PATHS[tab.move.to].end(tab) : [];
    const granted = SUBSCRIBE_PATHS[tab.transport].needsGrant;
    return {
        state: withViewerTab(state, pageId, { move: undefined, granted, wait: tab.wait + 1 }),
        effects: [{ type: 'send', pageId, generation, message: { type: 'view.stay' } }, ...release],
    };
}

function beginMove(state: SessionState, tab: ViewerTab, to: Transport, tries: number): Step {
    const { id: pageId, generation } = tab;
    const { roomId } = tab.target;
    const serviceUrl = targetMembership(state, tab.target)?.serviceUrl;
    const next = withViewerTab(state, pageId, { move: { to, tries }, granted: false, wait: tab.wait + 1 });
    const renewed = next.viewerTabs.get(pageId);
    if (!renewed) return still(state);
    return {
        state: next,
        effects: SUBSCRIBE_PATHS[to].needsGrant
            ? [{ type: 'fetchViewerGrant', pageId, generation, roomId, serviceUrl }]
            : connectEffects(next, renewed),
    };
}

/** The token for the new transport arrived. */
export function viewerMoveGranted(state: SessionState, tab: ViewerTab): Step {
    return { state: withViewerTab(state, tab.id, { granted: true }), effects: connectEffects(state, tab) };
}

/** The page shows the new transport's picture, or could not. */
export function viewerMoved(state: SessionState, tab: ViewerTab, transport: Transport, ok: boolean): Step {
    if (tab.move?.to !== transport) return still(state);
    if (!ok) return moveFailed(state, tab);
    const next = withViewerTab(state, tab.id, {
        transport,
        route: SUBSCRIBE_PATHS[transport].route ?? tab.route,
        move: undefined,
        announced: true,
        wait: tab.wait + 1,
    });
    const left = SUBSCRIBE_PATHS[tab.transport].leave(tab);
    return { state: next, effects: [...left, ...watchEffect(tab, true, transport)] };
}

export function moveFailed(state: SessionState, tab: ViewerTab): Step {
    const tries = (tab.move?.tries ?? 0) + 1;
    if (!tab.move || tries >= MAX_TRIES) return retryViewerTab(state, tab);
    const wait = tab.wait + 1;
    return {
        state: withViewerTab(state, tab.id, { move: { ...tab.move, tries }, wait }),
        effects: [{ type: 'wait', pageId: tab.id, wait, ms: TRY_AGAIN_MS }],
    };
}

/** The sharer's device did not answer. This matters only for a move to a transport that asks it. */
export function moveGaveUp(state: SessionState, tab: ViewerTab): Step {
    return tab.move && SUBSCRIBE_PATHS[tab.move.to].asksSharer ? moveFailed(state, tab) : still(state);
}

/** A wait of the tab ended. It tries the new transport again, or reports that no direct picture came. */
export function viewerWaited(state: SessionState, tab: ViewerTab): Step {
    if (isOver(tab) || tab.callId !== undefined) return still(state);
    if (isSilent(tab)) return endViewerTab(noteSilent(state, tab, true), tab, 'ended', SILENT);
    if (tab.move && tab.move.tries > 0) return beginMove(state, tab, tab.move.to, tab.move.tries);
    if (tab.move && SUBSCRIBE_PATHS[tab.move.to].asksSharer)
        return { state, effects: watchEffect(tab, tab.announced, 'unreached') };
    const missing = SUBSCRIBE_PATHS[tab.transport].asksSharer && !tab.announced && tab.phase !== 'live';
    return { state, effects: missing ? watchEffect(tab, false, 'unreached') : [] };
}
