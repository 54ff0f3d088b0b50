/** Which calls and events bring our screen to a device. Such a device must be checked first. */
import { owesShare, sameDevice, type Call, type CallsState } from './callState.ts';
import type { ReceivedCallEvent } from './signalling.ts';

/** The call sends our screen, or will. */
export function bringsScreen(call: Call): boolean {
    return owesShare(call) || [...call.connections.values()].some((connection) => connection.role === 'send');
}

/**
 * Whether the event may bring our screen to its sender's device. This can be an answer in a call that carries our
 * screen. It can also be an invite that crosses such a call of ours, which then continues in theirs. It does not matter
 * whether the room still offers a share: a call with another client continues and keeps ringing after the share has
 * moved to an SFU.
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
                : sameDevice(from, call.peer)) &&
            bringsScreen(call),
    );
}
