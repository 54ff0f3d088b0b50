import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { deviceKey, emptyRing, reduce, type RingEvent, type RingMember } from '../../../../src/matrix/rtc/keyRing.ts';
import { emptyHistory, recordStep } from '../../../../src/matrix/rtc/keyHistory.ts';

const SELF = { userId: '@me:x', deviceId: 'ME' };
const member = (n: number, excluded = false): RingMember => ({
    userId: `@u${n}:x`,
    deviceId: `D${n}`,
    createdTs: 0,
    identity: `id${n}`,
    excluded,
});
function play(events: readonly (RingEvent & { at: number })[]) {
    let ring = emptyRing(SELF);
    let history = emptyHistory;
    for (const event of events) {
        const next = reduce(ring, event).ring;
        history = recordStep(history, ring, next, event.at);
        ring = next;
    }
    return { ring, history };
}
const members = (at: number, ...list: RingMember[]) => ({
    kind: 'members' as const,
    at,
    now: at,
    fresh: `k${at}`,
    members: [{ ...SELF, createdTs: 0, identity: 'me' }, ...list],
});
const start = (at: number) => ({ kind: 'start' as const, at, now: at, fresh: `k${at}` });
const has = (at: number, index: number, ...n: number[]) => ({
    kind: 'delivered' as const,
    at,
    index,
    devices: n.map((i) => deviceKey(member(i))),
});

describe('the history of our key', () => {
    it('counts a device as holder from the delivery on, not from the sending', () => {
        const { history } = play([members(0, member(1), member(2)), start(5), has(7, 0, 1)]);
        assert.deepEqual([...history.since], [[deviceKey(member(1)), 7]]);
    });
    it('keeps since when a device can see through rotations, and forgets who lost it', () => {
        const { history } = play([
            members(0, member(1), member(2)),
            start(5),
            has(7, 0, 1, 2),
            members(20, member(1)),
            has(22, 1, 1),
        ]);
        assert.deepEqual([...history.since], [[deviceKey(member(1)), 7]]);
    });
    it('says why the key changed', () => {
        const { history } = play([
            members(0, member(1), member(2), member(3)),
            start(5),
            members(20, member(1), member(2)),
            members(40, member(1), member(2, true)),
            members(60_000, member(1), member(2)),
        ]);
        assert.deepEqual(
            history.rotations.map(({ index, why }) => [index, why]),
            [
                [3, '@u2:x D2 joined'],
                [2, '@u2:x D2 is not trusted any more'],
                [1, '@u3:x D3 left'],
                [0, 'sharing started'],
            ],
        );
    });
    it('ends with the share', () => {
        const { history } = play([members(0, member(1)), start(5), { kind: 'stop', at: 9 }]);
        assert.deepEqual(history, emptyHistory);
    });
});
