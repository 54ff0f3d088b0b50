/** Viewer tabs: each shows one share. */
import type { Again, PageMessage } from '../share/mediaMessages.ts';
import { newestTarget, targetMembership, targetTransport } from './sessionMembers.ts';
import {
    still,
    type Step,
    type Effect,
    type Failure,
    type SessionEvent,
    type SessionState,
    type ViewerTab,
} from './state.ts';
import type { Transport, ViewerTarget } from '../share/share.ts';
import { noteSilent, watchSilence } from './silentShare.ts';
import { needsGrant, SUBSCRIBE_PATHS } from './subscribePath.ts';

export function withViewerTab(state: SessionState, id: string, patch: Partial<ViewerTab>): SessionState {
    const tab = state.viewerTabs.get(id);
    return tab ? { ...state, viewerTabs: new Map(state.viewerTabs).set(id, { ...tab, ...patch }) } : state;
}

/** The same target has one tab: a second click brings it to the front. */
function sameTarget(a: ViewerTarget, b: ViewerTarget): boolean {
    return a.roomId === b.roomId && a.userId === b.userId && a.deviceId === b.deviceId && a.shareId === b.shareId;
}

export function isOver(tab: ViewerTab): boolean {
    return tab.phase === 'ended' || tab.phase === 'failed';
}

/** Requests token and tab at once. The one that comes last connects. */
function openEffects(state: SessionState, tab: ViewerTab): Effect[] {
    const { id: pageId, generation, target, roomName, sharerName } = tab;
    const serviceUrl = targetMembership(state, target)?.serviceUrl;
    const open = {
        type: 'openPage',
        pageId,
        generation,
        role: 'view',
        location: 'webview',
        title: sharerName,
        roomName,
        target,
        serviceUrl,
        servers: tab.callId !== undefined ? 'none' : SUBSCRIBE_PATHS[tab.transport].servers,
    } as const;
    return needsGrant(tab)
        ? [{ type: 'fetchViewerGrant', pageId, generation, roomId: target.roomId, serviceUrl }, open]
        : [open];
}

type NewViewerTab = Pick<
    ViewerTab,
    'id' | 'target' | 'sharerName' | 'roomName' | 'generation' | 'transport' | 'callId'
>;

/** The state of every tab whose page was just requested. */
const OPENING = {
    phase: 'opening',
    granted: false,
    pageReady: false,
    detail: '',
    announced: false,
    move: undefined,
    route: undefined,
    again: 'never',
} as const satisfies Partial<ViewerTab>;

function newViewerTab(tab: NewViewerTab): ViewerTab {
    return { ...tab, ...OPENING, trust: 'unknown', wait: 0 };
}

export function requestViewerTab(
    state: SessionState,
    event: Extract<SessionEvent, { type: 'viewerTabRequested' }>,
): Step {
    const open = [...state.viewerTabs.values()].find((v) => sameTarget(v.target, event.target));
    if (open && !isOver(open)) return { state, effects: [{ type: 'revealPage', pageId: open.id }] };
    if (open && open.id !== event.tabId) return retryViewerTab(state, open);
    const { tabId: id, target, sharerName, roomName } = event;
    // The page that a restored tab showed before the reload had generation 1.
    const generation = (open?.generation ?? (event.restored ? 1 : 0)) + 1;
    const transport = targetTransport(state, target);
    const tab = newViewerTab({ id, target, sharerName, roomName, generation, transport, callId: undefined });
    const next = { ...state, viewerTabs: new Map(state.viewerTabs).set(tab.id, tab) };
    return { state: next, effects: openEffects(next, tab) };
}

/**
 * A viewer tab for a call of another client. It needs no membership in the session, because the call itself is the
 * link.
 */
export function acceptCall(state: SessionState, event: Extract<SessionEvent, { type: 'callAccepted' }>): Step {
    const { tabId: id, callId, roomId, userId, deviceId, callerName: sharerName, roomName } = event;
    const target = { roomId, userId, deviceId, shareId: undefined };
    const tab = newViewerTab({ id, target, sharerName, roomName, generation: 1, transport: 'mesh', callId });
    const next = { ...state, viewerTabs: new Map(state.viewerTabs).set(id, tab) };
    return { state: next, effects: openEffects(next, tab) };
}

/** Releases the transport of the shown picture, and that of the next. */
function releaseEffects(tab: ViewerTab): Effect[] {
    const inUse = new Set([tab.transport, tab.move?.to ?? tab.transport]);
    return [...inUse].flatMap((transport) => SUBSCRIBE_PATHS[transport].end(tab));
}

/**
 * Starts the tab again with a new grant and a new page. If the share is over and its sharer has a newer one, shows
 * that.
 */
export function retryViewerTab(state: SessionState, tab: ViewerTab): Step {
    if (tab.callId !== undefined) return endViewerTab(state, tab, 'ended'); // the other side must call again
    const newest = tab.target.shareId === undefined ? undefined : newestTarget(state, tab.target);
    const target = newest ?? tab.target;
    const next = withViewerTab(state, tab.id, {
        ...OPENING,
        target,
        generation: tab.generation + 1,
        transport: targetTransport(state, target),
        wait: tab.wait + 1,
    });
    const renewed = next.viewerTabs.get(tab.id);
    return renewed ? { state: next, effects: [...releaseEffects(tab), ...openEffects(next, renewed)] } : still(next);
}

export function viewerGrantReady(state: SessionState, tab: ViewerTab): Step {
    return connectWhenReady(withViewerTab(state, tab.id, { granted: true }), tab.id);
}

/** The effects that bring the picture into the tab's page, from the transport that it shows next. */
export function connectEffects(state: SessionState, tab: ViewerTab): readonly Effect[] {
    const participant = targetMembership(state, tab.target)?.identity ?? null;
    return SUBSCRIBE_PATHS[tab.move?.to ?? tab.transport].connect(tab, participant);
}

function connectWhenReady(state: SessionState, id: string): Step {
    const tab = state.viewerTabs.get(id);
    if (!tab?.pageReady || (needsGrant(tab) && !tab.granted) || isOver(tab)) return still(state);
    const { userId, deviceId } = tab.target;
    const { generation } = tab;
    const effects: Effect[] = [];
    if (tab.callId !== undefined) {
        effects.push({ type: 'send', pageId: id, generation, message: { type: 'view.direct', identity: tab.callId } });
        effects.push({ type: 'acceptCall', pageId: id, generation, roomId: tab.target.roomId, callId: tab.callId });
    } else effects.push(...connectEffects(state, tab));
    if (userId !== undefined && deviceId !== undefined)
        effects.push({ type: 'queryTrust', tabId: id, userId, deviceId });
    return { state: withViewerTab(state, id, { phase: 'connecting' }), effects };
}

export function watchEffect(tab: ViewerTab, watching: boolean, via?: Transport | 'unreached'): Effect[] {
    const { roomId, userId, deviceId, shareId } = tab.target;
    if (userId === undefined || deviceId === undefined || shareId === undefined) return [];
    return [{ type: 'sendWatch', roomId, userId, deviceId, shareId, watching, via }];
}

/** Where a share that has just ended leaves its tab. */
function againAfterEnd(state: SessionState, tab: ViewerTab): Again {
    // Another client announces no shares, and one who called has to call again.
    if (tab.callId !== undefined || tab.target.shareId === undefined) return 'never';
    return newestTarget(state, tab.target) ? 'back' : 'offered';
}

export function againEffect({ id: pageId, generation }: ViewerTab, again: Again): Effect {
    return { type: 'send', pageId, generation, message: { type: 'view.again', again } };
}

/** The share is over or could not be shown. The tab stays and says so. */
export function endViewerTab(state: SessionState, tab: ViewerTab, phase: 'ended' | 'failed', failure?: Failure): Step {
    if (isOver(tab)) return still(state);
    const detail = failure?.message ?? '';
    const again = phase === 'ended' && !failure ? againAfterEnd(state, tab) : 'never';
    const effects: Effect[] = [
        {
            type: 'send',
            pageId: tab.id,
            generation: tab.generation,
            message: { type: 'view.end', state: phase, detail },
        },
        // A reason says more than what may follow.
        ...(phase === 'ended' && !failure ? [againEffect(tab, again)] : []),
        ...(tab.announced ? watchEffect(tab, false) : []),
        ...releaseEffects(tab),
    ];
    // Without a page there is no tab that can say it.
    if (failure && !tab.pageReady && tab.generation === 1) {
        effects.push({ type: 'notify', notice: { kind: 'viewerTabFailed', failure } });
        return closeViewerTab({ ...state }, { ...tab, announced: false }, effects);
    }
    return { state: withViewerTab(state, tab.id, { phase, detail, announced: false, again }), effects };
}

/** Removes the tab from the state. */
export function closeViewerTab(state: SessionState, tab: ViewerTab, effects: readonly Effect[] = []): Step {
    const viewerTabs = new Map(state.viewerTabs);
    viewerTabs.delete(tab.id);
    return {
        state: { ...state, viewerTabs: viewerTabs },
        effects: [
            ...effects,
            ...(tab.announced ? watchEffect(tab, false) : []),
            ...releaseEffects(tab),
            { type: 'closePage', pageId: tab.id },
        ],
    };
}

/** Ends the tabs of a room whose sharer or share is gone. Called after the room's memberships changed. */
export function endGoneViewerTabs(state: SessionState, roomId: string): Step {
    let next = state;
    const effects: Effect[] = [];
    for (const tab of state.viewerTabs.values()) {
        if (tab.target.roomId !== roomId || tab.target.userId === undefined || tab.callId !== undefined || isOver(tab))
            continue;
        if (targetMembership(state, tab.target)) continue;
        const step = endViewerTab(next, tab, 'ended');
        next = step.state;
        effects.push(...step.effects);
    }
    return { state: next, effects };
}

export function reduceViewerPage(state: SessionState, tab: ViewerTab, message: PageMessage): Step {
    switch (message.type) {
        case 'ready': {
            if (isOver(tab)) {
                const { generation, phase, detail } = tab;
                const end = { type: 'view.end', state: phase === 'failed' ? 'failed' : 'ended', detail } as const;
                const told: Effect = { type: 'send', pageId: tab.id, generation, message: end };
                return {
                    state,
                    effects: phase === 'ended' && detail === '' ? [told, againEffect(tab, tab.again)] : [told],
                };
            }
            // A tab that is restored after a window reload may outlive its share.
            if (tab.callId === undefined && tab.target.userId !== undefined && !targetMembership(state, tab.target))
                return endViewerTab(state, tab, 'ended');
            // A page that loaded again (its tab moved to another window) needs a new token, because the first is in
            // use.
            if (tab.pageReady) return retryViewerTab(state, tab);
            return connectWhenReady(withViewerTab(state, tab.id, { pageReady: true }), tab.id);
        }
        case 'view.state': {
            if (isOver(tab)) return still(state);
            const route = message.state === 'live' ? (SUBSCRIBE_PATHS[tab.transport].route ?? tab.route) : tab.route;
            const next = withViewerTab(state, tab.id, { phase: message.state, detail: message.detail, route });
            if (message.state === 'notSharing') {
                const { wait, effects } = watchSilence(tab);
                return { state: withViewerTab(next, tab.id, { wait }), effects };
            }
            if (message.state !== 'live') return still(next);
            const seen = noteSilent(next, tab, false);
            if (tab.announced) return still(seen);
            const effects = watchEffect(tab, true, tab.transport);
            return { state: withViewerTab(seen, tab.id, { announced: true }), effects };
        }
        case 'mesh.state':
            return still(
                message.state === 'connected' ? withViewerTab(state, tab.id, { route: message.route }) : state,
            );
        case 'servers.none': {
            const { relayOnly } = message;
            return {
                state,
                effects: [{ type: 'notify', notice: { kind: 'noIceServers', sharing: false, relayOnly } }],
            };
        }
        case 'view.screens': {
            const screens = new Map(state.screens).set(tab.target.roomId, new Set(message.identities));
            return still({ ...state, screens });
        }
        case 'action':
            if (message.name === 'retry') return retryViewerTab(state, tab);
            if (message.name === 'closeView') return closeViewerTab(state, tab);
            return still(state);
        default:
            return still(state);
    }
}
