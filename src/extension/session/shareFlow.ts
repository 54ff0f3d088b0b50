/** Our own share, from the command to its end. Pure. */
import type { PageMessage } from '../../webview/protocol/messages.ts';
import { deviceKey, viewersOf } from './members.ts';
import type { Effect, Failure, LocalShare, SessionEvent, SessionState } from './state.ts';

/** Viewers that one device serves well; with more its person is told. */
const DIRECT_VIEWERS = 4;

export interface Step {
    readonly state: SessionState;
    readonly effects: readonly Effect[];
}

const still = (state: SessionState): Step => ({ state, effects: [] });

export function withShare(state: SessionState, patch: Partial<LocalShare>): SessionState {
    return state.share ? { ...state, share: { ...state.share, ...patch } } : state;
}

function openSharePage(share: LocalShare): Effect {
    return {
        type: 'openPage',
        call: share.id,
        generation: share.generation,
        role: 'share',
        location: share.location,
        title: share.roomName,
        roomName: share.roomName,
        target: undefined,
        serviceUrl: undefined,
        direct: share.transport === 'mesh',
    };
}

export function requestShare(state: SessionState, event: Extract<SessionEvent, { type: 'shareRequested' }>): Step {
    if (state.share) {
        return {
            state,
            effects: [
                { type: 'revealPage', call: state.share.id },
                { type: 'notify', notice: { kind: 'alreadySharing', roomName: state.share.roomName } },
            ],
        };
    }
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
        watchers: new Set(),
        settings: event.settings,
        transport: event.transport ?? 'auto',
        path: undefined,
        called: new Map(),
    };
    if (share.transport === 'mesh') return choose({ ...state, share });
    // The grant comes first: a room without a media server is said before anybody picks a screen, and the page's
    // content security policy can name the one SFU it may talk to.
    return {
        state: { ...state, share },
        effects: [{ type: 'fetchPublishGrant', call: share.id, generation: 1, roomId: share.roomId }],
    };
}

/** Ends our share whatever its phase. Idempotent; safe with no share. */
export function endShare(state: SessionState, reason: string, failure?: Failure): Step {
    const { share } = state;
    if (!share) return still(state);
    const effects: Effect[] = [
        { type: 'send', call: share.id, generation: share.generation, message: { type: 'share.stop', reason } },
        { type: 'closePage', call: share.id },
    ];
    if (share.phase !== 'preparing' && share.phase !== 'choosing') {
        effects.push(
            share.transport === 'mesh'
                ? { type: 'releaseMesh', call: share.id }
                : { type: 'stopKeys', roomId: share.roomId },
        );
    }
    if (failure) effects.push({ type: 'notify', notice: { kind: 'shareFailed', failure } });
    else if (reason !== '') effects.push({ type: 'notify', notice: { kind: 'shareEnded', reason } });
    return { state: { ...state, share: undefined }, effects };
}

export function shareGrantReady(state: SessionState): Step {
    return state.share?.phase === 'preparing' ? choose(withShare(state, { transport: 'livekit' })) : still(state);
}

/** Without a media server for the room, a share whose way was left to us goes directly from device to device. */
export function shareGrantFailed(state: SessionState, failure: Failure): Step {
    if (failure.code !== 'media.noServer' || state.share?.transport !== 'auto') return endShare(state, '', failure);
    return state.share.phase === 'preparing' ? choose(withShare(state, { transport: 'mesh' })) : still(state);
}

function choose(state: SessionState): Step {
    const next = withShare(state, { phase: 'choosing' });
    return next.share ? { state: next, effects: [openSharePage(next.share)] } : still(next);
}

/** Publishing starts when the key is with everybody and the membership is on the server, whichever comes last. */
export function publishWhenReady(state: SessionState): Step {
    const { share } = state;
    if (share?.phase !== 'publishing' || !share.keysReady || !share.joined) return still(state);
    const { id: call, generation, roomId } = share;
    if (share.transport === 'mesh') {
        return {
            state,
            effects: [
                { type: 'send', call, generation, message: { type: 'share.direct' } },
                { type: 'serveMesh', call, generation, roomId },
            ],
        };
    }
    return {
        state,
        effects: [{ type: 'publish', call: share.id, generation: share.generation, roomId: share.roomId }],
    };
}

export function keyDelivery(state: SessionState, failed: boolean, message: string): Step {
    const { share } = state;
    if (!share || share.held === failed) return still(state);
    const effects: Effect[] = [
        { type: 'send', call: share.id, generation: share.generation, message: { type: 'share.hold', held: failed } },
    ];
    if (failed) effects.push({ type: 'notify', notice: { kind: 'held', message } });
    return { state: withShare(state, { held: failed }), effects };
}

/** Tells the share's page who watches, when that changed. */
export function announceViewers(before: SessionState, after: SessionState): Effect[] {
    const { share } = after;
    if (!share) return [];
    const viewers = viewersOf(after, share);
    const old = before.share ? viewersOf(before, before.share) : [];
    if (viewers.map(deviceKey).join() === old.map(deviceKey).join()) return [];
    return [
        { type: 'send', call: share.id, generation: share.generation, message: { type: 'share.viewers', viewers } },
    ];
}

export function shareWatched(state: SessionState, event: Extract<SessionEvent, { type: 'watch' }>): Step {
    const { share } = state;
    if (!share || share.id !== event.shareId || share.roomId !== event.roomId) return still(state);
    const watchers = new Set(share.watchers);
    if (event.watching) watchers.add(deviceKey(event));
    else watchers.delete(deviceKey(event));
    const many = share.transport === 'mesh' && share.watchers.size === DIRECT_VIEWERS && watchers.size > DIRECT_VIEWERS;
    return {
        state: withShare(state, { watchers }),
        effects: many ? [{ type: 'notify', notice: { kind: 'manyDirect', viewers: watchers.size } }] : [],
    };
}

/** The page moves to the person's own browser, where capture is allowed. */
function moveToBrowser(state: SessionState, share: LocalShare): Step {
    const moved: LocalShare = { ...share, location: 'browser', generation: share.generation + 1 };
    return {
        state: { ...state, share: moved },
        effects: [{ type: 'closePage', call: share.id }, openSharePage(moved)],
    };
}

export function sharePageSaid(state: SessionState, share: LocalShare, message: PageMessage): Step {
    switch (message.type) {
        case 'ready':
            // A page that loads again (its tab moved to another window) has lost what it captured.
            if (share.phase !== 'choosing') return endShare(state, 'Its tab was loaded again, which ends the capture.');
            if (!message.displayCapture && share.location === 'webview') return moveToBrowser(state, share);
            return {
                state,
                effects: [
                    {
                        type: 'send',
                        call: share.id,
                        generation: share.generation,
                        message: { type: 'share.capture', settings: share.settings },
                    },
                    ...(share.transport === 'mesh'
                        ? []
                        : [{ type: 'preparePublish', call: share.id, generation: share.generation } as const]),
                ],
            };
        case 'capture.started':
            if (share.phase !== 'choosing') return still(state);
            return {
                // Directly, the keys are those of each connection (DTLS), whose fingerprints go through the room's encryption.
                state: withShare(state, {
                    phase: 'publishing',
                    size: { width: message.width, height: message.height },
                    keysReady: share.transport === 'mesh',
                }),
                effects: share.transport === 'mesh' ? [] : [{ type: 'startKeys', roomId: share.roomId }],
            };
        case 'capture.failed':
            // A refusal is shown by the page, with a button to try again. What can never work there moves on or ends.
            if (message.reason !== 'unsupported') return still(state);
            if (share.location === 'webview') return moveToBrowser(state, share);
            return endShare(state, '', {
                code: 'media.captureFailed',
                message: 'This browser cannot share a screen. Open the link in Chrome, Edge, Firefox or Safari.',
            });
        case 'capture.ended':
            return endShare(state, 'The capture was ended in the browser.');
        case 'share.published':
            return still(
                withShare(state, { phase: 'live', ...(share.transport === 'livekit' ? { path: 'sfu' } : {}) }),
            );
        case 'mesh.state':
            return still(message.state === 'connected' ? withShare(state, { path: message.path }) : state);
        case 'share.reconnecting':
            return still(withShare(state, { phase: 'reconnecting' }));
        case 'share.failed':
            return endShare(state, '', { code: 'media.captureFailed', message: message.detail });
        case 'action':
            if (message.name === 'stopShare') return endShare(state, '');
            if (message.name === 'openInBrowser' && share.location === 'webview' && share.phase === 'choosing') {
                return moveToBrowser(state, share);
            }
            return still(state);
        default:
            return still(state);
    }
}
