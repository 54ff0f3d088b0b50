import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { createSegments } from '../../../src/matrix/chat/segments.ts';

/** A server that numbers its events; a token is a place between two of them. */
function page(to: number, size: number): { events: number[]; next: string | null } {
    const from = Math.max(0, to - size);
    const events = Array.from({ length: to - from }, (_, i) => to - 1 - i);
    return { events, next: from === 0 ? null : `t${from}` };
}
const place = (token: string): number => Number(token.slice(1));

const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ do: fc.constant('sync' as const), count: fc.integer({ min: 0, max: 6 }) }) },
    {
        weight: 2,
        arbitrary: fc.record({
            do: fc.constant('limited' as const),
            lost: fc.integer({ min: 0, max: 12 }),
            count: fc.integer({ min: 0, max: 5 }),
        }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('ask' as const), size: fc.integer({ min: 1, max: 7 }) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('answer' as const), which: fc.nat(5) }) },
);

describe('stretches of a timeline', () => {
    it('whatever is lost, late or sent twice: no hole, nothing twice, and in the end everything', () => {
        fc.assert(
            fc.property(
                fc.integer({ min: 0, max: 8 }),
                fc.integer({ min: 0, max: 8 }),
                fc.array(step, { maxLength: 40 }),
                (before, start, steps) => {
                    let end = before + start;
                    const firstPage = page(end, start);
                    const segments = createSegments<number>(
                        String,
                        firstPage.events.toReversed(),
                        before === 0 ? null : `t${before}`,
                    );
                    const asked: { from: string; size: number }[] = [];
                    const check = (): void => {
                        const { events } = segments.newest;
                        const first = events[0] ?? end;
                        assert.deepEqual(
                            events,
                            Array.from({ length: end - first }, (_, i) => first + i),
                        );
                    };
                    const answer = (from: string, size: number): void => {
                        const { events, next } = page(place(from), size);
                        segments.earlier(from, events, next);
                    };
                    for (const s of steps) {
                        if (s.do === 'sync') {
                            for (let i = 0; i < s.count; i++) segments.append(end++);
                            if (end > 0)
                                assert.equal(segments.newest.events.length > 0 && segments.append(end - 1), false);
                        } else if (s.do === 'limited') {
                            end += s.lost;
                            segments.gap(end === 0 ? null : `t${end}`);
                            for (let i = 0; i < s.count; i++) segments.append(end++);
                        } else if (s.do === 'ask') {
                            const from = segments.newest.token;
                            if (from !== null) asked.push({ from, size: s.size });
                        } else {
                            const [one] = asked.splice(s.which % Math.max(1, asked.length), 1);
                            if (one) answer(one.from, one.size);
                        }
                        check();
                    }
                    for (let turns = 0; segments.newest.token !== null; turns++) {
                        assert.ok(turns < 1_000, 'paging back does not end');
                        answer(segments.newest.token, 3);
                        check();
                    }
                    assert.deepEqual(
                        segments.newest.events,
                        Array.from({ length: end }, (_, i) => i),
                    );
                },
            ),
            { numRuns: 500 },
        );
    });
});
