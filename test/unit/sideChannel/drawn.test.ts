import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import {
    apply,
    DRAWING_STAYS_MS,
    expire,
    nothingDrawn,
    POINTER_STAYS_MS,
    without,
    type Drawn,
    type Speaker,
} from '../../../src/core/sideChannel/drawn.ts';
import { personColour } from '../../../src/core/sideChannel/personColour.ts';
import { penParts } from '../../../src/webview/pointing/penParts.ts';
import type { SideMessage } from '../../../src/core/sideChannel/sideMessages.ts';

const device = (name: string) => JSON.stringify([`@${name}:hs`, name.toUpperCase()]);
const sharer: Speaker = { device: device('alice'), isSharer: true };
const bob: Speaker = { device: device('bob'), isSharer: false };
const carol: Speaker = { device: device('carol'), isSharer: false };
const pen = (id: string, x: number, pinned = false, from = 0): SideMessage => ({
    type: 'drawing',
    id,
    shape: { kind: 'pen', from, points: [[x, x]] },
    pinned,
});
const run = (steps: readonly (readonly [Speaker, SideMessage])[], at = 0): Drawn =>
    steps.reduce((drawn, [from, message]) => apply(drawn, from, message, at), nothingDrawn);
const ids = ({ drawings }: Drawn): string[] => drawings.map(({ id }) => id);

describe('what is drawn on a shared picture', () => {
    it('grows with a pen, and is replaced with any other shape', () => {
        const drawn = run([
            [bob, pen('a', 0.1)],
            [bob, pen('a', 0.2, false, 1)],
            [bob, { type: 'drawing', id: 'b', shape: { kind: 'box', from: [0, 0], to: [0.1, 0.1] }, pinned: false }],
            [bob, { type: 'drawing', id: 'b', shape: { kind: 'box', from: [0, 0], to: [0.5, 0.5] }, pinned: false }],
        ]);
        assert.deepEqual(
            drawn.drawings.map(({ shape }) => shape),
            [
                {
                    kind: 'pen',
                    from: 0,
                    points: [
                        [0.1, 0.1],
                        [0.2, 0.2],
                    ],
                },
                { kind: 'box', from: [0, 0], to: [0.5, 0.5] },
            ],
        );
    });

    it('belongs to its device: nobody else adds to it or removes it, but the sharer clears all', () => {
        const both = run([
            [bob, pen('a', 0.1)],
            [carol, pen('a', 0.9)],
        ]);
        assert.equal(both.drawings.length, 2);
        assert.deepEqual(apply(both, carol, { type: 'erase', ids: ['a'] }, 0).drawings, [both.drawings[0]]);
        assert.deepEqual(apply(both, bob, { type: 'erase' }, 0).drawings, [both.drawings[1]]);
        assert.deepEqual(apply(both, sharer, { type: 'erase' }, 0).drawings, []);
        assert.equal(apply(both, sharer, { type: 'erase', ids: ['a'] }, 0), both, 'the sharer drew none of them');
        assert.deepEqual(without(both, bob.device).drawings, [both.drawings[1]]);
    });

    it('is the same after it was said again, whole or in parts', () => {
        const points = Array.from({ length: 450 }, (_, i): [number, number] => [i / 450, 0]);
        const parts = penParts(points, 0);
        assert.deepEqual(
            parts.map((part) => part.kind === 'pen' && [part.from, part.points.length]),
            [
                [0, 100],
                [100, 100],
                [200, 100],
                [300, 100],
                [400, 50],
            ],
        );
        const all = [...parts, ...parts].map(
            (shape) => [bob, { type: 'drawing', id: 's', shape, pinned: true }] as const,
        );
        assert.deepEqual(run(all).drawings[0]?.shape, { kind: 'pen', from: 0, points });
    });

    it('fades, unless it is kept; a pointer that says nothing goes', () => {
        const drawn = run([
            [bob, pen('fades', 0.1)],
            [bob, pen('stays', 0.1, true)],
            [carol, { type: 'pointer', at: [0.5, 0.5] }],
        ]);
        assert.equal(expire(drawn, Math.min(DRAWING_STAYS_MS, POINTER_STAYS_MS) - 1), drawn);
        const later = expire(drawn, DRAWING_STAYS_MS);
        assert.deepEqual([ids(later), later.pointers.size], [['stays'], 0]);
        const moved = apply(drawn, carol, { type: 'pointer', at: null }, 0);
        assert.equal(moved.pointers.size, 0);
    });

    it('is ruled by the sharer alone, for one device or for all', () => {
        const rule = (drawing: boolean, silenced: Speaker[]): SideMessage => ({
            type: 'rules',
            drawing,
            silenced: silenced.map((one) => {
                const [userId = '', deviceId = ''] = JSON.parse(one.device) as string[];
                return { userId, deviceId };
            }),
        });
        const drawn = run([
            [bob, pen('b', 0)],
            [carol, pen('c', 0)],
        ]);
        assert.equal(apply(drawn, carol, rule(false, [bob]), 0), drawn, 'not a viewer');
        const silenced = apply(drawn, sharer, rule(true, [bob]), 0);
        assert.deepEqual(ids(silenced), ['c']);
        assert.equal(apply(silenced, bob, { type: 'pointer', at: [0, 0] }, 0), silenced);
        assert.equal(apply(silenced, carol, pen('d', 0), 0).drawings.length, 2);
        const off = apply(drawn, sharer, rule(false, []), 0);
        assert.deepEqual(off.drawings, []);
        assert.equal(apply(off, carol, pen('d', 0), 0), off);
        assert.equal(apply(off, sharer, pen('d', 0), 0).drawings.length, 1, 'the sharer still may');
        assert.equal(apply(apply(off, sharer, rule(true, []), 0), carol, pen('d', 0), 0).drawings.length, 1);
    });

    it('has bounds, whatever is sent', () => {
        const speaker = fc.constantFrom(sharer, bob, carol);
        const unit = fc.double({ min: 0, max: 1, noNaN: true });
        const message: fc.Arbitrary<SideMessage> = fc.oneof(
            fc.record({ type: fc.constant('pointer' as const), at: fc.option(fc.tuple(unit, unit)) }),
            fc.record({
                type: fc.constant('drawing' as const),
                id: fc.constantFrom('a', 'b', 'c'),
                shape: fc.record({
                    kind: fc.constant('pen' as const),
                    from: fc.nat(5_000),
                    points: fc.array(fc.tuple(unit, unit), { minLength: 1, maxLength: 200 }),
                }),
                pinned: fc.boolean(),
            }),
            fc.record({ type: fc.constant('erase' as const), ids: fc.array(fc.constantFrom('a', 'b')) }),
        );
        fc.assert(
            fc.property(fc.array(fc.tuple(speaker, message), { maxLength: 100 }), fc.nat(20_000), (steps, at) => {
                const drawn = run(steps);
                for (const { by, shape } of drawn.drawings) {
                    assert.ok([sharer, bob, carol].some(({ device: of }) => of === by));
                    assert.ok(shape.kind !== 'pen' || shape.points.length <= 4_000);
                }
                const later = expire(drawn, at);
                assert.ok(later.drawings.length <= drawn.drawings.length);
                assert.equal(expire(later, at), later);
            }),
        );
        const many = run(Array.from({ length: 1_000 }, (_, i) => [bob, pen(`${i}`, 0, true)] as const));
        assert.equal(many.drawings.length, 200);
        assert.equal(many.drawings.at(-1)?.id, '999');
        const long = run(Array.from({ length: 6_000 }, (_, i) => [bob, pen('one', 0, false, i)] as const));
        assert.ok(long.drawings[0]?.shape.kind === 'pen' && long.drawings[0].shape.points.length === 4_000);
    });

    it('has a colour for each person that all compute alike', () => {
        fc.assert(
            fc.property(fc.string(), (userId) => {
                assert.deepEqual(personColour(userId), personColour(userId));
                assert.match(personColour(userId).label, /^hsl\(\d+ 90% 24%\)$/u);
            }),
        );
        const colours = new Set(Array.from({ length: 200 }, (_, i) => personColour(`@user${i}:hs`).line));
        assert.equal(colours.size, 8);
    });
});
