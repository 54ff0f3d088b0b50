import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { KEPT_TOOLS, planBar } from '../../../src/webview/view/barRoom.ts';

const px = (least: number, most: number) => fc.integer({ min: least, max: most });
const parts = fc.record({
    room: px(0, 2_000),
    words: fc.array(px(20, 900), { minLength: 1, maxLength: 5 }).map((all) => all.toSorted((a, b) => b - a)),
    tools: fc.array(px(20, 80), { maxLength: 10 }),
    menu: fc.constant(27),
});
const width = ({ tools, menu }: { tools: readonly number[]; menu: number }, count: number): number =>
    tools.slice(0, count).reduce((sum, tool) => sum + tool, 0) + (count < tools.length ? menu : 0);

describe('the viewer’s bar', () => {
    it('never needs more room than it has, unless nothing is left to give up', () => {
        fc.assert(
            fc.property(parts, (p) => {
                const { tools, short } = planBar(p);
                const needed = (p.words[short] ?? NaN) + width(p, tools);
                assert.ok(needed <= p.room || (short === p.words.length - 1 && tools === 0));
            }),
        );
    });
    it('makes words shorter only when few tools are left, and gives up a tool only when it must', () => {
        fc.assert(
            fc.property(parts, (p) => {
                const { tools, short } = planBar(p);
                if (tools < p.tools.length) assert.ok((p.words[short] ?? NaN) + width(p, tools + 1) > p.room);
                const longer = p.words[short - 1];
                if (longer !== undefined) assert.ok(longer + width(p, Math.min(KEPT_TOOLS, p.tools.length)) > p.room);
            }),
        );
    });
});
