import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { KEPT_TOOLS, planBar } from '../../../src/webview/view/barRoom.ts';

const px = (most: number) => fc.integer({ min: 0, max: most });
const parts = fc.record({
    room: px(2_000),
    words: fc.integer({ min: 100, max: 900 }),
    leastWords: px(100),
    tools: fc.array(fc.integer({ min: 20, max: 80 }), { maxLength: 10 }),
    menu: fc.constant(27),
});
const width = ({ tools, menu }: { tools: readonly number[]; menu: number }, count: number): number =>
    tools.slice(0, count).reduce((sum, tool) => sum + tool, 0) + (count < tools.length ? menu : 0);

describe('the viewer’s bar', () => {
    it('never needs more room than it has, unless nothing is left to give up', () => {
        fc.assert(
            fc.property(parts, (p) => {
                const { tools, narrow } = planBar(p);
                const needed = (narrow ? p.leastWords : p.words) + width(p, tools);
                assert.ok(needed <= p.room || (narrow && tools === 0));
            }),
        );
    });
    it('cuts words short only when few tools are left, and gives up a tool only when it must', () => {
        fc.assert(
            fc.property(parts, (p) => {
                const { tools, narrow } = planBar(p);
                const words = narrow ? p.leastWords : p.words;
                if (tools < p.tools.length) assert.ok(words + width(p, tools + 1) > p.room);
                if (narrow) assert.ok(p.words + width(p, Math.min(KEPT_TOOLS, p.tools.length)) > p.room);
            }),
        );
    });
});
