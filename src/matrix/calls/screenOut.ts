/** Which calls, and which events of them, bring our screen to a device: those that it must be judged for. Pure. */
import { sameDevice, type Call, type CallsState } from './callState.ts';
import type { ReceivedCallEvent } from './signalling.ts';

/** Our screen goes out in it, or will. */
export function bringsScreen(call: Call): boolean {
    return call.owesShare || [...call.legs.values()].some((leg) => leg.role === 'send');
}

/**
 * Whether the event may put our screen on its way to the device it is from: an answer in a call that brings it, or an
 * invite that such a call of ours is on its way to cross (it then goes on in theirs). Whether the room still has a share
 * to ask for is no matter: a call with another client goes on, and rings on, when the share has moved to a media server.
 */
export function wouldGetScreen(
    { calls }: CallsState,
    { event, roomId, from }: Pick<ReceivedCallEvent, 'event' | 'roomId' | 'from'>,
): boolean {
    if (event.kind === 'answer') {
        const call = calls.get(event.callId);
        return call !== undefined && bringsScreen(call);
    }
    if (event.kind !== 'invite') return false;
    return [...calls.values()].some(
        (call) =>
            call.outgoing &&
            call.phase !== 'connected' &&
            call.roomId === roomId &&
            (event.leg === undefined
                ? call.foreign && call.peer.userId === from.userId
                : sameDevice(call.peer, from)) &&
            bringsScreen(call),
    );
}
