import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { KeyEvent } from '../../../../src/core/session/rtcPort.ts';
import type { RtcMembership } from '../../../../src/core/share/share.ts';
import { createMediaKeys } from '../../../../src/matrix/rtc/keyRingRunner.ts';
import type { ReceivedKey } from '../../../../src/matrix/rtc/keyRing.ts';
import { createSideChannelKeys } from '../../../../src/matrix/rtc/sideChannelKeys.ts';
import { eventually } from '../../../stack/eventually.ts';

const ROOM = '!r:hs';
const SELF = { userId: '@alice:hs', deviceId: 'A' };
const BOB = { userId: '@bob:hs', deviceId: 'B' };
const silent = { debug() {}, info() {}, warn() {}, error() {} };

function member(of: typeof SELF, client: 'hush' | 'other' = 'hush'): RtcMembership {
    return {
        ...of,
        name: of.userId,
        memberId: `${of.userId}:${of.deviceId}`,
        createdTs: 1,
        identity: `${of.userId}:${of.deviceId}`,
        serviceUrl: undefined,
        client,
        shares: [],
    };
}

function setUp() {
    const sent: string[] = [];
    const events: KeyEvent[] = [];
    const refused = new Set<string>();
    let receive: (roomId: string, key: ReceivedKey) => void = () => undefined;
    let admission: () => void = () => undefined;
    let count = 0;
    const keys = createSideChannelKeys({
        self: SELF,
        keys: createMediaKeys({
            self: SELF,
            transport: {
                send(_roomId, { index }, devices) {
                    for (const { deviceId } of devices) sent.push(`${index} to ${deviceId}`);
                    return Promise.resolve({ delivered: devices, failed: [], retryAfterMs: undefined });
                },
                onKey(listener) {
                    receive = listener;
                    return { dispose() {} };
                },
            },
            now: () => 0,
            random: (bytes) => new Uint8Array(bytes).fill(++count),
            log: silent,
            inRoom: () => true,
            excluded: ({ deviceId }) => refused.has(deviceId),
        }),
        refusal: ({ deviceId }) => (refused.has(deviceId) ? 'unverified' : undefined),
        judge: () => Promise.resolve(),
        onAdmission(listener) {
            admission = listener;
            return { dispose() {} };
        },
        log: silent,
    });
    keys.onKey((event) => events.push(event));
    return {
        keys,
        sent,
        refuse(deviceId: string, is: boolean) {
            if (is) refused.add(deviceId);
            else refused.delete(deviceId);
            admission();
        },
        bobSends: () => receive(ROOM, { ...BOB, index: 0, key: Buffer.alloc(16, 7).toString('base64'), sentTs: 1 }),
        /** Of Bob: his key was told, or that he left. */
        ofBob: () =>
            events.flatMap((event) => {
                if (event.kind === 'key') return event.key.sideChannel?.deviceId === 'B' ? ['key'] : [];
                return event.kind === 'sideChannelLeft' && event.deviceId === 'B' ? ['left'] : [];
            }),
    };
}

describe('the keys of the side channel', () => {
    it('go to Hush devices that the policy admits, and to no other client', async () => {
        const { keys, sent, refuse } = setUp();
        refuse('R', true);
        const others = [
            member({ userId: '@r:hs', deviceId: 'R' }),
            member({ userId: '@e:hs', deviceId: 'E' }, 'other'),
        ];
        keys.members(ROOM, [member(SELF), member(BOB), ...others]);
        assert.deepEqual(sent, [], 'not before we are in the session');
        keys.start(ROOM);
        await eventually(async () => sent.length > 0, 'the key to be sent', 1_000);
        assert.deepEqual(sent, ['0 to B']);
        keys.dispose();
    });

    it('of a device that is refused do not count, and count again when it is admitted again', async () => {
        const { keys, refuse, bobSends, ofBob } = setUp();
        keys.members(ROOM, [member(SELF), member(BOB)]);
        keys.start(ROOM);
        bobSends();
        assert.equal(ofBob().at(-1), 'key');
        refuse('B', true);
        assert.equal(ofBob().at(-1), 'left');
        assert.ok(keys.current(ROOM).every(({ sideChannel }) => sideChannel?.deviceId !== 'B'));
        refuse('B', false);
        assert.equal(ofBob().at(-1), 'key', 'without a new one from him');
        keys.members(ROOM, [member(SELF)]);
        assert.equal(ofBob().at(-1), 'left');
        keys.members(ROOM, [member(SELF), member(BOB)]);
        bobSends();
        assert.equal(ofBob().at(-1), 'key');
        keys.stop(ROOM);
        assert.equal(ofBob().at(-1), 'left', 'when we leave');
        assert.deepEqual(keys.current(ROOM), []);
        keys.dispose();
    });
});
