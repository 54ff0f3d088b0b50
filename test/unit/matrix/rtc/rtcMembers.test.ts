import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { RtcMembership } from '../../../../src/core/share/share.ts';
import { onePerDevice } from '../../../../src/matrix/rtc/rtcMembers.ts';

const member = (userId: string, deviceId: string, createdTs: number): RtcMembership => ({
    userId,
    deviceId,
    name: userId,
    memberId: `${userId}-${createdTs}`,
    createdTs,
    identity: `${userId}-${createdTs}`,
    serviceUrl: undefined,
    client: 'hush',
    shares: [],
});

describe('the members of a session', () => {
    it('have the newest membership of each device, oldest first', () => {
        const [stale, alice, phone, bob] = [
            member('@a:hs', 'A', 1),
            member('@a:hs', 'A', 4),
            member('@a:hs', 'PHONE', 2),
            member('@b:hs', 'A', 3),
        ] as const;
        for (const order of [
            [stale, phone, bob, alice],
            [alice, bob, phone, stale],
        ])
            assert.deepEqual(onePerDevice(order), [phone, bob, alice]);
        assert.deepEqual(onePerDevice([]), []);
        assert.deepEqual(onePerDevice([stale]), [stale]);
    });
});
