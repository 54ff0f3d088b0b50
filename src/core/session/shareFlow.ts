/** This device's share, from the picker to its end: its phases and their effects. */
import type { PageMessage, Viewer } from '../share/mediaMessages.ts';
import { deviceKey, viewersOf } from './sessionMembers.ts';
import { moveOf, steady, transportOf, transportsOf, undecided } from './course.ts';
import { PUBLISH_PATHS, publishPathOf } from './publishPath.ts';
import { transports } from '../share/share.ts';
import { abort, moveGranted, movePublished, othersIn, sfuLost } from './shareMove.ts';
import { coverEffect, covered, pause, uncovered } from './shareCover.ts';
import {
    still,
    withShare,
    type Effect,
    type Failure,
    type LocalShare,
    type SessionEvent,
    type SessionState,
    type Step,
} from './state.ts';
import { carriesAfter, firstTransport, MAX_DIRECT, RETRY_MS } from './topology.ts';

function openSharePage(share: LocalShare): Effect {
    return {
        type: 'openPage',
        pageId: share.id,
        generation: share.generation,
        role: 'share',
        location: share.location,
        title: share.roomName,
        roomName: share.roomName,
        target: undefined,
        serviceUrl: undefined,
        servers: publishPathOf(share).servers[share.wantedTransport === 'auto' ? 'movable' : 'fixed'],
    };
}

export function requestShare(state: SessionState, event: Extract<SessionEvent, { type: 'shareRequested' }>): Step {
    if (state.share) {
        return {
            state,
            effects: [
                { type: 'revealPage', pageId: state.share.id },
                { type: 'notify', notice: { kind: 'alreadySharing', roomName: state.share.roomName } },
            ],
        };
    }
    const wantedTransport = event.transport ?? 'auto';
    const share: LocalShare = {
        id: event.shareId,
        roomId: event.roomId,
        roomName: event.roomName,
        generation: 1,
        location: event.location,
        phase: 'preparing',
        startedTs: event.now,
        size: undefined,
        keysReady: false,
        joined: false,
        held: false,
        ...uncovered(state),
        viewers: new Map(),
        settings: event.settings,
        wantedTransport,
        course: wantedTransport === 'auto' ? undecided : steady(wantedTransport),
        noSfu: undefined,
        untold: undefined,
        waits: 0,
        carries: MAX_DIRECT,
        unreached: new Set(),
        told: new Set(),
        route: undefined,
        called: new Map(),
    };
    const { id: pageId, generation, roomId } = share;
    // Obstacles are shown before the person picks a screen, also when no token is needed.
    if (!publishPathOf(share).needsGrant)
        return { state: { ...state, share }, effects: [{ type: 'askToShare', pageId, generation }] };
    // The grant comes first. So a room without an SFU is reported before the person picks a screen, and the page's
    // content security policy can name the only SFU that it may use.
    return {
        state: { ...state, share },
        effects: [{ type: 'fetchPublishGrant', pageId, generation, roomId }],
    };
}

/** Ends our share in any phase. Idempotent, and safe without a share. */
export function endShare(state: SessionState, reason: string, failure?: Failure): Step {
    const { share } = state;
    if (!share) return still(state);
    const effects: Effect[] = [
        { type: 'send', pageId: share.id, generation: share.generation, message: { type: 'share.stop', reason } },
        { type: 'closePage', pageId: share.id },
    ];
    if (share.phase !== 'preparing' && share.phase !== 'choosing') {
        // A call with another client keeps its transport when the share moves.
        const held = transportsOf(share.course);
        const calls = share.called.size > 0;
        const inUse = transports.filter((t) => held.includes(t) || (calls && PUBLISH_PATHS[t].callsPeople));
        effects.push(...inUse.flatMap((transport) => PUBLISH_PATHS[transport].end(share)));
    }
    if (failure) effects.push({ type: 'notify', notice: { kind: 'shareFailed', failure } });
    else if (reason !== '') effects.push({ type: 'notify', notice: { kind: 'shareEnded', reason } });
    return { state: { ...state, share: undefined }, effects };
}

export function shareGrantReady(state: SessionState): Step {
    const { share } = state;
    const move = share && moveOf(share.course);
    if (move) return moveGranted(state, share, move);
    if (share?.phase !== 'preparing') return still(state);
    const transport =
        share.wantedTransport === 'auto' ? firstTransport(othersIn(state, share.roomId)) : share.wantedTransport;
    const chosen = choose(withShare(state, { course: steady(transport) }));
    const inVain = publishPathOf(share).needsGrant && !PUBLISH_PATHS[transport].needsGrant;
    if (!inVain) return chosen;
    return { state: chosen.state, effects: [...chosen.effects, { type: 'forgetGrant', pageId: share.id }] };
}

/** Codes about the SFU or the connection to it, and not about the room, the account or another window. */
const SERVER_TROUBLE = /^(?:media\.(?:noServer|token)|network\.|server\.)/u;

/** If the SFU fails for any reason, a share with the automatic transport goes directly between devices. */
export function shareGrantFailed(state: SessionState, failure: Failure): Step {
    const { share } = state;
    const move = share && moveOf(share.course);
    if (move) return abort(state, share, move, failure);
    if (share?.wantedTransport !== 'auto' || !SERVER_TROUBLE.test(failure.code)) return endShare(state, '', failure);
    if (share.phase !== 'preparing') return still(state);
    const wait = share.waits + 1;
    const { fallback } = publishPathOf(share);
    if (!fallback) return endShare(state, '', failure);
    const chosen = choose(withShare(state, { course: steady(fallback), noSfu: { wait, failure }, waits: wait }));
    return {
        state: chosen.state,
        effects: [...chosen.effects, { type: 'wait', pageId: share.id, wait, ms: RETRY_MS }],
    };
}

function choose(state: SessionState): Step {
    const next = withShare(state, { phase: 'choosing' });
    return next.share ? { state: next, effects: [openSharePage(next.share)] } : still(next);
}

/** Publishing starts once everybody has the key and the membership is on the server. Either may come last. */
export function publishWhenReady(state: SessionState): Step {
    const { share } = state;
    if (share?.phase !== 'publishing' || !share.keysReady || !share.joined) return still(state);
    return { state, effects: publishPathOf(share).publish(share) };
}

/** Our membership announces our share. */
export function shareJoined(state: SessionState, roomId: string): Step {
    const { share } = state;
    if (share?.roomId !== roomId || share.phase !== 'publishing') return still(state);
    return publishWhenReady({ ...state, share: { ...share, joined: true } });
}

export function keyDelivery(state: SessionState, failed: boolean, message: string): Step {
    const { share } = state;
    if (!share) return still(state);
    const move = moveOf(share.course);
    // During a move to a transport with this key, the picture does not depend on the key yet.
    if (move && PUBLISH_PATHS[move.to].needsKey && !publishPathOf(share).needsKey)
        return failed ? abort(state, share, move, { code: 'media.keyNotSent', message }) : still(state);
    const usesKey = transportsOf(share.course).some((transport) => PUBLISH_PATHS[transport].needsKey);
    if (share.held === failed || !usesKey) return still(state);
    const effects: Effect[] = [
        { type: 'send', pageId: share.id, generation: share.generation, message: { type: 'share.hold', held: failed } },
    ];
    if (failed) effects.push({ type: 'notify', notice: { kind: 'held', message } });
    return { state: withShare(state, { held: failed }), effects };
}

/** Tells the share's page which devices watch, if that changed. */
export function announceViewers(before: SessionState, after: SessionState): Effect[] {
    const { share } = after;
    if (!share) return [];
    const viewers = viewersOf(after, share);
    const old = before.share ? viewersOf(before, before.share) : [];
    const look = (all: readonly Viewer[]): string => all.map((v) => `${deviceKey(v)} ${v.deviceName}`).join('\n');
    return look(viewers) === look(old) ? [] : [viewersEffect(share, viewers)];
}

function viewersEffect({ id: pageId, generation }: LocalShare, viewers: Viewer[]): Effect {
    return { type: 'send', pageId, generation, message: { type: 'share.viewers', viewers } };
}

/** A page that has just opened does not know who was there before it, such as another client in the session. */
function tellViewers(state: SessionState, share: LocalShare): Effect[] {
    const viewers = viewersOf(state, share);
    return viewers.length === 0 ? [] : [viewersEffect(share, viewers)];
}

export function shareWatched(state: SessionState, event: Extract<SessionEvent, { type: 'watch' }>): Step {
    const { share } = state;
    if (!share || share.id !== event.shareId || share.roomId !== event.roomId) return still(state);
    const key = deviceKey(event);
    const viewers = new Map(share.viewers);
    const unreached = event.via === 'unreached';
    if (!event.watching) viewers.delete(key);
    else viewers.set(key, event.via === 'unreached' ? viewers.get(key) : event.via);
    return still(withShare(state, { viewers, ...(unreached ? { unreached: new Set(share.unreached).add(key) } : {}) }));
}

/** Moves the page to the person's own browser, where capture is allowed. */
function moveToBrowser(state: SessionState, share: LocalShare): Step {
    const moved: LocalShare = { ...share, location: 'browser', generation: share.generation + 1 };
    return {
        state: { ...state, share: moved },
        effects: [{ type: 'closePage', pageId: share.id }, openSharePage(moved)],
    };
}

export function reduceSharePage(state: SessionState, share: LocalShare, message: PageMessage): Step {
    switch (message.type) {
        case 'ready':
            // A page that loads again (its tab moved to another window) has lost its capture.
            if (share.phase !== 'choosing') return endShare(state, 'Its tab was loaded again, which ends the capture.');
            if (!message.displayCapture && share.location === 'webview') return moveToBrowser(state, share);
            return {
                state,
                effects: [
                    // Before the capture, so that it begins hidden.
                    ...(share.cover.cover === null ? [] : [coverEffect(share)]),
                    {
                        type: 'send',
                        pageId: share.id,
                        generation: share.generation,
                        message: { type: 'share.capture', settings: share.settings },
                    },
                    ...publishPathOf(share).prepare(share),
                    ...tellViewers(state, share),
                ],
            };
        case 'capture.started':
            if (share.phase !== 'choosing') return still(state);
            return {
                state: withShare(state, {
                    phase: 'publishing',
                    size: { width: message.width, height: message.height },
                    keysReady: !publishPathOf(share).needsKey,
                }),
                effects: publishPathOf(share).needsKey ? [{ type: 'startKeys', roomId: share.roomId }] : [],
            };
        case 'capture.failed':
            // The page shows a refusal with a button to try again. If capture can never work there, the share moves or
            // ends.
            if (message.reason !== 'unsupported') return still(state);
            if (share.location === 'webview') return moveToBrowser(state, share);
            return endShare(state, '', {
                code: 'media.captureFailed',
                message: 'This browser cannot share a screen. Open the link in Chrome, Edge, Firefox or Safari.',
            });
        case 'capture.ended':
            return endShare(state, 'The capture was ended in the browser.');
        case 'share.published': {
            const { transport } = message;
            const move = moveOf(share.course);
            if (move && transport !== transportOf(move)) return movePublished(state, share, move, transport);
            return still(withShare(state, { phase: 'live', route: PUBLISH_PATHS[transport].route ?? share.route }));
        }
        case 'share.covered':
            return covered(state, share, message.order);
        case 'share.serverLost':
            return sfuLost(state, share, message.detail);
        case 'servers.none': {
            const { relayOnly } = message;
            return { state, effects: [{ type: 'notify', notice: { kind: 'noIceServers', sharing: true, relayOnly } }] };
        }
        case 'share.uplink':
            if (!publishPathOf(share).reportsUplink) return still(state);
            return still(withShare(state, { carries: carriesAfter(share.carries, message.viewers) }));
        case 'mesh.state':
            return still(message.state === 'connected' ? withShare(state, { route: message.route }) : state);
        case 'share.reconnecting':
            return still(publishPathOf(share).reconnects ? withShare(state, { phase: 'reconnecting' }) : state);
        case 'share.failed':
            return endShare(state, '', { code: 'media.captureFailed', message: message.detail });
        case 'action':
            if (message.name === 'stopShare') return endShare(state, '');
            if (message.name === 'pauseShare') return pause(state, true);
            if (message.name === 'resumeShare') return pause(state, false);
            if (message.name === 'openInBrowser' && share.location === 'webview' && share.phase === 'choosing') {
                return moveToBrowser(state, share);
            }
            return still(state);
        default:
            return still(state);
    }
}
