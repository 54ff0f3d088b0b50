/**
 * This device's calls: `reduceCalls(state, event) -> state + effects`, a pure function. A viewer asks for a share (an
 * Olm message), the sharer's device invites, and the asking device answers. Each call has one connection per
 * share (`com.hush.leg` on the wire), which lives in the page that shows or captures it. Two people who share to each
 * other end up in one call with two connections, whoever called first (glare.ts). Any event may come twice, late or
 * never. A viewer without a picture asks again.
 */
import { callIdOf } from '../../core/session/glare.ts';
import { adopted, dropped } from './adoptedPages.ts';
import { Draft } from './callDraft.ts';
import { received } from './callReceive.ts';
import {
    connectionIdOf,
    connectionOf,
    newConnection,
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
            const found = connectionOf(draft.state, event.connection);
            if (!found) return;
            const { batch, send } = addCandidates(found.connection.batch, event.candidates, now);
            for (const candidates of send)
                draft.send(found.call, { kind: 'candidates', leg: found.connection.id, candidates });
            draft.setConnection(found.call, { ...found.connection, batch });
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
        const connections = [...call.connections.values()].filter((connection) => connection.page.pageId === page);
        if (connections.length === 0 || !which(call)) continue;
        if (connections.length === call.connections.size) {
            draft.hangUp(call, 'user_hangup', now);
            continue;
        }
        let rest = call;
        for (const connection of connections) {
            rest = draft.dropConnection(rest, connection, now);
            if (connection.phase !== 'queued')
                draft.send(rest, { kind: 'streams', leg: connection.id, streams: {}, ended: true });
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
    const has = ours.find((call) => call.connections.has(shareId));
    const connection = has?.connections.get(shareId);
    if (has && connection) {
        if (connection.phase === 'stable' && event.callId === has.id) return restart(draft, has, connection, now);
        if (connection.phase !== 'stable' && now - connection.since < STUCK_MS) return;
        // The peer's window was reloaded and lost its state, or a step was lost.
        if (connection.phase === 'stable' && has.connections.size > 1) draft.dropConnection(has, connection, now);
        else draft.hangUp(has, connection.phase === 'stable' ? 'replaced' : 'invite_timeout', now);
    }
    const running = ours.map((call) => draft.state.calls.get(call.id)).find((call) => call !== undefined);
    if (running) {
        const queued = draft.setConnection(running, newConnection(shareId, share.page, 'send', 'queued', now));
        return draft.startQueued(queued.id, now);
    }
    const id = callIdOf(draft.state.self, event.ulid);
    const first = newConnection(shareId, share.page, 'send', 'offering', now);
    draft.setCall({
        ...begin({ id, roomId, outgoing: true, expiresAt: now + LIFETIME_MS }, first),
        foreign: false,
        peer: from,
    });
    draft.order(first, { type: 'mesh.open', connection: connectionIdOf(id, shareId), offer: true, sideChannel: true });
}

function restart(draft: Draft, call: Call, connection: CallConnection, now: number): void {
    draft.setConnection(call, { ...connection, phase: 'offering', since: now });
    draft.order(connection, { type: 'mesh.restart', connection: connectionIdOf(call.id, connection.id) });
}

function described(
    draft: Draft,
    { connection: connectionId, kind, sdp, streams, now }: Extract<CallsEvent, { type: 'description' }>,
): void {
    const found = connectionOf(draft.state, connectionId);
    if (!found) return;
    const { call, connection } = found;
    const expected = kind === 'offer' ? 'offering' : 'answering';
    if (connection.phase !== expected) return draft.log('debug', `a page made an ${kind} that is not wanted any more`);
    const after = draft.setConnection(call, {
        ...connection,
        phase: kind === 'offer' ? 'offered' : 'stable',
        since: now,
    });
    if (call.phase === 'starting' && connection.id === call.first) {
        draft.setCall({ ...after, phase: 'ringing', expiresAt: now + LIFETIME_MS });
        const { userId: invitee, deviceId } = call.peer;
        const device = call.foreign ? undefined : deviceId;
        return draft.send(call, {
            kind: 'invite',
            leg: connection.id,
            lifetime: LIFETIME_MS,
            invitee,
            device,
            sdp,
            streams,
        });
    }
    if (call.phase === 'answering' && connection.id === call.first) {
        draft.setCall({ ...after, phase: 'answered' });
        return draft.send(call, { kind: 'answer', leg: connection.id, sdp, streams });
    }
    draft.send(call, { kind: 'negotiate', leg: connection.id, description: kind, sdp, streams });
}

function connectionChanged(draft: Draft, event: Extract<CallsEvent, { type: 'connection' }>): void {
    const found = connectionOf(draft.state, event.connection);
    if (!found) return;
    const { call, connection } = found;
    const { now } = event;
    if (event.state === 'connected') {
        draft.setConnection(call, { ...connection, failedAt: undefined });
        if (connection.role === 'receive')
            draft.setWatching(connection.page.pageId, { connected: true, asked: 0, askAt: undefined });
        return;
    }
    draft.setConnection(call, { ...connection, failedAt: connection.failedAt ?? now });
    // The sharer makes a new offer. A viewer asks for one.
    if (connection.role === 'send' && connection.phase === 'stable')
        restart(draft, call, { ...connection, failedAt: connection.failedAt ?? now }, now);
    if (connection.role === 'receive') draft.setWatching(connection.page.pageId, { connected: false, askAt: now });
    time(draft, now);
}

function time(draft: Draft, now: number): void {
    for (const call of draft.state.calls.values()) {
        const down = [...call.connections.values()].some(
            (connection) => connection.failedAt !== undefined && now - connection.failedAt >= DOWN_MS,
        );
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
        const has = [...draft.state.calls.values()].find(
            (call) => call.connections.get(shareId)?.page.pageId === page.pageId,
        );
        draft.add({ type: 'ask', roomId, shareId, to: peer, callId: has?.id });
    }
}

function sendDue(draft: Draft, call: Call, now: number): void {
    for (const connection of call.connections.values()) {
        if (connection.batch.dueAt === undefined || now < connection.batch.dueAt) continue;
        draft.send(call, { kind: 'candidates', leg: connection.id, candidates: connection.batch.waiting });
        draft.setConnection(call, { ...connection, batch: emptyBatch });
    }
}

/** ms at which the next `time` event is needed. Undefined when nothing waits. */
export function nextDeadline(state: CallsState): number | undefined {
    const times: number[] = [];
    for (const call of state.calls.values()) {
        if (call.phase !== 'connected') times.push(call.expiresAt);
        for (const connection of call.connections.values()) {
            if (connection.batch.dueAt !== undefined) times.push(connection.batch.dueAt);
            if (connection.failedAt !== undefined) times.push(connection.failedAt + DOWN_MS);
        }
    }
    for (const { expiresAt } of state.incoming.values()) times.push(expiresAt);
    for (const { askAt } of state.watching.values()) if (askAt !== undefined) times.push(askAt);
    return times.length === 0 ? undefined : Math.min(...times);
}
