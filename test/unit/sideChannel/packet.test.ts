import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { packContent, packPacket, unpackContent, unpackPacket } from '../../../src/core/sideChannel/packet.ts';
import { sideMessage, type SideMessage } from '../../../src/core/sideChannel/sideMessages.ts';
import * as v from 'valibot';

const pointer: SideMessage = { type: 'pointer', at: [0.5, 1] };
const text = (content: unknown): Uint8Array => {
    const json = new TextEncoder().encode(typeof content === 'string' ? content : JSON.stringify(content));
    return new Uint8Array([0, 0, 0, 1, 0, 0, 0, 2, 0, ...json]);
};

describe('a packet of the side channel', () => {
    it('is read as it was written', () => {
        const unit = fc.double({ min: 0, max: 1, noNaN: true });
        fc.assert(
            fc.property(
                fc.nat(0xffff_ffff),
                fc.nat(0xffff_ffff),
                fc.constantFrom('all' as const, 'latest' as const),
                fc.tuple(unit, unit),
                (stream, number, delivery, at) => {
                    const content = { stream, number, delivery, message: { type: 'pointer' as const, at } };
                    const packed = packContent(content);
                    assert.ok(packed);
                    assert.equal(JSON.stringify(unpackContent(packed)), JSON.stringify(content));
                },
            ),
        );
        const packed = packPacket(new Uint8Array(8).fill(171), new Uint8Array(12).fill(1), new Uint8Array(40).fill(2));
        const packet = unpackPacket(packed);
        assert.equal(packet?.keyId, 'ab'.repeat(8));
        assert.deepEqual([packet.iv.length, packet.sealed.length], [12, 40]);
    });

    it('is none for any other bytes, and never throws', () => {
        fc.assert(
            fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
                const packet = unpackPacket(bytes);
                assert.ok(packet === undefined || bytes[0] === 1);
                unpackContent(bytes);
            }),
        );
        assert.equal(unpackPacket(new Uint8Array(20).fill(1)), undefined, 'too short');
        assert.equal(unpackPacket(new Uint8Array(20_000).fill(1)), undefined, 'too long');
        assert.equal(unpackPacket(new Uint8Array(100).fill(2)), undefined, 'of another version');
    });

    it('with a malformed message, or one of a later version, is left out', () => {
        const wrong = [
            'no json',
            '{"type":"pointer","at":[0.5]}',
            { type: 'pointer', at: [0, 1.01] },
            { type: 'pointer', at: [0, null] },
            { type: 'hologram' },
            { type: 'drawing', id: '', shape: { kind: 'pen', points: [[0, 0]] }, pinned: false },
            { type: 'drawing', id: 'a', shape: { kind: 'pen', points: [] }, pinned: false },
            { type: 'drawing', id: 'a', shape: { kind: 'label', at: [0, 0], text: 'x'.repeat(201) }, pinned: false },
            { type: 'place', place: { path: '' } },
            [],
            null,
        ];
        for (const content of wrong) assert.equal(unpackContent(text(content)), undefined, JSON.stringify(content));
        assert.ok(unpackContent(text({ ...pointer, later: 1 })), 'more fields are no fault');
    });

    it('is not made of more than a packet may hold', () => {
        const points = Array.from({ length: 200 }, (): [number, number] => [1 / 3, 2 / 3]);
        const message: SideMessage = {
            type: 'drawing',
            id: 'x',
            shape: { kind: 'pen', from: 0, points },
            pinned: false,
        };
        assert.ok(packContent({ stream: 1, number: 1, delivery: 'all', message }), 'as many points as allowed');
        const long = { type: 'erase' as const, ids: Array.from({ length: 500 }, (_, i) => `${i}`.padEnd(64, 'x')) };
        assert.ok(v.is(sideMessage, long));
        assert.equal(packContent({ stream: 1, number: 1, delivery: 'all', message: long }), undefined);
    });
});
