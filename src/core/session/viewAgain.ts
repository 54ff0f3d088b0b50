/** After a share ends, its viewer tab offers to wait for the sharer's next share, and shows it when it comes. */
import type { Again } from '../share/mediaMessages.ts';
import { newestTarget } from './sessionMembers.ts';
import type { Step, Effect, SessionState, ViewerTab } from './state.ts';
import { againEffect, retryView, withViewerTab } from './viewerFlow.ts';

function become(state: SessionState, view: ViewerTab, again: Again): Step {
    if (view.again === again) return { state, effects: [] };
    return { state: withViewerTab(state, view.id, { again }), effects: [againEffect(view, again)] };
}

/** The tab's button starts or stops the wait. */
export function toggleWaiting(state: SessionState, view: ViewerTab): Step {
    if (view.phase !== 'ended') return { state, effects: [] };
    if (view.again === 'waiting') return become(state, view, 'offered');
    return view.again === 'offered' ? become(state, view, 'waiting') : { state, effects: [] };
}

/** Called after the room's memberships changed. A waiting tab starts the new share by itself. Another tab offers it. */
export function followReturns(state: SessionState, roomId: string): Step {
    let next = state;
    const effects: Effect[] = [];
    for (const view of state.viewerTabs.values()) {
        if (view.target.roomId !== roomId || view.phase !== 'ended' || view.again === 'never') continue;
        const back = newestTarget(state, view.target) !== undefined;
        const step =
            back && view.again === 'waiting'
                ? retryView(next, view)
                : become(next, view, back ? 'back' : view.again === 'back' ? 'offered' : view.again);
        next = step.state;
        effects.push(...step.effects);
    }
    return { state: next, effects };
}
