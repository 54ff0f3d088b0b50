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
    const view = state.viewerTabs.get(id);
    return view ? { ...state, viewerTabs: new Map(state.viewerTabs).set(id, { ...view, ...patch }) } : state;
}

/** The same target has one tab: a second click brings it to the front. */
function sameTarget(a: ViewerTarget, b: ViewerTarget): boolean {
    return a.roomId === b.roomId && a.userId === b.userId && a.deviceId === b.deviceId && a.shareId === b.shareId;
}

export function isOver(view: ViewerTab): boolean {
    return view.phase === 'ended' || view.phase === 'failed';
}

/** Requests token and tab at once. The one that comes last connects. */
function openEffects(state: SessionState, view: ViewerTab): Effect[] {
    const { id: pageId, generation, target, roomName, sharerName } = view;
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
        servers: view.callId !== undefined ? 'none' : SUBSCRIBE_PATHS[view.transport].servers,
    } as const;
    return needsGrant(view)
        ? [{ type: 'fetchViewGrant', pageId, generation, roomId: target.roomId, serviceUrl }, open]
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
    path: undefined,
    again: 'never',
} as const satisfies Partial<ViewerTab>;

function newViewerTab(view: NewViewerTab): ViewerTab {
    return { ...view, ...OPENING, trust: 'unknown', wait: 0 };
}

export function requestView(state: SessionState, event: Extract<SessionEvent, { type: 'viewRequested' }>): Step {
    const open = [...state.viewerTabs.values()].find((v) => sameTarget(v.target, event.target));
    if (open && !isOver(open)) return { state, effects: [{ type: 'revealPage', pageId: open.id }] };
    if (open && open.id !== event.viewId) return retryView(state, open);
    const { viewId: id, target, sharerName, roomName } = event;
    // The page that a restored tab showed before the reload had generation 1.
    const generation = (open?.generation ?? (event.restored ? 1 : 0)) + 1;
    const transport = targetTransport(state, target);
    const view = newViewerTab({ id, target, sharerName, roomName, generation, transport, callId: undefined });
    const next = { ...state, viewerTabs: new Map(state.viewerTabs).set(view.id, view) };
    return { state: next, effects: openEffects(next, view) };
}

/**
 * A viewer tab for a call of another client. It needs no membership in the session, because the call itself is the
 * link.
 */
export function acceptCall(state: SessionState, event: Extract<SessionEvent, { type: 'callAccepted' }>): Step {
    const { viewId: id, callId, roomId, userId, deviceId, callerName: sharerName, roomName } = event;
    const target = { roomId, userId, deviceId, shareId: undefined };
    const view = newViewerTab({ id, target, sharerName, roomName, generation: 1, transport: 'mesh', callId });
    const next = { ...state, viewerTabs: new Map(state.viewerTabs).set(id, view) };
    return { state: next, effects: openEffects(next, view) };
}

/** Releases the transport of the shown picture, and that of the next. */
function releaseEffects(view: ViewerTab): Effect[] {
    const inUse = new Set([view.transport, view.move?.to ?? view.transport]);
    return [...inUse].flatMap((transport) => SUBSCRIBE_PATHS[transport].end(view));
}

/**
 * Starts the tab again with a new grant and a new page. If the share is over and its sharer has a newer one, shows
 * that.
 */
export function retryView(state: SessionState, view: ViewerTab): Step {
    if (view.callId !== undefined) return endView(state, view, 'ended'); // the other side must call again
    const newest = view.target.shareId === undefined ? undefined : newestTarget(state, view.target);
    const target = newest ?? view.target;
    const next = withViewerTab(state, view.id, {
        ...OPENING,
        target,
        generation: view.generation + 1,
        transport: targetTransport(state, target),
        wait: view.wait + 1,
    });
    const renewed = next.viewerTabs.get(view.id);
    return renewed ? { state: next, effects: [...releaseEffects(view), ...openEffects(next, renewed)] } : still(next);
}

export function viewGrantReady(state: SessionState, view: ViewerTab): Step {
    return connectWhenReady(withViewerTab(state, view.id, { granted: true }), view.id);
}

/** The effects that bring the picture into the tab's page, from the transport that it shows next. */
export function connectEffects(state: SessionState, view: ViewerTab): readonly Effect[] {
    const participant = targetMembership(state, view.target)?.identity ?? null;
    return SUBSCRIBE_PATHS[view.move?.to ?? view.transport].connect(view, participant);
}

function connectWhenReady(state: SessionState, id: string): Step {
    const view = state.viewerTabs.get(id);
    if (!view?.pageReady || (needsGrant(view) && !view.granted) || isOver(view)) return still(state);
    const { userId, deviceId } = view.target;
    const { generation } = view;
    const effects: Effect[] = [];
    if (view.callId !== undefined) {
        effects.push({ type: 'send', pageId: id, generation, message: { type: 'view.direct', identity: view.callId } });
        effects.push({ type: 'acceptCall', pageId: id, generation, roomId: view.target.roomId, callId: view.callId });
    } else effects.push(...connectEffects(state, view));
    if (userId !== undefined && deviceId !== undefined)
        effects.push({ type: 'queryTrust', viewId: id, userId, deviceId });
    return { state: withViewerTab(state, id, { phase: 'connecting' }), effects };
}

export function watchEffect(view: ViewerTab, watching: boolean, via?: Transport | 'unreached'): Effect[] {
    const { roomId, userId, deviceId, shareId } = view.target;
    if (userId === undefined || deviceId === undefined || shareId === undefined) return [];
    return [{ type: 'sendWatch', roomId, userId, deviceId, shareId, watching, via }];
}

/** Where a share that has just ended leaves its tab. */
function againAfterEnd(state: SessionState, view: ViewerTab): Again {
    // Another client announces no shares, and one who called has to call again.
    if (view.callId !== undefined || view.target.shareId === undefined) return 'never';
    return newestTarget(state, view.target) ? 'back' : 'offered';
}

export function againEffect({ id: pageId, generation }: ViewerTab, again: Again): Effect {
    return { type: 'send', pageId, generation, message: { type: 'view.again', again } };
}

/** The share is over or could not be shown. The tab stays and says so. */
export function endView(state: SessionState, view: ViewerTab, phase: 'ended' | 'failed', failure?: Failure): Step {
    if (isOver(view)) return still(state);
    const detail = failure?.message ?? '';
    const again = phase === 'ended' && !failure ? againAfterEnd(state, view) : 'never';
    const effects: Effect[] = [
        {
            type: 'send',
            pageId: view.id,
            generation: view.generation,
            message: { type: 'view.end', state: phase, detail },
        },
        // A reason says more than what may follow.
        ...(phase === 'ended' && !failure ? [againEffect(view, again)] : []),
        ...(view.announced ? watchEffect(view, false) : []),
        ...releaseEffects(view),
    ];
    // Without a page there is no tab that can say it.
    if (failure && !view.pageReady && view.generation === 1) {
        effects.push({ type: 'notify', notice: { kind: 'viewFailed', failure } });
        return closeView({ ...state }, { ...view, announced: false }, effects);
    }
    return { state: withViewerTab(state, view.id, { phase, detail, announced: false, again }), effects };
}

/** Removes the tab from the state. */
export function closeView(state: SessionState, view: ViewerTab, effects: readonly Effect[] = []): Step {
    const views = new Map(state.viewerTabs);
    views.delete(view.id);
    return {
        state: { ...state, viewerTabs: views },
        effects: [
            ...effects,
            ...(view.announced ? watchEffect(view, false) : []),
            ...releaseEffects(view),
            { type: 'closePage', pageId: view.id },
        ],
    };
}

/** Ends the tabs of a room whose sharer or share is gone. Called after the room's memberships changed. */
export function endGoneViews(state: SessionState, roomId: string): Step {
    let next = state;
    const effects: Effect[] = [];
    for (const view of state.viewerTabs.values()) {
        if (
            view.target.roomId !== roomId ||
            view.target.userId === undefined ||
            view.callId !== undefined ||
            isOver(view)
        )
            continue;
        if (targetMembership(state, view.target)) continue;
        const step = endView(next, view, 'ended');
        next = step.state;
        effects.push(...step.effects);
    }
    return { state: next, effects };
}

export function reduceViewerPage(state: SessionState, view: ViewerTab, message: PageMessage): Step {
    switch (message.type) {
        case 'ready': {
            if (isOver(view)) {
                const { generation, phase, detail } = view;
                const end = { type: 'view.end', state: phase === 'failed' ? 'failed' : 'ended', detail } as const;
                const told: Effect = { type: 'send', pageId: view.id, generation, message: end };
                return {
                    state,
                    effects: phase === 'ended' && detail === '' ? [told, againEffect(view, view.again)] : [told],
                };
            }
            // A tab that is restored after a window reload may outlive its share.
            if (view.callId === undefined && view.target.userId !== undefined && !targetMembership(state, view.target))
                return endView(state, view, 'ended');
            // A page that loaded again (its tab moved to another window) needs a new token, because the first is in
            // use.
            if (view.pageReady) return retryView(state, view);
            return connectWhenReady(withViewerTab(state, view.id, { pageReady: true }), view.id);
        }
        case 'view.state': {
            if (isOver(view)) return still(state);
            const path = message.state === 'live' ? (SUBSCRIBE_PATHS[view.transport].route ?? view.path) : view.path;
            const next = withViewerTab(state, view.id, { phase: message.state, detail: message.detail, path });
            if (message.state === 'notSharing') {
                const { wait, effects } = watchSilence(view);
                return { state: withViewerTab(next, view.id, { wait }), effects };
            }
            if (message.state !== 'live') return still(next);
            const seen = noteSilent(next, view, false);
            if (view.announced) return still(seen);
            const effects = watchEffect(view, true, view.transport);
            return { state: withViewerTab(seen, view.id, { announced: true }), effects };
        }
        case 'mesh.state':
            return still(message.state === 'connected' ? withViewerTab(state, view.id, { path: message.path }) : state);
        case 'servers.none': {
            const { relayOnly } = message;
            return {
                state,
                effects: [{ type: 'notify', notice: { kind: 'noIceServers', sharing: false, relayOnly } }],
            };
        }
        case 'view.screens': {
            const screens = new Map(state.screens).set(view.target.roomId, new Set(message.identities));
            return still({ ...state, screens });
        }
        case 'action':
            if (message.name === 'retry') return retryView(state, view);
            if (message.name === 'closeView') return closeView(state, view);
            return still(state);
        default:
            return still(state);
    }
}
