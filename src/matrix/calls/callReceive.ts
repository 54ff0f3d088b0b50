/** What the other side's events do to our calls. Every event here was encrypted by the device it is said to come from. Pure. */
import { glareWinner } from '../../extension/session/glare.ts';
import type { Draft } from './callDraft.ts';
import { connectionOf, newLeg, sameDevice, type Call, type CallsEvent, type Device, type Incoming, type Leg, type Watching } from './callState.ts';
import type { CallEvent, IceCandidate } from './events.ts';
import { timeLeft } from './expiry.ts';

/** Of one connection; a whole gathering is some dozens. */
const MOST_CANDIDATES_IN = 300;
const MOST_EARLY_CALLS = 20;
const MOST_EARLY_EVENTS = 20;
const MOST_RINGING = 10;
/** Our name for the one connection of a call with another client. */
export const FOREIGN_LEG = 'main';

type Received = Extract<CallsEvent, { type: 'received' }>;
type Kind<K extends CallEvent['kind']> = Extract<CallEvent, { kind: K }>;

export function received(draft: Draft, it: Received): void {
    const { event, from, now } = it;
    if (draft.state.ended.includes(event.callId)) return; // late, or twice
    if (event.kind === 'invite') return invited(draft, it, event);
    const call = draft.state.calls.get(event.callId);
    if (!call) {
        const ringing = draft.state.incoming.get(event.callId);
        if (ringing && endsRinging(draft, it, ringing)) {
            draft.stopRinging(event.callId);
            draft.forget(event.callId);
        } else if (event.kind === 'candidates') keepEarly(draft, it, event.candidates);
        // Goodbye before hello: the invite behind it must not ring.
        else if (event.kind === 'hangup' && !ringing) draft.forget(event.callId);
        else draft.log('debug', `ignored ${event.kind} for a call that is not here`);
        return;
    }
    if (call.peer.deviceId !== '' && event.kind === 'answer' && from.userId === call.peer.userId && !sameDevice(from, call.peer)) return; // a client that was slower
    if (!(call.peer.deviceId === '' ? from.userId === call.peer.userId : sameDevice(from, call.peer)) || it.roomId !== call.roomId) {
        return draft.log('warn', `refused ${event.kind} from ${from.userId} ${from.deviceId}, which is not in that call (possible attack)`);
    }
    switch (event.kind) {
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
            const leg = call.legs.get(event.leg ?? call.first);
            if (leg) giveCandidates(draft, call, leg.id, event.candidates);
            else keepEarly(draft, it, event.candidates);
            return;
        }
        case 'streams': {
            const leg = event.ended ? call.legs.get(event.leg ?? call.first) : undefined;
            if (!leg) return;
            const rest = draft.dropLeg(call, leg, now);
            if (rest.legs.size === 0) draft.hangUp(rest, 'user_hangup', now);
            return;
        }
        case 'reject':
        case 'hangup':
            return draft.end(call, now);
    }
}

function invited(draft: Draft, { event: _, from, roomId, ageMs, now }: Received, invite: Kind<'invite'>): void {
    const { state } = draft;
    const { self } = state;
    if (state.calls.has(invite.callId)) return; // twice
    if ((invite.invitee ?? self.userId) !== self.userId || (invite.device ?? self.deviceId) !== self.deviceId) return;
    const left = timeLeft(invite.lifetime, ageMs);
    if (left === undefined) return draft.forget(invite.callId);
    if (invite.leg === undefined) return yieldOrRing(draft, roomId, from, invite, now + left, now);
    const watching = wanted(draft, roomId, from, invite.leg);
    if (!watching) {
        draft.log('info', `ignored a call from ${from.userId} ${from.deviceId} that was not asked for`);
        return draft.forget(invite.callId);
    }
    const crossing = [...state.calls.values()].find((call) => call.outgoing && call.phase !== 'connected' && call.roomId === roomId && sameDevice(call.peer, from));
    if (crossing && glareWinner([crossing.id, invite.callId]) === crossing.id) {
        draft.log('info', `${from.userId} and we called each other: our call goes on, theirs joins it`);
        return draft.forget(invite.callId);
    }
    const leg = newLeg(watching.shareId, watching.page, 'receive', 'answering', now);
    const legs = new Map([[leg.id, leg]]);
    if (crossing) {
        draft.log('info', `${from.userId} and we called each other: their call goes on, ours joins it`);
        for (const own of crossing.legs.values()) legs.set(own.id, newLeg(own.id, own.page, 'send', 'queued', now));
        draft.hangUp(crossing, 'replaced', now);
    }
    // A call with that device that already brings this share is the one before: its other end has started anew.
    for (const old of [...draft.state.calls.values()].filter((call) => call.roomId === roomId && sameDevice(call.peer, from) && call.legs.has(leg.id))) draft.end(old, now);
    const call = draft.setCall({ id: invite.callId, roomId, peer: from, outgoing: false, foreign: false, owesShare: false, phase: 'answering', first: leg.id, legs, expiresAt: now + left });
    offered(draft, call, leg, invite);
    draft.setWatching(watching.page.call, { askAt: now + 8_000 });
}

/** Our own call to that person's clients crossed theirs: the smaller ID, that is another client's always, goes on with our screen in it. */
function yieldOrRing(draft: Draft, roomId: string, from: Device, invite: Kind<'invite'>, expiresAt: number, now: number): void {
    const crossing = [...draft.state.calls.values()].find((call) => call.foreign && call.outgoing && call.phase !== 'connected' && call.roomId === roomId && call.peer.userId === from.userId);
    const own = crossing?.legs.get(FOREIGN_LEG);
    if (!crossing || !own) return ring(draft, roomId, from, invite, expiresAt);
    if (glareWinner([crossing.id, invite.callId]) === crossing.id) {
        draft.log('info', `${from.userId} and we called each other: our call goes on`);
        return draft.forget(invite.callId);
    }
    draft.log('info', `${from.userId} and we called each other: their call goes on with our screen`);
    draft.hangUp({ ...crossing, foreign: false }, 'replaced', now); // nobody is told that it is over: it goes on in theirs
    const leg = newLeg(FOREIGN_LEG, own.page, 'send', 'answering', now);
    const call = draft.setCall({ id: invite.callId, roomId, peer: from, outgoing: false, foreign: true, owesShare: true, phase: 'answering', first: leg.id, legs: new Map([[leg.id, leg]]), expiresAt });
    offered(draft, call, leg, invite);
    draft.add({ type: 'answered', page: own.page, peer: from });
}

/** Another Matrix client calls: our person is asked. A call of our own other device is not for us. */
function ring(draft: Draft, roomId: string, peer: Device, { callId, sdp, streams }: Kind<'invite'>, expiresAt: number): void {
    const { self, incoming } = draft.state;
    if (peer.userId === self.userId || incoming.has(callId) || incoming.size >= MOST_RINGING) return;
    const call = { roomId, peer, expiresAt };
    draft.state = { ...draft.state, incoming: new Map(incoming).set(callId, call) };
    draft.add({ type: 'ring', callId, incoming: call, sdp, streams });
}

/** The caller gives up, or another device of ours has taken or refused the call. */
function endsRinging({ state: { self } }: Draft, { event, from }: Received, { peer }: Incoming): boolean {
    if (sameDevice(from, peer)) return event.kind === 'hangup';
    return from.userId === self.userId && (event.kind === 'answer' || event.kind === 'reject');
}

export function accepted(draft: Draft, { callId, page, sdp, streams, now }: Extract<CallsEvent, { type: 'accept' }>): void {
    const ringing = draft.state.incoming.get(callId);
    if (!ringing) return draft.add({ type: 'over', page, peer: { userId: '', deviceId: '' } });
    draft.stopRinging(callId);
    const leg = newLeg(FOREIGN_LEG, page, 'receive', 'answering', now);
    const { roomId, peer, expiresAt } = ringing;
    const call = draft.setCall({ id: callId, roomId, peer, outgoing: false, foreign: true, owesShare: false, phase: 'answering', first: leg.id, legs: new Map([[leg.id, leg]]), expiresAt });
    offered(draft, call, leg, { sdp, streams });
}

/** The tab that waits for this share of this device. */
function wanted(draft: Draft, roomId: string, from: Device, shareId: string | undefined): Watching | undefined {
    return [...draft.state.watching.values()].find((w) => w.roomId === roomId && w.shareId === shareId && sameDevice(w.peer, from));
}

/** Opens the leg's connection with the other side's offer, and gives it what came too early. */
function offered(draft: Draft, call: Call, leg: Leg, { sdp, streams }: Pick<Kind<'invite'>, 'sdp' | 'streams'>): void {
    const connection = connectionOf(call.id, leg.id);
    draft.order(leg, { type: 'mesh.open', connection, offer: false });
    draft.order(leg, { type: 'mesh.description', connection, kind: 'offer', sdp, streams });
    const early = draft.state.early.get(call.id) ?? [];
    const ours = early.filter((e) => (e.leg ?? call.first) === leg.id && sameDevice(e.from, call.peer));
    draft.state = { ...draft.state, early: new Map(draft.state.early).set(call.id, early.filter((e) => !ours.includes(e))) };
    for (const { candidates } of ours) giveCandidates(draft, call, leg.id, candidates);
}

function answered(draft: Draft, call: Call, answer: Kind<'answer'>, now: number): void {
    const leg = call.legs.get(call.first);
    if (!call.outgoing || call.phase !== 'ringing' || !leg) return draft.log('debug', 'ignored an answer that is not waited for');
    const after = draft.setLeg(draft.setCall(call), { ...leg, phase: 'stable', since: now });
    draft.setCall({ ...after, phase: 'connected' });
    draft.send(call, { kind: 'selectAnswer', leg: undefined, party: call.peer.deviceId });
    draft.order(leg, { type: 'mesh.description', connection: connectionOf(call.id, leg.id), kind: 'answer', sdp: answer.sdp, streams: answer.streams });
    if (call.foreign) draft.add({ type: 'answered', page: leg.page, peer: call.peer });
    draft.startQueued(call.id, now);
}

function negotiated(draft: Draft, before: Call, event: Kind<'negotiate'>, now: number): void {
    // An answered call whose selection is still on its way is as good as connected.
    const call = before.phase === 'answered' ? draft.setCall({ ...before, phase: 'connected' }) : before;
    const id = event.leg ?? call.first;
    const leg = call.legs.get(id);
    const connection = connectionOf(call.id, id);
    if (event.description === 'answer') {
        if (leg?.phase !== 'offered' || call.phase !== 'connected') return draft.log('debug', 'ignored an answer to no offer');
        draft.setLeg(call, { ...leg, phase: 'stable', since: now });
        draft.order(leg, { type: 'mesh.description', connection, kind: 'answer', sdp: event.sdp, streams: event.streams });
        return draft.startQueued(call.id, now);
    }
    if (call.phase !== 'connected') return draft.log('debug', 'ignored an offer in a call that is not answered');
    // Both offered at once: who called is the one to insist (specification, "Glare"; MatrixCall does so too).
    if (call.foreign && call.outgoing && leg && leg.phase !== 'stable') return draft.log('debug', 'their offer crossed ours, which stands');
    if (leg?.role === 'send' && !call.foreign) return draft.log('warn', `refused an offer of ${call.peer.userId} for our own share`);
    if (leg) {
        draft.setLeg(call, { ...leg, phase: 'answering', since: now });
        draft.order(leg, { type: 'mesh.description', connection, kind: 'offer', sdp: event.sdp, streams: event.streams });
        return draft.startQueued(call.id, now);
    }
    const watching = wanted(draft, call.roomId, call.peer, id);
    if (!watching) return draft.log('info', `ignored a share of ${call.peer.userId} that was not asked for`);
    const added = newLeg(id, watching.page, 'receive', 'answering', now);
    offered(draft, draft.setLeg(call, added), added, event);
    draft.startQueued(call.id, now);
}

function giveCandidates(draft: Draft, { id: callId, peer }: Call, legId: string, candidates: readonly IceCandidate[]): void {
    const call = draft.state.calls.get(callId);
    const leg = call?.legs.get(legId);
    if (!call || !leg) return;
    const room = MOST_CANDIDATES_IN - leg.candidatesIn;
    if (candidates.length > room) draft.log('warn', `${peer.userId} sends more candidates than any network has; the rest is dropped`);
    const taken = candidates.slice(0, Math.max(0, room));
    if (taken.length === 0) return;
    draft.setLeg(call, { ...leg, candidatesIn: leg.candidatesIn + taken.length });
    draft.order(leg, { type: 'mesh.candidates', connection: connectionOf(callId, legId), candidates: taken });
}

function keepEarly(draft: Draft, { from, event }: Received, candidates: readonly IceCandidate[]): void {
    const early = new Map(draft.state.early);
    const waiting = early.get(event.callId) ?? [];
    if (waiting.length >= MOST_EARLY_EVENTS) return;
    early.set(event.callId, [...waiting, { leg: event.leg, from, candidates }]);
    // The oldest call's candidates make room: nobody can fill our memory with calls that never come.
    for (const id of [...early.keys()].slice(0, Math.max(0, early.size - MOST_EARLY_CALLS))) early.delete(id);
    draft.state = { ...draft.state, early };
}
