/** The people whose other Matrix clients we called with our direct share. */
import { publishPathOf } from './publishPath.ts';
import { still, withShare, type Step, type LocalShare, type SessionEvent, type SessionState } from './state.ts';

/** Whether our share runs over a transport that reaches people by a call. */
export function canCallPeople(share: LocalShare | undefined): share is LocalShare {
    return share?.phase === 'live' && publishPathOf(share).callsPeople;
}

/** Calls a person's other Matrix clients with our direct share. */
export function callPerson(
    state: SessionState,
    { userId, name }: Extract<SessionEvent, { type: 'callRequested' }>,
): Step {
    const { share } = state;
    if (!canCallPeople(share) || share.called.has(userId)) return still(state);
    const called = new Map(share.called).set(userId, { name, deviceId: undefined });
    return {
        state: withShare(state, { called }),
        effects: [{ type: 'callPerson', pageId: share.id, roomId: share.roomId, userId }],
    };
}

/** A person whom we called answered or hung up. */
export function calledPerson(
    state: SessionState,
    share: LocalShare,
    event: Extract<SessionEvent, { type: 'callAnswered' | 'callOver' }>,
): Step {
    // All calls ended with the window that owned the account.
    if (event.userId === '') return still(withShare(state, { called: new Map() }));
    const called = new Map(share.called);
    const person = called.get(event.userId);
    if (!person) return still(state);
    if (event.type === 'callAnswered') called.set(event.userId, { ...person, deviceId: event.deviceId });
    else called.delete(event.userId);
    const unanswered = event.type === 'callOver' && person.deviceId === undefined;
    return {
        state: withShare(state, { called }),
        effects: unanswered ? [{ type: 'notify', notice: { kind: 'notAnswered', name: person.name } }] : [],
    };
}
