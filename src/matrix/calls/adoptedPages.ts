/**
 * Pages that are older than this call machine: another window owned the account, and ran their calls, until it went. The
 * calls themselves are lost, with the state of their negotiation; what the pages still have of them is closed and said
 * goodbye to, so that no device has a picture that nobody can take from it. A viewer's device asks again at once. Pure.
 */
import type { Draft } from './callDraft.ts';
import type { CallsEvent } from './callState.ts';

export function adopted(draft: Draft, { roomId, page, callId }: Extract<CallsEvent, { type: 'adopt' }>): void {
    // A share's page says what it has closed; a tab of another client's call closes with the call.
    if (callId === undefined) draft.add({ type: 'page', page, order: { type: 'mesh.reset' } });
    else goodbye(draft, roomId, callId);
    draft.add({ type: 'over', page, peer: { userId: '', deviceId: '' } });
}

/** `connections`: as the machine before this one named them (`connectionOf`). */
export function dropped(draft: Draft, roomId: string, connections: readonly string[]): void {
    for (const connection of connections) goodbye(draft, roomId, connection.slice(0, connection.lastIndexOf('/')));
}

function goodbye(draft: Draft, roomId: string, callId: string): void {
    if (callId === '' || draft.state.calls.has(callId) || draft.state.ended.includes(callId)) return;
    draft.forget(callId);
    draft.add({ type: 'send', roomId, event: { kind: 'hangup', callId, leg: undefined, reason: 'user_hangup' } });
}
