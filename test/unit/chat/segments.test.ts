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
/** The same forwards, as far as there is anything. */
function onward(from: number, size: number, end: number): { events: number[]; next: string | null } {
    const to = Math.min(end, from + size);
    const events = Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
    return { events, next: to >= end ? null : `t${to}` };
}

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
    {
        weight: 2,
        arbitrary: fc.record({
            do: fc.constant('around' as const),
            at: fc.nat(60),
            size: fc.integer({ min: 0, max: 4 }),
        }),
    },
    {
        weight: 3,
        arbitrary: fc.record({
            do: fc.constant('onward' as const),
            at: fc.nat(60),
            size: fc.integer({ min: 1, max: 7 }),
        }),
    },
    {
        weight: 2,
        arbitrary: fc.record({
            do: fc.constant('back' as const),
            at: fc.nat(60),
            size: fc.integer({ min: 1, max: 7 }),
        }),
    },
);

describe('stretches of a timeline', () => {
    it('an event that came in late from another server is not lost when stretches meet', () => {
        const segments = createSegments<string>(String, ['a', 'b'], 't0');
        segments.gap('t9', 't2');
        segments.append('e');
        segments.earlier('t9', ['d', 'c', 'b', 'z', 'a'], 't0');
        assert.deepEqual(segments.newest.events, ['a', 'z', 'b', 'c', 'd', 'e']);
        assert.equal(segments.at('z'), segments.newest);
    });

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
                            const known = end;
                            end += s.lost;
                            segments.gap(end === 0 ? null : `t${end}`, `t${known}`);
                            for (let i = 0; i < s.count; i++) segments.append(end++);
                        } else if (s.do === 'ask') {
                            const from = segments.newest.token;
                            if (from !== null) asked.push({ from, size: s.size });
                        } else if (s.do === 'around') {
                            const at = Math.min(s.at, end - 1);
                            if (at < 0 || segments.at(String(at))) continue;
                            const [first, last] = [Math.max(0, at - s.size), Math.min(end, at + 1 + s.size)];
                            const events = Array.from({ length: last - first }, (_, i) => first + i);
                            segments.around(events, first === 0 ? null : `t${first}`, `t${last}`);
                        } else if (s.do === 'onward') {
                            const from = segments.at(String(s.at))?.later ?? null;
                            if (from === null) continue;
                            const { events, next } = onward(place(from), s.size, end);
                            segments.onward(from, events, next);
                        } else if (s.do === 'back') {
                            const from = segments.at(String(s.at))?.token ?? null;
                            if (from !== null) answer(from, s.size);
                        } else {
                            const [one] = asked.splice(s.which % Math.max(1, asked.length), 1);
                            if (one) answer(one.from, one.size);
                        }
                        check();
                        for (let event = 0; event < end; event++) {
                            const stretch = segments.at(String(event))?.events ?? [];
                            const first = stretch[0] ?? 0;
                            assert.deepEqual(
                                stretch,
                                stretch.map((_, i) => first + i),
                                'a hole, or something twice, further up',
                            );
                        }
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
