import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
    deviceKey,
    emptyRing,
    MAX_HELD,
    MAX_WAITING,
    reduce,
    REUSE_UNDER_MS,
    USE_AFTER_MS,
    type KeyRing,
    type RingEffect,
    type RingEvent,
    type RingMember,
} from '../../../../src/matrix/rtc/keyRing.ts';

const SELF = { userId: '@me:x', deviceId: 'ME' };
const member = (n: number, createdTs = 0): RingMember => ({
    userId: `@u${n}:x`,
    deviceId: `D${n}`,
    createdTs,
    identity: `id${n}`,
});
const me: RingMember = { ...SELF, createdTs: 0, identity: 'me' };
let fresh = 0;
const key = (): string => `k${fresh++}`;

function play(events: readonly RingEvent[], from: KeyRing = emptyRing(SELF)): { ring: KeyRing; effects: RingEffect[] } {
    const all: RingEffect[] = [];
    let ring = from;
    for (const event of events) {
        const step = reduce(ring, event);
        ring = step.ring;
        all.push(...step.effects);
    }
    return { ring, effects: all };
}
const members = (now: number, ...list: RingMember[]): RingEvent => ({
    kind: 'members',
    now,
    fresh: key(),
    members: [me, ...list],
});
const sends = (effects: readonly RingEffect[]): [number, string[]][] =>
    effects.flatMap((e) =>
        e.kind === 'send' ? [[e.index, e.targets.map((t) => t.deviceId)] as [number, string[]]] : [],
    );

describe('the key ring', () => {
    it('uses its first key at once, index 0, and sends it to everybody but itself', () => {
        const { effects } = play([members(0, member(1), member(2)), { kind: 'start', now: 0, fresh: 'first' }]);
        assert.deepEqual(sends(effects), [[0, ['D1', 'D2']]]);
        assert.deepEqual(effects.at(-1), { kind: 'use', index: 0, key: 'first', afterMs: 0 });
    });
    it('gives a joiner the same key while it is under 10 s old, and everybody a new one later', () => {
        const start: RingEvent[] = [members(0, member(1)), { kind: 'start', now: 0, fresh: key() }];
        assert.deepEqual(sends(play([...start, members(REUSE_UNDER_MS - 1, member(1), member(2))]).effects), [
            [0, ['D1']],
            [0, ['D2']],
        ]);
        const late = play([...start, members(REUSE_UNDER_MS, member(1), member(2))]);
        assert.deepEqual(sends(late.effects), [
            [0, ['D1']],
            [1, ['D1', 'D2']],
        ]);
        assert.ok(late.effects.some((e) => e.kind === 'use' && e.index === 1 && e.afterMs === USE_AFTER_MS));
    });
    it('counts a new createdTs as a join', () => {
        const { effects } = play([
            members(0, member(1)),
            { kind: 'start', now: 0, fresh: key() },
            members(10, member(1, 5)),
        ]);
        assert.deepEqual(sends(effects), [
            [0, ['D1']],
            [0, ['D1']],
        ]);
    });
    it('makes a new key when somebody leaves, for those who remain; the index wraps at 256', () => {
        let { ring } = play([members(0, member(1), member(2)), { kind: 'start', now: 0, fresh: key() }]);
        for (let n = 1; n <= 256; n++) {
            const step = reduce(ring, n % 2 ? members(n, member(1)) : members(n, member(1), member(2)));
            ring = step.ring;
            if (n % 2) assert.deepEqual(sends(step.effects), [[Math.ceil(n / 2) % 256, ['D1']]]);
        }
        ring = { ...ring, own: ring.own && { ...ring.own, index: 255 } };
        assert.equal(sends(reduce(ring, members(999)).effects).length, 0, 'nobody left to send to');
        assert.equal(reduce(ring, members(999)).ring.own?.index, 0);
    });
    it('holds a key until its device joins, and forgets it when the device leaves', () => {
        const received: RingEvent = {
            kind: 'received',
            received: { userId: '@u1:x', deviceId: 'D1', index: 3, key: 'theirs', sentTs: 1 },
        };
        const joined = play([received, members(0, member(1))]);
        assert.deepEqual(joined.effects, [{ kind: 'peerKey', member: member(1), index: 3, key: 'theirs' }]);
        const gone = reduce(joined.ring, members(1));
        assert.equal(gone.ring.held.size, 0);
        assert.deepEqual(
            play([received, received, members(0, member(1)), received]).effects.length,
            1,
            'once, however often it comes',
        );
    });
    it('does not go back to an older key of the same index', () => {
        const got = (k: string, sentTs: number): RingEvent => ({
            kind: 'received',
            received: { userId: '@u1:x', deviceId: 'D1', index: 0, key: k, sentTs },
        });
        const { effects } = play([members(0, member(1)), got('new', 5), got('old', 4)]);
        assert.deepEqual(
            effects.map((e) => (e.kind === 'peerKey' ? e.key : '')),
            ['new'],
        );
    });

    const event: fc.Arbitrary<RingEvent> = fc.oneof(
        {
            weight: 4,
            arbitrary: fc.record({
                kind: fc.constant('members' as const),
                now: fc.nat(60_000),
                fresh: fc.constant('').map(key),
                members: fc
                    .uniqueArray(fc.nat(5), { maxLength: 5 })
                    .chain((ids) =>
                        fc.tuple(
                            ...ids.map((n) =>
                                fc.tuple(fc.nat(2), fc.boolean()).map(([ts, excluded]) => ({
                                    ...member(n, ts),
                                    excluded,
                                })),
                            ),
                        ),
                    )
                    .map((list) => [me, ...list]),
            }),
        },
        fc.record({ kind: fc.constant('start' as const), now: fc.nat(60_000), fresh: fc.constant('').map(key) }),
        fc.record({ kind: fc.constant('stop' as const) }),
        fc.record({
            kind: fc.constantFrom('delivered' as const, 'failed' as const),
            index: fc.nat(3),
            devices: fc.array(fc.nat(5).map((n) => deviceKey(member(n)))),
        }),
        {
            weight: 4,
            arbitrary: fc.record({
                kind: fc.constant('received' as const),
                received: fc.record({
                    userId: fc.nat(100).map((n) => `@u${n}:x`),
                    deviceId: fc.nat(100).map((n) => `D${n}`),
                    index: fc.integer({ min: -2, max: 300 }),
                    key: fc.string(),
                    sentTs: fc.nat(9),
                }),
            }),
        },
    );
    it('never leaves our current key with a device that left after it was made, whatever happens', () =>
        fc.assert(
            fc.property(fc.array(event, { maxLength: 60 }), (events) => {
                let ring = emptyRing(SELF);
                const gotKey = new Map<string, Set<string>>();
                for (const e of events) {
                    const step = reduce(ring, e);
                    ring = step.ring;
                    for (const effect of step.effects) {
                        if (effect.kind !== 'send') continue;
                        for (const t of effect.targets)
                            gotKey.set(effect.key, (gotKey.get(effect.key) ?? new Set()).add(deviceKey(t)));
                        assert.ok(
                            effect.targets.every(
                                (t) => deviceKey(t) !== deviceKey(SELF) && ring.members.has(deviceKey(t)),
                            ),
                        );
                    }
                    const own = ring.own;
                    if (own) {
                        for (const device of gotKey.get(own.key) ?? []) {
                            assert.ok(ring.members.has(device), 'a device without membership has the current key');
                            assert.ok(!ring.members.get(device)?.excluded, 'an excluded device has the current key');
                        }
                        for (const [device, { excluded }] of ring.members)
                            assert.equal(
                                own.targets.has(device),
                                device !== deviceKey(SELF) && excluded !== true,
                                'the targets are the others that are admitted',
                            );
                    }
                    assert.ok(ring.waiting.size <= MAX_WAITING);
                    for (const [device, keys] of ring.held) {
                        assert.ok(ring.members.has(device));
                        assert.ok(keys.size <= MAX_HELD && [...keys.keys()].every((i) => i >= 0 && i <= 255));
                    }
                }
            }),
            { numRuns: 500 },
        ));
});
