import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import * as v from 'valibot';
import type { ReceivedKey } from '../../../../src/matrix/rtc/keyRing.ts';
import { createKeyTransport } from '../../../../src/matrix/rtc/keyTransport.ts';
import type { OlmMessages } from '../../../../src/matrix/rtc/olmMessages.ts';

const SENDER = { userId: '@bob:b.org', deviceId: 'BOB' };
const KEY = Buffer.alloc(16, 7).toString('base64');

/** What arrives as if it came from BOB by Olm; whether it was taken. */
function world() {
    const received: [string, ReceivedKey][] = [];
    const sent: [string, Record<string, unknown>][] = [];
    const listeners = new Map<string, (content: unknown) => boolean>();
    const messages: OlmMessages = {
        refused: 0,
        send: async (type, content) => {
            sent.push([type, content]);
            return { delivered: [], failed: [], retryAfterMs: undefined };
        },
        onMessage(type, schema, claimed, listener) {
            listeners.set(type, (content) => {
                const parsed = v.safeParse(schema, content);
                if (!parsed.success || (claimed(parsed.output) ?? SENDER.deviceId) !== SENDER.deviceId) return false;
                listener({ sender: SENDER, content: parsed.output });
                return true;
            });
            return { dispose: () => listeners.delete(type) };
        },
    };
    const transport = createKeyTransport(messages, { userId: '@a:b.org', deviceId: 'A' }, () => 42);
    const subscription = transport.onKey((roomId, key) => received.push([roomId, key]));
    const arrives = (type: string, content: unknown): boolean => listeners.get(type)?.(content) ?? false;
    return { received, sent, listeners, transport, subscription, arrives };
}

describe('media keys of other clients', () => {
    const element = {
        keys: { index: 3, key: KEY.replace('==', '') },
        room_id: '!r',
        member: { claimed_device_id: 'BOB', id: 'x' },
        sent_ts: 7,
    };
    const rtc = { room_id: '!r', member_id: 'x', media_key: { index: 3, key: KEY } };
    it('are taken in the form of Element Call and in that of MSC4143', () => {
        const { arrives, received } = world();
        assert.ok(arrives('io.element.call.encryption_keys', element));
        assert.ok(arrives('m.rtc.encryption_key', rtc));
        assert.ok(arrives('org.matrix.msc4143.rtc.encryption_key', rtc));
        const key = { ...SENDER, index: 3, key: KEY };
        assert.deepEqual(received, [
            ['!r', { ...key, sentTs: 7 }],
            ['!r', { ...key, sentTs: 42 }],
            ['!r', { ...key, sentTs: 42 }],
        ]);
    });
    it('have 16 bytes, or 32 in the newer form', () => {
        const { arrives } = world();
        const key = (bytes: number) => Buffer.alloc(bytes, 1).toString('base64');
        const newer = (bytes: number) => ({ ...rtc, media_key: { index: 0, key: key(bytes) } });
        assert.ok(arrives('m.rtc.encryption_key', newer(32)));
        for (const bytes of [0, 8, 24, 64]) assert.ok(!arrives('m.rtc.encryption_key', newer(bytes)), String(bytes));
        assert.ok(!arrives('io.element.call.encryption_keys', { ...element, keys: { index: 0, key: key(32) } }));
    });
    it('are refused when malformed, and when they claim another device', () => {
        const { arrives, received } = world();
        for (const content of [null, {}, { ...rtc, media_key: null }, { ...rtc, media_key: { index: 256, key: KEY } }])
            assert.ok(!arrives('m.rtc.encryption_key', content));
        const claim = { ...element, member: { claimed_device_id: 'EVE' } };
        assert.ok(!arrives('io.element.call.encryption_keys', claim));
        assert.deepEqual(received, []);
    });
    it('name the membership that we have, and are heard no more once disposed', async () => {
        const { transport, sent, subscription, listeners } = world();
        await transport.send('!r', { index: 0, key: KEY }, [SENDER], 'uuid');
        await transport.send('!r', { index: 0, key: KEY }, [SENDER]);
        assert.deepEqual(
            sent.map(([type, content]) => [type, content['member']]),
            [
                ['io.element.call.encryption_keys', { claimed_device_id: 'A', id: 'uuid' }],
                ['io.element.call.encryption_keys', { claimed_device_id: 'A', id: '@a:b.org:A' }],
            ],
        );
        subscription.dispose();
        assert.equal(listeners.size, 0);
    });
});
