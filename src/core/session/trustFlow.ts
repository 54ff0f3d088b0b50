/** What sharers' devices report about trust. It is kept by sharer and shown in the viewer tabs that it concerns. */
import type { HostMessage } from '../share/mediaMessages.ts';
import { deviceKey, sharerKey } from './sessionMembers.ts';
import type { Step, Effect, SessionEvent, SessionState, ViewerTab } from './state.ts';
import { SUBSCRIBE_PATHS } from './subscribePath.ts';
import type { ViewerTarget } from '../share/share.ts';
import { audienceChip } from '../trust/shareTrust.ts';
import { isOver, retryViewerTab } from './viewerFlow.ts';

function targetKey({ roomId, userId, deviceId }: ViewerTarget): string | undefined {
    return userId === undefined || deviceId === undefined ? undefined : sharerKey(roomId, { userId, deviceId });
}

function send(tab: ViewerTab, message: HostMessage): Effect {
    return { type: 'send', pageId: tab.id, generation: tab.generation, message };
}

function audienceMessage(state: SessionState, tab: ViewerTab): Effect[] {
    const audience = state.audiences.get(targetKey(tab.target) ?? '');
    return audience ? [send(tab, { type: 'view.audience', ...audienceChip(audience) })] : [];
}

function coverMessage(state: SessionState, tab: ViewerTab): Effect[] {
    const told = state.covers.get(targetKey(tab.target) ?? '');
    if (!told || told.shareId !== tab.target.shareId) return [];
    return [send(tab, { type: 'view.cover', cover: told.cover })];
}

/** The sharer's messages for a page that just became ready. */
export function tellTrust(state: SessionState, tab: ViewerTab): Effect[] {
    const reason = state.withheld.get(targetKey(tab.target) ?? '');
    return [
        ...(reason === undefined ? [] : [send(tab, { type: 'view.withheld', reason })]),
        ...audienceMessage(state, tab),
        ...coverMessage(state, tab),
    ];
}

export function isWithheld(state: SessionState, tab: ViewerTab): boolean {
    return state.withheld.has(targetKey(tab.target) ?? '');
}

/** A device that is now admitted asks again for the share. */
export function withheldTold(state: SessionState, event: Extract<SessionEvent, { type: 'withheld' }>): Step {
    const key = sharerKey(event.roomId, event);
    const withheld = new Map(state.withheld);
    if (event.reason === null) withheld.delete(key);
    else withheld.set(key, event.reason);
    let next: SessionState = { ...state, withheld };
    const effects: Effect[] = [];
    for (const tab of state.viewerTabs.values()) {
        if (targetKey(tab.target) !== key) continue;
        effects.push(send(tab, { type: 'view.withheld', reason: event.reason }));
        const asks = SUBSCRIBE_PATHS[tab.transport].asksSharer;
        const lacks = asks && tab.phase !== 'live' && tab.phase !== 'frozen' && tab.phase !== 'ended';
        if (event.reason !== null || !state.withheld.has(key) || !lacks) continue;
        const step = retryViewerTab(next, tab);
        next = step.state;
        effects.push(...step.effects);
    }
    return { state: next, effects };
}

/** The messages of a sharer may arrive in another order. */
export function coverTold(state: SessionState, told: Extract<SessionEvent, { type: 'cover' }>): Step {
    const key = sharerKey(told.roomId, told);
    const before = state.covers.get(key);
    if (before?.shareId === told.shareId && before.order >= told.order) return { state, effects: [] };
    const next = { ...state, covers: new Map(state.covers).set(key, told) };
    const concerned = [...next.viewerTabs.values()].filter((tab) => targetKey(tab.target) === key);
    return { state: next, effects: concerned.flatMap((tab) => coverMessage(next, tab)) };
}

export function audienceTold(state: SessionState, event: Extract<SessionEvent, { type: 'audience' }>): Step {
    const key = sharerKey(event.roomId, event);
    const before = state.audiences.get(key);
    const audiences = new Map(state.audiences);
    if (event.audience) audiences.set(key, event.audience);
    else audiences.delete(key);
    const next = { ...state, audiences };
    const effects = [...next.viewerTabs.values()]
        .filter((tab) => targetKey(tab.target) === key)
        .flatMap((tab) => audienceMessage(next, tab));
    const { share, self } = state;
    if (
        share?.roomId !== event.roomId ||
        self === undefined ||
        key !== sharerKey(event.roomId, self) ||
        !event.audience
    )
        return { state: next, effects };
    for (const device of event.audience.withheld) {
        const known = before?.withheld.find((w) => deviceKey(w) === deviceKey(device));
        if (known?.reason !== device.reason)
            effects.push({ type: 'notify', notice: { kind: 'withheld', roomId: event.roomId, device } });
    }
    return { state: next, effects };
}

/** Viewer tabs show the current trust in the sharer's device, not the trust from when they opened. */
export function queryTrustAgain(state: SessionState, person: string | undefined): Step {
    const effects: Effect[] = [];
    for (const tab of state.viewerTabs.values()) {
        const { userId, deviceId } = tab.target;
        if (userId === undefined || deviceId === undefined || isOver(tab)) continue;
        if (person === undefined || person === userId)
            effects.push({ type: 'queryTrust', tabId: tab.id, userId, deviceId });
    }
    return { state, effects };
}

/** Drops everything about sharers that left the session. */
export function forgetSharers(state: SessionState, roomId: string): SessionState {
    const there = new Set((state.rtc.get(roomId) ?? []).map((member) => sharerKey(roomId, member)));
    const gone = (key: string): boolean => key.startsWith(`${roomId}|`) && !there.has(key);
    if (![...state.withheld.keys(), ...state.audiences.keys(), ...state.covers.keys()].some(gone)) return state;
    return {
        ...state,
        withheld: new Map([...state.withheld].filter(([key]) => !gone(key))),
        audiences: new Map([...state.audiences].filter(([key]) => !gone(key))),
        covers: new Map([...state.covers].filter(([key]) => !gone(key))),
    };
}
