import fc from 'fast-check';
import { describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { createChannel, type ChannelPort } from '../../../src/core/page/channel.ts';
import { hostMessage, type HostMessage, type PageMessage } from '../../../src/core/share/mediaMessages.ts';

function wire() {
    const listeners = new Set<(data: unknown) => void>();
    const sent: unknown[] = [];
    const transport: ChannelPort = {
        post: (data) => sent.push(data),
        onData(listener) {
            listeners.add(listener);
            return () => listeners.delete(listener);
        },
    };
    return { transport, sent, deliver: (data: unknown) => listeners.forEach((l) => l(data)), listeners };
}

function openChannel(pageId = 'a', generation = 3) {
    const w = wire();
    const messages: HostMessage[] = [];
    const dropped: string[] = [];
    const channel = createChannel<HostMessage, PageMessage>({
        pageId,
        generation,
        transport: w.transport,
        incoming: hostMessage,
        onMessage: (m) => messages.push(m),
        onDropped: (reason) => dropped.push(reason),
    });
    return { ...w, channel, messages, dropped };
}

const hold = { type: 'share.hold', held: true } as const;

describe('the channel', () => {
    it('stamps what it sends', () => {
        const { channel, sent } = openChannel();
        channel.send({ type: 'capture.ended' });
        assert.deepEqual(sent, [{ hush: 1, pageId: 'a', generation: 3, message: { type: 'capture.ended' } }]);
    });

    it('delivers what is addressed to it', () => {
        const { deliver, messages } = openChannel();
        deliver({ hush: 1, pageId: 'a', generation: 3, message: hold });
        assert.deepEqual(messages, [hold]);
    });

    it('delivers exactly the messages of its own call and generation', () => {
        const address = fc.record({
            pageId: fc.constantFrom('a', 'b'),
            generation: fc.integer({ min: 0, max: 5 }),
            held: fc.boolean(),
        });
        fc.assert(
            fc.property(fc.array(address), (envelopes) => {
                const { deliver, messages, dropped } = openChannel();
                for (const { pageId, generation, held } of envelopes)
                    deliver({ hush: 1, pageId, generation, message: { type: 'share.hold', held } });
                const ours = envelopes.filter((e) => e.pageId === 'a' && e.generation === 3);
                assert.deepEqual(
                    messages.map((m) => m.type === 'share.hold' && m.held),
                    ours.map((e) => e.held),
                );
                assert.equal(dropped.length, envelopes.length - ours.length);
            }),
        );
    });

    it('survives anything at all, and drops it with a reason', () => {
        fc.assert(
            fc.property(fc.anything(), (junk) => {
                const { deliver, messages, dropped } = openChannel();
                deliver(junk);
                deliver({ hush: 1, pageId: 'a', generation: 3, message: junk });
                assert.equal(messages.length, 0);
                assert.equal(dropped.length, 2);
            }),
        );
    });

    it('drops another version of the protocol', () => {
        const { deliver, dropped } = openChannel();
        deliver({ hush: 2, pageId: 'a', generation: 3, message: hold });
        assert.match(dropped[0] ?? '', /malformed envelope: hush/u);
    });

    it('never repeats what a refused message held', () => {
        const { deliver, dropped } = openChannel();
        deliver({
            hush: 1,
            pageId: 'a',
            generation: 3,
            message: { type: 'keys.set', identity: 'x', index: 'SECRET', key: 'SECRET!' },
        });
        deliver({ hush: 1, pageId: 'a', generation: 3, message: { type: 'SECRET key' } });
        assert.equal(dropped.length, 2);
        assert.match(dropped[0] ?? '', /keys\.set: index \(number\), key \(base64 check\)/u);
        assert.doesNotMatch(dropped.join(), /SECRET/u);
    });

    it('is silent after closing', () => {
        const { channel, deliver, messages, sent, listeners } = openChannel();
        channel.close();
        channel.send({ type: 'capture.ended' });
        deliver({ hush: 1, pageId: 'a', generation: 3, message: hold });
        assert.deepEqual([messages.length, sent.length, listeners.size], [0, 0, 0]);
    });
});
