import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { createLog } from '../../../../src/core/base/log.ts';
import type { KeyEvent } from '../../../../src/core/session/rtcPort.ts';
import type { ReceivedKey, RingMember } from '../../../../src/matrix/rtc/keyRing.ts';
import type { KeyTransport } from '../../../../src/matrix/rtc/keyTransport.ts';
import { createMediaKeys, START_WITHIN_MS } from '../../../../src/matrix/rtc/keyRingRunner.ts';
import type { Device, SendOutcome } from '../../../../src/matrix/rtc/olmMessages.ts';

const ROOM = '!r:x';
const quiet = createLog({
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: () => undefined,
});
const me: RingMember = { userId: '@me:x', deviceId: 'ME', createdTs: 0, identity: '@me:x:ME' };
const bob: RingMember = { userId: '@bob:x', deviceId: 'B', createdTs: 0, identity: '@bob:x:B' };
const carol: RingMember = { userId: '@carol:x', deviceId: 'C', createdTs: 0, identity: '@carol:x:C' };
const ok = (devices: readonly Device[]): SendOutcome => ({ delivered: devices, failed: [], retryAfterMs: undefined });
const bad = (devices: readonly Device[], retryAfterMs?: number): SendOutcome => ({
    delivered: [],
    failed: devices.map((device) => ({ device, reason: 'network' as const })),
    retryAfterMs,
});

describe('media keys of a room', () => {
    let random = 0;
    const sent: { index: number; to: string[] }[] = [];
    let answer: (devices: readonly Device[]) => SendOutcome | Promise<SendOutcome> = ok;
    let receive: (roomId: string, key: ReceivedKey) => void = () => undefined;
    const transport: KeyTransport = {
        send: async (_room, { index }, devices) => {
            sent.push({ index, to: devices.map((d) => d.deviceId) });
            return answer(devices);
        },
        onKey: (listener) => {
            receive = listener;
            return { dispose: () => undefined };
        },
    };
    const make = () => {
        const keys = createMediaKeys({
            self: me,
            transport,
            now: Date.now,
            random: (n) => new Uint8Array(n).fill(++random),
            log: quiet,
            inRoom: (r) => r === ROOM,
        });
        const events: KeyEvent[] = [];
        keys.onKey((e) => events.push(e));
        return { keys, events };
    };
    const settle = async (): Promise<void> => {
        for (let i = 0; i < 20; i++) await Promise.resolve();
    };
    beforeEach(() => {
        mock.timers.enable({ apis: ['setTimeout', 'Date'] });
        sent.length = 0;
        answer = ok;
    });
    afterEach(() => mock.timers.reset());

    it('resolves start when everybody has the key, and uses a rotated one 1 s after sending it', async () => {
        const { keys, events } = make();
        keys.members(ROOM, [me, bob, carol]);
        await keys.start(ROOM);
        assert.deepEqual(sent, [{ index: 0, to: ['B', 'C'] }]);
        assert.equal(events.length, 1);
        keys.members(ROOM, [me, bob]);
        await settle();
        assert.deepEqual(sent[1], { index: 1, to: ['B'] });
        mock.timers.tick(999);
        assert.equal(keys.current(ROOM)[0]?.index, 0);
        mock.timers.tick(1);
        assert.equal(keys.current(ROOM)[0]?.index, 1);
        assert.equal(events.at(-1)?.kind, 'key');
        keys.stop(ROOM);
        assert.deepEqual(keys.current(ROOM), []);
    });
    it('does not wait for ever for a device that cannot be reached, and sends to it again', async () => {
        const { keys, events } = make();
        answer = (devices) => ({
            delivered: devices.filter((d) => d.deviceId === 'B'),
            failed: devices.filter((d) => d.deviceId === 'C').map((device) => ({ device, reason: 'noSession' })),
            retryAfterMs: undefined,
        });
        keys.members(ROOM, [me, bob, carol]);
        await keys.start(ROOM);
        assert.deepEqual(keys.missing(ROOM), [JSON.stringify(['@carol:x', 'C'])]);
        answer = ok;
        mock.timers.tick(1_000);
        await settle();
        assert.deepEqual(sent.at(-1), { index: 0, to: ['C'] });
        assert.deepEqual(keys.missing(ROOM), []);
        assert.ok(!events.some((e) => e.kind === 'deliveryFailed'), 'Bob has it');
        keys.dispose();
    });
    it('starts within a bound when nothing answers', async () => {
        const { keys } = make();
        answer = () => new Promise(() => undefined);
        keys.members(ROOM, [me, bob]);
        const started = keys.start(ROOM);
        mock.timers.tick(START_WITHIN_MS);
        await started;
        keys.dispose();
    });
    it('holds when a rotation reaches nobody, honours the pause the server asks for, and recovers', async () => {
        const { keys, events } = make();
        keys.members(ROOM, [me, bob, carol]);
        await keys.start(ROOM);
        answer = (devices) => bad(devices, 7_000);
        keys.members(ROOM, [me, bob]);
        await settle();
        assert.equal(events.at(-1)?.kind, 'deliveryFailed');
        mock.timers.tick(6_999);
        await settle();
        const tries = sent.length;
        answer = ok;
        mock.timers.tick(1);
        await settle();
        assert.equal(sent.length, tries + 1);
        assert.equal(events.at(-1)?.kind, 'deliveryRecovered');
        keys.dispose();
    });
    it('backs off, and stops trying for a key that was replaced', async () => {
        const { keys } = make();
        answer = bad;
        keys.members(ROOM, [me, bob]);
        await keys.start(ROOM);
        for (let i = 0; i < 60; i++) {
            mock.timers.tick(1_000);
            await settle();
        }
        assert.ok(sent.length >= 5 && sent.length <= 9, `${sent.length} tries in a minute`);
        keys.stop(ROOM);
        const tries = sent.length;
        mock.timers.tick(120_000);
        await settle();
        assert.equal(sent.length, tries);
    });
    it('drops keys for rooms we are not in', () => {
        const { keys, events } = make();
        receive('!other:x', { userId: '@bob:x', deviceId: 'B', index: 0, key: 'k', sentTs: 0 });
        receive(ROOM, { userId: '@bob:x', deviceId: 'B', index: 0, key: 'k', sentTs: 0 });
        keys.members('!other:x', []);
        keys.members(ROOM, [me, bob]);
        assert.deepEqual(events, [{ kind: 'key', key: { roomId: ROOM, identity: '@bob:x:B', index: 0, key: 'k' } }]);
    });
});
