/**
 * Our membership in each room's RTC session follows from what runs there: a share after its picker, or a viewer tab
 * that is not over. After every event, the difference to the last request becomes join, announce or leave.
 */
import { publishPathOf } from './publishPath.ts';
import type { Effect, SessionState } from './state.ts';
import type { Share } from '../share/share.ts';

export function sameShares(a: readonly Share[], b: readonly Share[]): boolean {
    return a.length === b.length && a.every((share, i) => share.id === b[i]?.id && share.transport === b[i]?.transport);
}

/** The rooms where we want a membership, and the shares to announce in each. */
export function wantedMemberships(state: SessionState): Map<string, readonly Share[]> {
    const wanted = new Map<string, readonly Share[]>();
    for (const tab of state.viewerTabs.values()) {
        if (tab.callId === undefined && tab.phase !== 'ended' && tab.phase !== 'failed')
            wanted.set(tab.target.roomId, []);
    }
    const { share } = state;
    if (share && share.phase !== 'preparing' && share.phase !== 'choosing') {
        wanted.set(share.roomId, [{ id: share.id, startedTs: share.startedTs, ...publishPathOf(share).mark }]);
    }
    return wanted;
}

export function reconcileMemberships(state: SessionState): { state: SessionState; effects: Effect[] } {
    const wanted = wantedMemberships(state);
    const effects: Effect[] = [];
    for (const [roomId, shares] of wanted) {
        const current = state.memberships.get(roomId);
        if (!current) effects.push({ type: 'join', roomId, shares });
        else if (!sameShares(current, shares)) effects.push({ type: 'announce', roomId, shares });
    }
    for (const roomId of state.memberships.keys()) {
        if (!wanted.has(roomId)) effects.push({ type: 'leave', roomId });
    }
    return effects.length === 0 ? { state, effects } : { state: { ...state, memberships: wanted }, effects };
}
