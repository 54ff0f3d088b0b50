/**
 * Pages that are older than this call machine. Another window was the leader and ran their calls until it closed. The
 * calls are lost with the state of their negotiation. Hush closes their remaining connections and tells the peers.
 * Otherwise a picture would run that nobody can stop. A viewer's device asks again at once.
 */
import type { Draft } from './callDraft.ts';
import type { CallsEvent } from './callState.ts';

export function adopted(draft: Draft, { roomId, page, callId }: Extract<CallsEvent, { type: 'adopt' }>): void {
    // A share's page reports what it closed. A tab of another client's call closes with the call.
    if (callId === undefined) draft.add({ type: 'page', page, order: { type: 'mesh.reset' } });
    else goodbye(draft, roomId, callId);
    draft.add({ type: 'over', page, peer: undefined });
}

/** `connections`: the names that the earlier machine gave them (`connectionOf`). */
export function dropped(draft: Draft, roomId: string, connections: readonly string[]): void {
    for (const connectionId of connections)
        goodbye(draft, roomId, connectionId.slice(0, connectionId.lastIndexOf('/')));
}

function goodbye(draft: Draft, roomId: string, callId: string): void {
    if (callId === '' || draft.state.calls.has(callId) || draft.state.ended.includes(callId)) return;
    draft.forget(callId);
    draft.add({ type: 'send', roomId, event: { kind: 'hangup', callId, leg: undefined, reason: 'user_hangup' } });
}
