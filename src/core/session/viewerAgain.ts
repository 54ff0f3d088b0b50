/** After a share ends, its viewer tab offers to wait for the sharer's next share, and shows it when it comes. */
import type { Again } from '../share/mediaMessages.ts';
import { newestTarget } from './sessionMembers.ts';
import type { Step, Effect, SessionState, ViewerTab } from './state.ts';
import { againEffect, retryViewerTab, withViewerTab } from './viewerFlow.ts';

function become(state: SessionState, tab: ViewerTab, again: Again): Step {
    if (tab.again === again) return { state, effects: [] };
    return { state: withViewerTab(state, tab.id, { again }), effects: [againEffect(tab, again)] };
}

/** The tab's button starts or stops the wait. */
export function toggleWaiting(state: SessionState, tab: ViewerTab): Step {
    if (tab.phase !== 'ended') return { state, effects: [] };
    if (tab.again === 'waiting') return become(state, tab, 'offered');
    return tab.again === 'offered' ? become(state, tab, 'waiting') : { state, effects: [] };
}

/** Called after the room's memberships changed. A waiting tab starts the new share by itself. Another tab offers it. */
export function followReturns(state: SessionState, roomId: string): Step {
    let next = state;
    const effects: Effect[] = [];
    for (const tab of state.viewerTabs.values()) {
        if (tab.target.roomId !== roomId || tab.phase !== 'ended' || tab.again === 'never') continue;
        const back = newestTarget(state, tab.target) !== undefined;
        const step =
            back && tab.again === 'waiting'
                ? retryViewerTab(next, tab)
                : become(next, tab, back ? 'back' : tab.again === 'back' ? 'offered' : tab.again);
        next = step.state;
        effects.push(...step.effects);
    }
    return { state: next, effects };
}
