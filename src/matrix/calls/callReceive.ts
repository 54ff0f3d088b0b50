/** Applies the other side's events to our calls. The device that an event names has encrypted it. */
import { glareWinner } from '../../core/session/glare.ts';
import type { Draft } from './callDraft.ts';
import { giveCandidates, keepEarly, offered } from './callOffers.ts';
import {
    begin,
    connectionIdOf,
    mayBePeer,
    newConnection,
    sameDevice,
    type Call,
    type CallsEvent,
    type Device,
    type CallConnection,
    type Peer,
    type Watching,
} from './callState.ts';
import type { CallEvent } from './callEvents.ts';
import { timeLeft } from './expiry.ts';
import { endsRinging, yieldOrRing } from './foreignCalls.ts';

type Received = Extract<CallsEvent, { type: 'received' }>;
type Kind<K extends CallEvent['kind']> = Extract<CallEvent, { kind: K }>;

export function received(draft: Draft, it: Received): void {
    const { event } = it;
    if (draft.state.ended.includes(event.callId)) return; // late or repeated
    if (event.kind === 'invite') return invited(draft, it, event);
    const call = draft.state.calls.get(event.callId);
    if (!call) return withoutCall(draft, it);
    if (isSlowerClient(call, it)) return;
    if (mayBePeer(it.from, call.peer) && it.roomId === call.roomId) return receivedInCall(draft, call, it);
    const who = `${it.from.userId} ${it.from.deviceId}`;
    draft.log('warn', `refused ${event.kind} from ${who}, which is not in that call (possible attack)`);
}

/** A call that rings, or whose invite has not come yet. */
function withoutCall(draft: Draft, { event, from }: Received): void {
    const ringing = draft.state.incoming.get(event.callId);
    if (ringing && endsRinging(draft, event, from, ringing)) {
        draft.stopRinging(event.callId);
        draft.forget(event.callId);
    } else if (event.kind === 'candidates') keepEarly(draft, from, event, event.candidates);
    // The hangup came before the invite, which must not ring.
    else if (event.kind === 'hangup' && !ringing) draft.forget(event.callId);
    else draft.log('debug', `ignored ${event.kind} for a call that is not here`);
}

/** Another client of the person answers after the first one did. */
function isSlowerClient({ peer }: Call, { event, from }: Received): boolean {
    return event.kind === 'answer' && from.userId === peer.userId && !mayBePeer(from, peer);
}

function receivedInCall(draft: Draft, call: Call, { event, from, now }: Received): void {
    switch (event.kind) {
        case 'invite':
            return; // repeated
        case 'answer':
            return answered(draft, { ...call, peer: from }, event, now);
        case 'selectAnswer': {
            if (call.outgoing) return draft.log('warn', 'refused a selection of an answer from who was called');
            if (event.party !== draft.state.self.deviceId) return draft.end(call, now);
            if (call.phase === 'answered') draft.startQueued(draft.setCall({ ...call, phase: 'connected' }).id, now);
            return;
        }
        case 'negotiate':
            return negotiated(draft, call, event, now);
        case 'candidates': {
            const connection = call.connections.get(event.leg ?? call.first);
            if (connection) giveCandidates(draft, call, connection.id, event.candidates);
            else keepEarly(draft, from, event, event.candidates);
            return;
        }
        case 'streams': {
            const connection = event.ended ? call.connections.get(event.leg ?? call.first) : undefined;
            if (!connection) return;
            const rest = draft.dropConnection(call, connection, now);
            if (rest.connections.size === 0) draft.hangUp(rest, 'user_hangup', now);
            return;
        }
        case 'reject':
        case 'hangup':
            return draft.end(call, now);
    }
}

function invited(draft: Draft, { from, roomId, ageMs, now }: Received, invite: Kind<'invite'>): void {
    const { state } = draft;
    const { self } = state;
    if (state.calls.has(invite.callId)) return; // repeated
    if ((invite.invitee ?? self.userId) !== self.userId || (invite.device ?? self.deviceId) !== self.deviceId) return;
    const left = timeLeft(invite.lifetime, ageMs);
    if (left === undefined) return draft.forget(invite.callId);
    if (invite.leg === undefined) return yieldOrRing(draft, roomId, from, invite, now + left, now);
    const watching = wanted(draft, roomId, from, invite.leg);
    if (!watching) {
        draft.log('info', `ignored a call from ${from.userId} ${from.deviceId} that was not asked for`);
        return draft.forget(invite.callId);
    }
    const crossing = [...state.calls.values()].find(
        (call) => call.outgoing && call.phase !== 'connected' && call.roomId === roomId && sameDevice(from, call.peer),
    );
    if (crossing && glareWinner([crossing.id, invite.callId]) === crossing.id) {
        draft.log('info', `${from.userId} and we called each other: our call goes on, theirs joins it`);
        return draft.forget(invite.callId);
    }
    const connection = newConnection(watching.shareId, watching.page, 'receive', 'answering', now);
    const begun = begin({ id: invite.callId, roomId, outgoing: false, expiresAt: now + left }, connection);
    const joining = crossing ? yielded(draft, crossing, now) : [];
    endOlder(draft, roomId, from, connection.id, now);
    const connections = new Map([...begun.connections, ...joining.map((own) => [own.id, own] as const)]);
    const call = draft.setCall({ ...begun, connections, foreign: false, peer: from });
    offered(draft, call, connection, invite);
    draft.setWatching(watching.page.pageId, { askAt: now + 8_000 });
}

/** Our call ends for theirs. Returns our connections, which join it. */
function yielded(draft: Draft, crossing: Call, now: number): CallConnection[] {
    draft.log('info', `${crossing.peer.userId} and we called each other: their call goes on, ours joins it`);
    draft.hangUp(crossing, 'replaced', now);
    return [...crossing.connections.values()].map(({ id, page }) => newConnection(id, page, 'send', 'queued', now));
}

/** A call with that device that already carries this share is an older one: its other end has restarted. */
function endOlder(draft: Draft, roomId: string, peer: Device, shareId: string, now: number): void {
    for (const old of draft.state.calls.values())
        if (old.roomId === roomId && sameDevice(peer, old.peer) && old.connections.has(shareId)) draft.end(old, now);
}

/** The tab that waits for this share of this device. */
function wanted(draft: Draft, roomId: string, from: Peer, shareId: string | undefined): Watching | undefined {
    return [...draft.state.watching.values()].find(
        (w) => w.roomId === roomId && w.shareId === shareId && sameDevice(w.peer, from),
    );
}

function answered(draft: Draft, call: Call & { readonly peer: Device }, answer: Kind<'answer'>, now: number): void {
    const connection = call.connections.get(call.first);
    if (!call.outgoing || call.phase !== 'ringing' || !connection)
        return draft.log('debug', 'ignored an answer that is not waited for');
    const after = draft.setConnection(draft.setCall(call), { ...connection, phase: 'stable', since: now });
    draft.setCall({ ...after, phase: 'connected' });
    draft.send(call, { kind: 'selectAnswer', leg: undefined, party: call.peer.deviceId });
    draft.order(connection, {
        type: 'mesh.description',
        connection: connectionIdOf(call.id, connection.id),
        kind: 'answer',
        sdp: answer.sdp,
        streams: answer.streams,
    });
    if (call.foreign) draft.add({ type: 'answered', page: connection.page, peer: call.peer });
    draft.startQueued(call.id, now);
}

function negotiated(draft: Draft, before: Call, event: Kind<'negotiate'>, now: number): void {
    // An answered call whose selection has not arrived yet counts as connected.
    const call = before.phase === 'answered' ? draft.setCall({ ...before, phase: 'connected' }) : before;
    const id = event.leg ?? call.first;
    const connection = call.connections.get(id);
    const connectionId = connectionIdOf(call.id, id);
    if (event.description === 'answer') {
        if (connection?.phase !== 'offered' || call.phase !== 'connected')
            return draft.log('debug', 'ignored an answer to no offer');
        draft.setConnection(call, { ...connection, phase: 'stable', since: now });
        draft.order(connection, {
            type: 'mesh.description',
            connection: connectionId,
            kind: 'answer',
            sdp: event.sdp,
            streams: event.streams,
        });
        return draft.startQueued(call.id, now);
    }
    if (call.phase !== 'connected') return draft.log('debug', 'ignored an offer in a call that is not answered');
    // Both sides offered at the same time. The caller's offer wins (specification, "Glare"; MatrixCall does the same).
    if (call.foreign && call.outgoing && connection && connection.phase !== 'stable')
        return draft.log('debug', 'their offer crossed ours, which stands');
    if (connection?.role === 'send' && !call.foreign)
        return draft.log('warn', `refused an offer of ${call.peer.userId} for our own share`);
    if (connection) {
        draft.setConnection(call, { ...connection, phase: 'answering', since: now });
        // This may be a restart. The relay, or its password, from when the connection was opened may no longer be
        // valid.
        draft.order(connection, { type: 'mesh.servers', connection: connectionId });
        draft.order(connection, {
            type: 'mesh.description',
            connection: connectionId,
            kind: 'offer',
            sdp: event.sdp,
            streams: event.streams,
        });
        return draft.startQueued(call.id, now);
    }
    const watching = wanted(draft, call.roomId, call.peer, id);
    if (!watching) return draft.log('info', `ignored a share of ${call.peer.userId} that was not asked for`);
    const added = newConnection(id, watching.page, 'receive', 'answering', now);
    offered(draft, draft.setConnection(call, added), added, event);
    draft.startQueued(call.id, now);
}
