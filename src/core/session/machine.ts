/**
 * The session core: `reduce(state, event) -> state + effects`, a pure function. The orchestrator runs the effects and
 * turns their results into events. The views render the state.
 */
import { calledPerson, callPerson } from './calledPeople.ts';
import { reconcileMemberships } from './membershipFlow.ts';
import { targetShare } from './sessionMembers.ts';
import {
    announceViewers,
    endShare,
    keyDelivery,
    publishWhenReady,
    requestShare,
    shareGrantFailed,
    shareGrantReady,
    shareJoined,
    reduceSharePage,
    shareWatched,
} from './shareFlow.ts';
import {
    initialState,
    still,
    type Effect,
    type Failure,
    type SessionEvent,
    type SessionState,
    type Step,
} from './state.ts';
import { abort, moveAnnounced, moveKeyed, notAnnounced, reconsider, shareWaited } from './shareMove.ts';
import {
    audienceTold,
    coverTold,
    forgetSharers,
    isWithheld,
    queryTrustAgain,
    tellTrust,
    withheldTold,
} from './trustFlow.ts';
import {
    acceptCall,
    closeViewerTab,
    endGoneViewerTabs,
    endViewerTab,
    isOver,
    requestViewerTab,
    viewerGrantReady,
    reduceViewerPage,
    withViewerTab,
} from './viewerFlow.ts';
import { moveOf } from './course.ts';
import { NOT_HIDDEN, pause, reconcileCover, seeSecrets, tellViewers, unshield } from './shareCover.ts';
import { forgetSilent } from './silentShare.ts';
import { needsGrant } from './subscribePath.ts';
import { followReturns, toggleWaiting } from './viewerAgain.ts';
import { moveFailed, moveGaveUp, moveViewerTabs, viewerMoved, viewerMoveGranted, viewerWaited } from './viewerMove.ts';

const NO_ANSWER: Failure = {
    code: 'media.noAnswer',
    message: 'The sharer’s device does not answer. Ask them whether they are online, then try again.',
};

/** Runs the steps in order. Each gets the state of the step before. */
function chain(state: SessionState, ...steps: readonly ((state: SessionState) => Step)[]): Step {
    const effects: Effect[] = [];
    let current = state;
    for (const step of steps) {
        const result = step(current);
        current = result.state;
        effects.push(...result.effects);
    }
    return { state: current, effects };
}

function leaveRoom(state: SessionState, roomId: string, reason: string): Step {
    const viewerTabs = [...state.viewerTabs.values()].filter((v) => v.target.roomId === roomId);
    return chain(
        state,
        (s) => (s.share?.roomId === roomId ? endShare(s, reason) : still(s)),
        ...viewerTabs.map((tab) => (s: SessionState) => closeViewerTab(s, s.viewerTabs.get(tab.id) ?? tab)),
    );
}

function failRoom(state: SessionState, roomId: string, failure: Failure): Step {
    const viewerTabs = [...state.viewerTabs.values()].filter((v) => v.target.roomId === roomId);
    return chain(
        state,
        (s) => (s.share?.roomId === roomId ? endShare(s, '', failure) : still(s)),
        ...viewerTabs.map(
            (tab) => (s: SessionState) => endViewerTab(s, s.viewerTabs.get(tab.id) ?? tab, 'failed', failure),
        ),
    );
}

function signOut(state: SessionState): Step {
    const rooms = new Set([...state.memberships.keys(), ...[...state.viewerTabs.values()].map((v) => v.target.roomId)]);
    if (state.share) rooms.add(state.share.roomId);
    const left = chain(state, ...[...rooms].map((roomId) => (s: SessionState) => leaveRoom(s, roomId, '')));
    // Compares with the old memberships, so that each of them is left.
    return { ...left, state: { ...initialState, memberships: left.state.memberships, secrets: state.secrets } };
}

/** Tells the page whose share it shows. */
function trustAnswered(state: SessionState, event: Extract<SessionEvent, { type: 'trust' }>): Step {
    const tab = state.viewerTabs.get(event.tabId);
    if (!tab) return still(state);
    const { sharerName: name, target } = tab;
    const { userId = '', deviceId = '' } = target;
    const { trust, deviceName } = event;
    const startedTs = targetShare(state, target)?.startedTs ?? null;
    const message = { type: 'view.sharer', name, userId, deviceId, deviceName, trust, startedTs } as const;
    return {
        state: withViewerTab(state, tab.id, { trust }),
        effects: [{ type: 'send', pageId: tab.id, generation: tab.generation, message }],
    };
}

function handle(state: SessionState, event: SessionEvent): Step {
    switch (event.type) {
        case 'signedIn':
            return still({ ...state, self: event.self });
        case 'signedOut':
            return signOut(state);
        case 'rtcChanged': {
            const rtc = new Map(state.rtc).set(event.roomId, event.members);
            return chain(
                forgetSilent(forgetSharers({ ...state, rtc }, event.roomId)),
                (s) => endGoneViewerTabs(s, event.roomId),
                (s) => followReturns(s, event.roomId),
                (s) => moveViewerTabs(s, event.roomId),
            );
        }
        case 'roomGone': {
            const rtc = new Map(state.rtc);
            rtc.delete(event.roomId);
            return leaveRoom(
                forgetSharers({ ...state, rtc }, event.roomId),
                event.roomId,
                'You are no longer in the room.',
            );
        }
        case 'shareRequested':
            return requestShare(state, event);
        case 'shareStopRequested':
            return endShare(state, '');
        case 'pauseRequested':
        case 'secretsSeen':
            return event.type === 'secretsSeen' ? seeSecrets(state, event.files) : pause(state, event.paused);
        case 'viewerTabRequested':
            return requestViewerTab(state, event);
        case 'viewerTabCloseRequested': {
            const tab = state.viewerTabs.get(event.tabId);
            return tab ? closeViewerTab(state, tab) : still(state);
        }
        case 'leaveRequested':
            return leaveRoom(state, event.roomId, '');
        case 'grantReady':
        case 'grantFailed':
            return grantEnded(state, event);
        case 'joined':
            return shareJoined(state, event.roomId);
        case 'joinFailed':
            return failRoom(state, event.roomId, event.failure);
        case 'announced': {
            const { share } = state;
            const move = share && moveOf(share.course);
            return move && share.roomId === event.roomId
                ? moveAnnounced(state, share, move)
                : shareJoined(state, event.roomId); // a viewer tab joined the room before
        }
        case 'announceFailed':
            return announceFailed(state, event);
        case 'waited': {
            const { share } = state;
            if (share?.id === event.pageId) {
                if (share.unconfirmed?.wait === event.wait) return endShare(state, '', NOT_HIDDEN);
                return unshield(state, share, event.wait) ?? shareWaited(state, share, event.wait);
            }
            const tab = state.viewerTabs.get(event.pageId);
            return tab?.wait === event.wait ? viewerWaited(state, tab) : still(state);
        }
        case 'keysReady': {
            const { share } = state;
            if (share?.roomId !== event.roomId) return still(state);
            const move = moveOf(share.course);
            if (move) return moveKeyed(state, share, move);
            return publishWhenReady({ ...state, share: { ...share, keysReady: true } });
        }
        case 'keysFailed': {
            const { share } = state;
            if (share?.roomId !== event.roomId) return still(state);
            const move = moveOf(share.course);
            if (move) return abort(state, share, move, event.failure);
            return endShare(state, '', event.failure);
        }
        case 'keyDelivery':
            return state.share?.roomId === event.roomId
                ? keyDelivery(state, event.failed, event.message)
                : still(state);
        case 'trustChanged':
            return queryTrustAgain(state, event.userId);
        case 'trust':
            return trustAnswered(state, event);
        case 'page':
            return pageSaid(state, event);
        case 'callAccepted':
            return acceptCall(state, event);
        case 'callRequested':
            return callPerson(state, event);
        case 'callAnswered':
        case 'callOver': {
            const { share } = state;
            if (share?.id === event.pageId) return calledPerson(state, share, event);
            const tab = state.viewerTabs.get(event.pageId);
            return event.type === 'callOver' && tab?.generation === event.generation
                ? endViewerTab(state, tab, 'ended')
                : still(state);
        }
        case 'meshGaveUp': {
            const tab = state.viewerTabs.get(event.pageId);
            if (tab?.generation !== event.generation) return still(state);
            // Its tab shows why there is no answer. The sharer's device reports when it will answer.
            if (isWithheld(state, tab)) return still(state);
            return tab.move ? moveGaveUp(state, tab) : endViewerTab(state, tab, 'failed', NO_ANSWER);
        }
        case 'pageClosed':
            return pageClosed(state, event);
        case 'watch':
            return shareWatched(state, event);
        case 'withheld':
            return withheldTold(state, event);
        case 'audience':
            return audienceTold(state, event);
        case 'cover':
            return coverTold(state, event);
    }
}

/** This concerns only our share. A lost membership, which also ends viewer tabs, has its own event. */
function announceFailed(state: SessionState, event: Extract<SessionEvent, { type: 'announceFailed' }>): Step {
    const { roomId, failure } = event;
    const { share } = state;
    if (share?.roomId !== roomId || share.phase === 'preparing' || share.phase === 'choosing') return still(state);
    return notAnnounced(state, share, failure) ?? endShare(state, '', failure);
}

function grantEnded(state: SessionState, event: Extract<SessionEvent, { type: 'grantReady' | 'grantFailed' }>): Step {
    const { share } = state;
    if (share?.id === event.pageId && share.generation === event.generation) {
        return event.type === 'grantReady' ? shareGrantReady(state) : shareGrantFailed(state, event.failure);
    }
    const tab = state.viewerTabs.get(event.pageId);
    if (tab?.generation !== event.generation) return still(state);
    // The share came back before the token arrived. The tab needs none for what it shows.
    if (!needsGrant(tab)) return { state, effects: [{ type: 'forgetGrant', pageId: tab.id }] };
    if (tab.move) return event.type === 'grantReady' ? viewerMoveGranted(state, tab) : moveFailed(state, tab);
    return event.type === 'grantReady'
        ? viewerGrantReady(state, tab)
        : endViewerTab(state, tab, 'failed', event.failure);
}

function pageSaid(state: SessionState, event: Extract<SessionEvent, { type: 'page' }>): Step {
    const { share } = state;
    if (share?.id === event.pageId && share.generation === event.generation)
        return withSideChannel(reduceSharePage(state, share, event.message), event);
    const tab = state.viewerTabs.get(event.pageId);
    if (tab?.generation !== event.generation) return still(state);
    const { message } = event;
    if (message.type === 'view.moved') return viewerMoved(state, tab, message.transport, message.ok);
    if (message.type === 'action' && message.name === 'watchAgain') return toggleWaiting(state, tab);
    const step = reduceViewerPage(state, tab, message);
    const after = message.type === 'ready' ? step.state.viewerTabs.get(tab.id) : undefined;
    return withSideChannel(after ? { ...step, effects: [...step.effects, ...tellTrust(state, after)] } : step, event);
}

/** A page that has loaded learns its side channel. */
function withSideChannel(step: Step, event: Extract<SessionEvent, { type: 'page' }>): Step {
    const { pageId, generation, message } = event;
    const place = message.type === 'ready' ? sideChannelOf(step.state, pageId, generation) : undefined;
    if (!place) return step;
    return { ...step, effects: [...step.effects, { type: 'openSideChannel', pageId, generation, ...place }] };
}

/** Undefined: the page is over or replaced, or it shows a share of another client, which has none. */
function sideChannelOf({ share, viewerTabs, self }: SessionState, pageId: string, generation: number) {
    if (share?.id === pageId)
        return self && share.generation === generation
            ? { roomId: share.roomId, shareId: share.id, sharer: self }
            : undefined;
    const tab = viewerTabs.get(pageId);
    if (tab?.generation !== generation || tab.callId !== undefined || isOver(tab)) return undefined;
    const { roomId, userId, deviceId, shareId } = tab.target;
    if (userId === undefined || deviceId === undefined || shareId === undefined) return undefined;
    return { roomId, shareId, sharer: { userId, deviceId } };
}

function pageClosed(state: SessionState, event: Extract<SessionEvent, { type: 'pageClosed' }>): Step {
    const { share } = state;
    if (share?.id === event.pageId && share.generation === event.generation) return endShare(state, event.reason);
    const tab = state.viewerTabs.get(event.pageId);
    return tab?.generation === event.generation ? closeViewerTab(state, tab) : still(state);
}

/** Returns the next state and the effects. Never throws. An event for something that is gone changes nothing. */
export function reduce(state: SessionState, event: SessionEvent): Step {
    const handled = chain(state, (s) => handle(s, event), reconsider, reconcileCover);
    const called = reconcileMemberships(handled.state);
    return {
        state: called.state,
        effects: [
            ...handled.effects,
            ...called.effects,
            ...announceViewers(state, called.state),
            ...tellViewers(state, called.state),
        ],
    };
}
