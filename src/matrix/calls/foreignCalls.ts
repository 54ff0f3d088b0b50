/**
 * Calls with other Matrix clients (Element's 1:1 calls). Such a call has one connection, and only its call ID on the
 * wire. Their calls ring until our person accepts. Our calls ring on all clients of a person, and the first that
 * answers becomes the peer.
 */
import { callIdOf, glareWinner } from '../../core/session/glare.ts';
import type { Draft } from './callDraft.ts';
import { offered } from './callOffers.ts';
import {
    begin,
    connectionIdOf,
    newConnection,
    sameDevice,
    type CallsEvent,
    type Device,
    type Incoming,
    type PageAddress,
} from './callState.ts';
import { LIFETIME_MS, type CallEvent } from './callEvents.ts';

const MAX_RINGING = 10;
/** Our name for the only connection of a call with another client. */
const FOREIGN_CONNECTION_ID = 'main';

type Invite = Extract<CallEvent, { kind: 'invite' }>;

export function callPerson(
    draft: Draft,
    { roomId, shareId, userId, ulid, ringing, now }: Extract<CallsEvent, { type: 'call' }>,
): void {
    const share = draft.state.serving.get(shareId);
    const running = [...draft.state.calls.values()].some(
        (call) => call.foreign && call.roomId === roomId && call.peer.userId === userId,
    );
    if (share?.roomId !== roomId || running) return;
    const theirs = ringing ? draft.state.incoming.get(ringing.callId) : undefined;
    if (ringing && theirs?.roomId === roomId && theirs.peer.userId === userId) {
        draft.stopRinging(ringing.callId);
        return takeWithScreen(draft, share.page, { ...theirs, ...ringing }, now);
    }
    const id = callIdOf(draft.state.self, ulid);
    const connection = newConnection(FOREIGN_CONNECTION_ID, share.page, 'send', 'offering', now);
    draft.setCall({
        ...begin({ id, roomId, outgoing: true, expiresAt: now + LIFETIME_MS }, connection),
        foreign: true,
        peer: { userId, deviceId: undefined },
        owesShare: false,
    });
    draft.order(connection, { type: 'mesh.open', connection: connectionIdOf(id, connection.id), offer: true });
}

/**
 * Our call to that person's clients crossed theirs. The smaller ID wins. It is always the other client's, and that call
 * continues with our screen in it.
 */
export function yieldOrRing(
    draft: Draft,
    roomId: string,
    from: Device,
    invite: Invite,
    expiresAt: number,
    now: number,
): void {
    const crossing = [...draft.state.calls.values()].find(
        (call) =>
            call.foreign &&
            call.outgoing &&
            call.phase !== 'connected' &&
            call.roomId === roomId &&
            call.peer.userId === from.userId,
    );
    const own = crossing?.connections.get(FOREIGN_CONNECTION_ID);
    if (!crossing || !own) return ring(draft, roomId, from, invite, expiresAt);
    if (glareWinner([crossing.id, invite.callId]) === crossing.id) {
        draft.log('info', `${from.userId} and we called each other: our call goes on`);
        return draft.forget(invite.callId);
    }
    draft.log('info', `${from.userId} and we called each other: their call goes on with our screen`);
    draft.replace(crossing, now);
    takeWithScreen(draft, own.page, { ...invite, roomId, peer: from, expiresAt }, now);
}

/** Answers their call without asking, because we were calling too. Our screen is added once it is connected. */
function takeWithScreen(
    draft: Draft,
    page: PageAddress,
    { callId, roomId, peer, expiresAt, sdp, streams }: Incoming & Pick<Invite, 'callId' | 'sdp' | 'streams'>,
    now: number,
): void {
    const connection = newConnection(FOREIGN_CONNECTION_ID, page, 'send', 'answering', now);
    const call = draft.setCall({
        ...begin({ id: callId, roomId, outgoing: false, expiresAt }, connection),
        foreign: true,
        peer,
        owesShare: true,
    });
    offered(draft, call, connection, { sdp, streams });
    draft.add({ type: 'answered', page, peer });
}

/** Another Matrix client calls, so our person is asked. A call of our own other device is not for us. */
function ring(draft: Draft, roomId: string, peer: Device, { callId, sdp, streams }: Invite, expiresAt: number): void {
    const { self, incoming } = draft.state;
    if (peer.userId === self.userId || incoming.has(callId) || incoming.size >= MAX_RINGING) return;
    const call = { roomId, peer, expiresAt };
    draft.change({ incoming: new Map(incoming).set(callId, call) });
    draft.add({ type: 'ring', callId, incoming: call, sdp, streams });
}

/** The caller gave up, or another device of ours accepted or refused the call. */
export function endsRinging({ state: { self } }: Draft, event: CallEvent, from: Device, { peer }: Incoming): boolean {
    if (sameDevice(from, peer)) return event.kind === 'hangup';
    return from.userId === self.userId && (event.kind === 'answer' || event.kind === 'reject');
}

export function accepted(
    draft: Draft,
    { callId, page, sdp, streams, now }: Extract<CallsEvent, { type: 'accept' }>,
): void {
    const ringing = draft.state.incoming.get(callId);
    if (!ringing) return draft.add({ type: 'over', page, peer: undefined });
    draft.stopRinging(callId);
    const connection = newConnection(FOREIGN_CONNECTION_ID, page, 'receive', 'answering', now);
    const { roomId, peer, expiresAt } = ringing;
    const call = draft.setCall({
        ...begin({ id: callId, roomId, outgoing: false, expiresAt }, connection),
        foreign: true,
        peer,
        owesShare: false,
    });
    offered(draft, call, connection, { sdp, streams });
}

export function declined(draft: Draft, callId: string): void {
    const ringing = draft.state.incoming.get(callId);
    if (!ringing) return;
    draft.stopRinging(callId);
    draft.forget(callId);
    draft.add({
        type: 'send',
        roomId: ringing.roomId,
        event: { kind: 'reject', callId, leg: undefined, reason: 'user_busy' },
    });
}
