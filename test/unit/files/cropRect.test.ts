import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { codeFileName } from '../../../src/extension/chat/codeFile.ts';
import { timeInName } from '../../../src/core/base/timeInName.ts';
import {
    draggedRect,
    LEAST_SIDE,
    movedRect,
    resizedRect,
    wholeOf,
    type Rect,
} from '../../../src/webview/view/cropRect.ts';

const side = fc.integer({ min: 1, max: 8_000 });
const number = fc.double({ min: -20_000, max: 20_000, noNaN: true });
const point = fc.record({ x: number, y: number });
const picture = fc.record({ width: side, height: side });

function assertWithin(rect: Rect, { width, height }: { width: number; height: number }): void {
    const all = [rect.x, rect.y, rect.width, rect.height];
    assert.ok(all.every(Number.isInteger), JSON.stringify(rect));
    assert.ok(rect.x >= 0 && rect.y >= 0 && rect.x + rect.width <= width && rect.y + rect.height <= height);
    assert.ok(rect.width >= Math.min(LEAST_SIDE, width) && rect.height >= Math.min(LEAST_SIDE, height));
}

describe('the part of a picture for a snapshot', () => {
    it('stays within the picture and large enough to see, whatever is dragged and pressed', () => {
        const step = fc.record({ kind: fc.constantFrom('drag', 'move', 'resize'), a: point, b: point });
        fc.assert(
            fc.property(picture, fc.array(step), (size, steps) => {
                let rect = wholeOf(size);
                for (const { kind, a, b } of steps) {
                    if (kind === 'drag') rect = draggedRect(a, b, size);
                    else rect = kind === 'move' ? movedRect(rect, a, size) : resizedRect(rect, a, size);
                    assertWithin(rect, size);
                }
            }),
        );
    });

    it('a drag in any direction chooses the same, and a click the whole', () => {
        const size = { width: 1_280, height: 720 };
        const [a, b] = [
            { x: 100, y: 50 },
            { x: 300, y: 90 },
        ];
        const wanted = { x: 100, y: 50, width: 200, height: 40 };
        assert.deepEqual(draggedRect(a, b, size), wanted);
        assert.deepEqual(draggedRect(b, a, size), wanted);
        assert.deepEqual(draggedRect({ x: 100, y: 90 }, { x: 300, y: 50 }, size), wanted);
        assert.deepEqual(draggedRect(a, { x: 102, y: 51 }, size), wholeOf(size));
    });

    it('moves without changing its size, and changes its size without moving', () => {
        const size = { width: 1_280, height: 720 };
        const rect = { x: 100, y: 50, width: 200, height: 40 };
        assert.deepEqual(movedRect(rect, { x: 2_000, y: -10 }, size), { x: 1_080, y: 40, width: 200, height: 40 });
        assert.deepEqual(resizedRect(rect, { x: 2_000, y: -1_000 }, size), { x: 100, y: 50, width: 1_180, height: 8 });
    });
});

describe('names that Hush gives to files', () => {
    it('say which lines they hold, and keep the ending', () => {
        assert.equal(codeFileName('greet.ts', 3, 8), 'greet.L3-8.ts');
        assert.equal(codeFileName('Makefile', 3, 3), 'Makefile.L3');
        assert.equal(codeFileName('.env', 1, 2), '.env.L1-2');
    });
    it('sort by time', () => assert.equal(timeInName(new Date(2026, 0, 2, 3, 4, 5)), '2026-01-02 03.04.05'));
});
