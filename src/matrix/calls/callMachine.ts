/**
 * This device's calls: `reduceCalls(state, event) -> state + effects`, a pure function. A viewer asks for a share (an
 * Olm message), the sharer's device invites, and the asking device answers. Each call has one connection ("leg") per
 * share, which lives in the page that shows or captures it. Two people who share to each other end up in one call with
 * two legs, whoever called first (glare.ts). Any event may come twice, late or never. A viewer without a picture asks
 * again.
 */
import { callIdOf } from '../../core/session/glare.ts';
import { adopted, dropped } from './adoptedPages.ts';
import { Draft } from './callDraft.ts';
import { received } from './callReceive.ts';
import {
    connectionOf,
    legOf,
    newLeg,
    begin,
    mayBePeer,
    sameDevice,
    type Call,
    type CallsEvent,
    type CallsState,
    type CallsStep,
    type Device,
    type CallConnection,
} from './callState.ts';
import { addCandidates, emptyBatch } from './candidateBatch.ts';
import { LIFETIME_MS } from './callEvents.ts';
import { accepted, callPerson, declined } from './foreignCalls.ts';
import { bringsScreen } from './screenOut.ts';

/** ms until a viewer without a picture asks again, and how often it asks. */
const ASK_EVERY_MS = 8_000;
export const MAX_ASKS = 4;
/** ms that a connection may be down before its call ends (30 s, as in matrix-js-sdk). */
export const DOWN_MS = 30_000;
/** ms that the other side's step may take before a new request starts again. */
const STUCK_MS = 6_000;

export function reduceCalls(state: CallsState, event: CallsEvent): CallsStep {
    const draft = new Draft(state);
    handle(draft, event);
    return draft.step;
}

function handle(draft: Draft, event: CallsEvent): void {
    const { now } = event;
    switch (event.type) {
        case 'publish': {
            const { shareId, roomId, page } = event;
            draft.change({ serving: new Map(draft.state.serving).set(shareId, { roomId, page }) });
            return;
        }
        case 'watch': {
            const { roomId, shareId, peer, page } = event;
            release(draft, page.pageId, now);
            const watching = { roomId, shareId, peer, page, connected: false, asked: 0, askAt: now };
            draft.change({ watching: new Map(draft.state.watching).set(page.pageId, watching) });
            return time(draft, now);
        }
        case 'release':
            return release(draft, event.pageId, now);
        case 'unpublish':
            return release(draft, event.pageId, now, (call) => !call.foreign);
        case 'asked':
            return asked(draft, event);
        case 'received':
            return received(draft, event);
        case 'description':
            return described(draft, event);
        case 'candidates': {
            const found = legOf(draft.state, event.connection);
            if (!found) return;
            const { batch, send } = addCandidates(found.leg.batch, event.candidates, now);
            for (const candidates of send)
                draft.send(found.call, { kind: 'candidates', leg: found.leg.id, candidates });
            draft.setLeg(found.call, { ...found.leg, batch });
            return;
        }
        case 'connection':
            return connectionChanged(draft, event);
        case 'call':
            return callPerson(draft, event);
        case 'accept':
            return accepted(draft, event);
        case 'decline':
            return declined(draft, event.callId);
        case 'adopt':
            return adopted(draft, event);
        case 'dropped':
            return dropped(draft, event.roomId, event.connections);
        case 'gone':
            for (const call of draft.state.calls.values()) {
                if (!call.foreign && call.roomId === event.roomId && sameDevice(event.device, call.peer))
                    draft.end(call, now);
            }
            return;
        case 'expel':
            return expel(draft, event.roomId, event.device, now);
        case 'roomLeft':
            for (const call of draft.state.calls.values())
                if (call.roomId === event.roomId) draft.hangUp(call, 'user_hangup', now);
            for (const [id, { roomId }] of draft.state.incoming) if (roomId === event.roomId) draft.stopRinging(id);
            return;
        case 'time':
            return time(draft, now);
    }
}

function release(draft: Draft, page: string, now: number, which: (call: Call) => boolean = () => true): void {
    const { state } = draft;
    const serving = new Map([...state.serving].filter(([, s]) => s.page.pageId !== page));
    const watching = new Map(state.watching);
    watching.delete(page);
    draft.change({ serving, watching });
    for (const call of state.calls.values()) {
        const legs = [...call.legs.values()].filter((leg) => leg.page.pageId === page);
        if (legs.length === 0 || !which(call)) continue;
        if (legs.length === call.legs.size) {
            draft.hangUp(call, 'user_hangup', now);
            continue;
        }
        let rest = call;
        for (const leg of legs) {
            rest = draft.dropLeg(rest, leg, now);
            if (leg.phase !== 'queued') draft.send(rest, { kind: 'streams', leg: leg.id, streams: {}, ended: true });
        }
    }
}

function expel(draft: Draft, roomId: string, device: Device, now: number): void {
    for (const call of draft.state.calls.values()) {
        if (call.roomId !== roomId) continue;
        // A call that any device of the person may still answer is also offered to this device.
        if (mayBePeer(device, call.peer) && bringsScreen(call)) draft.hangUp(call, 'user_hangup', now);
    }
}

function asked(draft: Draft, event: Extract<CallsEvent, { type: 'asked' }>): void {
    const { now, from, shareId, roomId } = event;
    const share = draft.state.serving.get(shareId);
    if (share?.roomId !== roomId) return draft.log('info', `${from.userId} asks for a share that is not there`);
    const ours = [...draft.state.calls.values()].filter(
        (call) => !call.foreign && call.roomId === roomId && sameDevice(from, call.peer),
    );
    const has = ours.find((call) => call.legs.has(shareId));
    const leg = has?.legs.get(shareId);
    if (has && leg) {
        if (leg.phase === 'stable' && event.callId === has.id) return restart(draft, has, leg, now);
        if (leg.phase !== 'stable' && now - leg.since < STUCK_MS) return;
        // The peer's window was reloaded and lost its state, or a step was lost.
        if (leg.phase === 'stable' && has.legs.size > 1) draft.dropLeg(has, leg, now);
        else draft.hangUp(has, leg.phase === 'stable' ? 'replaced' : 'invite_timeout', now);
    }
    const running = ours.map((call) => draft.state.calls.get(call.id)).find((call) => call !== undefined);
    if (running) {
        const queued = draft.setLeg(running, newLeg(shareId, share.page, 'send', 'queued', now));
        return draft.startQueued(queued.id, now);
    }
    const id = callIdOf(draft.state.self, event.ulid);
    const first = newLeg(shareId, share.page, 'send', 'offering', now);
    draft.setCall({
        ...begin({ id, roomId, outgoing: true, expiresAt: now + LIFETIME_MS }, first),
        foreign: false,
        peer: from,
    });
    draft.order(first, { type: 'mesh.open', connection: connectionOf(id, shareId), offer: true });
}

function restart(draft: Draft, call: Call, leg: CallConnection, now: number): void {
    draft.setLeg(call, { ...leg, phase: 'offering', since: now });
    draft.order(leg, { type: 'mesh.restart', connection: connectionOf(call.id, leg.id) });
}

function described(
    draft: Draft,
    { connection, kind, sdp, streams, now }: Extract<CallsEvent, { type: 'description' }>,
): void {
    const found = legOf(draft.state, connection);
    if (!found) return;
    const { call, leg } = found;
    const expected = kind === 'offer' ? 'offering' : 'answering';
    if (leg.phase !== expected) return draft.log('debug', `a page made an ${kind} that is not wanted any more`);
    const after = draft.setLeg(call, { ...leg, phase: kind === 'offer' ? 'offered' : 'stable', since: now });
    if (call.phase === 'starting' && leg.id === call.first) {
        draft.setCall({ ...after, phase: 'ringing', expiresAt: now + LIFETIME_MS });
        const { userId: invitee, deviceId } = call.peer;
        const device = call.foreign ? undefined : deviceId;
        return draft.send(call, { kind: 'invite', leg: leg.id, lifetime: LIFETIME_MS, invitee, device, sdp, streams });
    }
    if (call.phase === 'answering' && leg.id === call.first) {
        draft.setCall({ ...after, phase: 'answered' });
        return draft.send(call, { kind: 'answer', leg: leg.id, sdp, streams });
    }
    draft.send(call, { kind: 'negotiate', leg: leg.id, description: kind, sdp, streams });
}

function connectionChanged(draft: Draft, event: Extract<CallsEvent, { type: 'connection' }>): void {
    const found = legOf(draft.state, event.connection);
    if (!found) return;
    const { call, leg } = found;
    const { now } = event;
    if (event.state === 'connected') {
        draft.setLeg(call, { ...leg, failedAt: undefined });
        if (leg.role === 'receive') draft.setWatching(leg.page.pageId, { connected: true, asked: 0, askAt: undefined });
        return;
    }
    draft.setLeg(call, { ...leg, failedAt: leg.failedAt ?? now });
    // The sharer makes a new offer. A viewer asks for one.
    if (leg.role === 'send' && leg.phase === 'stable')
        restart(draft, call, { ...leg, failedAt: leg.failedAt ?? now }, now);
    if (leg.role === 'receive') draft.setWatching(leg.page.pageId, { connected: false, askAt: now });
    time(draft, now);
}

function time(draft: Draft, now: number): void {
    for (const call of draft.state.calls.values()) {
        const down = [...call.legs.values()].some((leg) => leg.failedAt !== undefined && now - leg.failedAt >= DOWN_MS);
        if (call.phase !== 'connected' && now >= call.expiresAt) draft.hangUp(call, 'invite_timeout', now);
        else if (down) draft.hangUp(call, 'ice_failed', now);
        else sendDue(draft, call, now);
    }
    for (const [id, { expiresAt }] of draft.state.incoming) if (now >= expiresAt) draft.stopRinging(id);
    for (const watching of draft.state.watching.values()) {
        if (watching.askAt === undefined || now < watching.askAt) continue;
        const { roomId, shareId, peer, page } = watching;
        if (watching.asked >= MAX_ASKS) {
            release(draft, page.pageId, now);
            draft.add({ type: 'gaveUp', page });
            continue;
        }
        draft.setWatching(page.pageId, { asked: watching.asked + 1, askAt: now + ASK_EVERY_MS });
        const has = [...draft.state.calls.values()].find((call) => call.legs.get(shareId)?.page.pageId === page.pageId);
        draft.add({ type: 'ask', roomId, shareId, to: peer, callId: has?.id });
    }
}

function sendDue(draft: Draft, call: Call, now: number): void {
    for (const leg of call.legs.values()) {
        if (leg.batch.dueAt === undefined || now < leg.batch.dueAt) continue;
        draft.send(call, { kind: 'candidates', leg: leg.id, candidates: leg.batch.waiting });
        draft.setLeg(call, { ...leg, batch: emptyBatch });
    }
}

/** ms at which the next `time` event is needed. Undefined when nothing waits. */
export function nextDeadline(state: CallsState): number | undefined {
    const times: number[] = [];
    for (const call of state.calls.values()) {
        if (call.phase !== 'connected') times.push(call.expiresAt);
        for (const leg of call.legs.values()) {
            if (leg.batch.dueAt !== undefined) times.push(leg.batch.dueAt);
            if (leg.failedAt !== undefined) times.push(leg.failedAt + DOWN_MS);
        }
    }
    for (const { expiresAt } of state.incoming.values()) times.push(expiresAt);
    for (const { askAt } of state.watching.values()) if (askAt !== undefined) times.push(askAt);
    return times.length === 0 ? undefined : Math.min(...times);
}
