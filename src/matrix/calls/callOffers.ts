/** The other side's offers and candidates on their way to the page. Candidates that arrive before their offer wait. */
import type { Draft } from './callDraft.ts';
import { connectionIdOf, sameDevice, type Call, type Device, type CallConnection } from './callState.ts';
import type { CallEvent, IceCandidate, StreamPurposes } from './callEvents.ts';

/** The most candidates of one connection. A whole gathering has a few dozen. */
const MAX_CANDIDATES_IN = 300;
const MAX_EARLY_CALLS = 20;
const MAX_EARLY_EVENTS = 20;

/** Opens the connection with the other side's offer, and adds the candidates that came too early. */
export function offered(
    draft: Draft,
    call: Call,
    connection: CallConnection,
    { sdp, streams }: { readonly sdp: string; readonly streams: StreamPurposes },
): void {
    const connectionId = connectionIdOf(call.id, connection.id);
    draft.order(connection, { type: 'mesh.open', connection: connectionId, offer: false });
    draft.order(connection, { type: 'mesh.description', connection: connectionId, kind: 'offer', sdp, streams });
    const early = draft.state.early.get(call.id) ?? [];
    const ours = early.filter((e) => (e.leg ?? call.first) === connection.id && sameDevice(e.from, call.peer));
    const rest = early.filter((e) => !ours.includes(e));
    draft.change({ early: new Map(draft.state.early).set(call.id, rest) });
    for (const { candidates } of ours) giveCandidates(draft, call, connection.id, candidates);
}

export function giveCandidates(
    draft: Draft,
    { id: callId, peer }: Call,
    id: string,
    candidates: readonly IceCandidate[],
): void {
    const call = draft.state.calls.get(callId);
    const connection = call?.connections.get(id);
    if (!call || !connection) return;
    const room = MAX_CANDIDATES_IN - connection.candidatesIn;
    if (candidates.length > room)
        draft.log('warn', `${peer.userId} sends more candidates than any network has; the rest is dropped`);
    const taken = candidates.slice(0, Math.max(0, room));
    if (taken.length === 0) return;
    draft.setConnection(call, { ...connection, candidatesIn: connection.candidatesIn + taken.length });
    draft.order(connection, { type: 'mesh.candidates', connection: connectionIdOf(callId, id), candidates: taken });
}

/** Keeps candidates of a call that does not exist here yet. */
export function keepEarly(draft: Draft, from: Device, event: CallEvent, candidates: readonly IceCandidate[]): void {
    const early = new Map(draft.state.early);
    const waiting = early.get(event.callId) ?? [];
    if (waiting.length >= MAX_EARLY_EVENTS) return;
    early.set(event.callId, [...waiting, { leg: event.leg, from, candidates }]);
    // Drops the oldest call's candidates, so that calls that never come cannot fill our memory.
    for (const id of [...early.keys()].slice(0, Math.max(0, early.size - MAX_EARLY_CALLS))) early.delete(id);
    draft.change({ early });
}
