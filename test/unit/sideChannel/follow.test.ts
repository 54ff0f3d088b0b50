import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { follow, type FollowEvent, type Following } from '../../../src/core/sideChannel/follow.ts';

const BOB = { page: 'page', device: 'bob', name: 'Bob' };
const start: FollowEvent = { type: 'start', followed: BOB };
const shown = (line: number, top: number, at = 0, uri = 'a'): FollowEvent => ({ type: 'shown', uri, line, top, at });
const scrolled = (top: number, at = 0, uri = 'a'): FollowEvent => ({ type: 'scrolled', uri, top, at });
const run = (...events: readonly FollowEvent[]): Following | undefined =>
    events.reduce<Following | undefined>((state, event) => follow(state, event), undefined);

describe('following an editor', () => {
    it('starts, and changes to another person', () => {
        assert.equal(run(start)?.name, 'Bob');
        assert.equal(
            run(start, { type: 'start', followed: { ...BOB, device: 'carol', name: 'Carol' } })?.name,
            'Carol',
        );
        assert.equal(run(shown(1, 1), scrolled(4)), undefined);
    });

    it('goes on while Hush scrolls: at once, in steps, or late', () => {
        assert.ok(run(start, shown(200, 0), scrolled(200)));
        assert.ok(run(start, shown(200, 0), scrolled(50), scrolled(120), scrolled(199), scrolled(200)));
        // The event of the first move comes after the second move was asked for.
        assert.ok(run(start, shown(200, 0, 0), shown(50, 0, 100), scrolled(200, 200), scrolled(50, 250)));
        // Sticky Scroll keeps the line five lines below the top, also when the other scrolls up in small steps.
        const sticky = run(start, shown(363, 0), scrolled(358), shown(360, 358, 50), scrolled(355, 60));
        assert.ok(follow(sticky, scrolled(355, 9_000)));
        assert.equal(follow(sticky, scrolled(352, 9_000)), undefined);
        // A shorter file cannot show the line at the top, so the editor stays where it is.
        assert.ok(run(start, shown(390, 300), scrolled(360), scrolled(361)));
    });

    it('ends when the person scrolls away, in either direction, early or late', () => {
        for (const top of [190, 210, 0])
            for (const at of [10, 60_000])
                assert.equal(run(start, shown(200, 0), scrolled(200), scrolled(top, at)), undefined, `${top} ${at}`);
        // Hush had nothing to scroll.
        assert.equal(run(start, shown(200, 200), scrolled(203, 2_000)), undefined);
        assert.equal(run(start, shown(200, 200), scrolled(210, 10)), undefined);
        // An old move is no reason any more.
        assert.equal(
            run(start, shown(200, 0, 0), shown(50, 200, 100), scrolled(50, 150), scrolled(200, 5_000)),
            undefined,
        );
    });

    it('goes on when another editor scrolls by itself', () =>
        assert.ok(run(start, shown(1, 1), scrolled(90, 0, 'log'))));

    it('ends when the person chooses another editor, and not by the editors that Hush opens', () => {
        const chose = (uri: string, at = 0): FollowEvent => ({ type: 'chose', uri, at });
        assert.ok(run(start, shown(1, 0, 0, 'a'), chose('a', 100_000)));
        assert.ok(run(start, shown(1, 0, 0, 'a'), shown(1, 0, 50, 'b'), chose('a', 100), chose('b', 150)));
        assert.equal(run(start, shown(1, 0), chose('mine')), undefined);
        assert.equal(run(start, shown(1, 0, 0, 'a'), shown(1, 0, 50, 'b'), chose('a', 5_000)), undefined);
    });

    it('ends when the person acts, when the other is gone, and when the other follows back', () => {
        assert.equal(run(start, { type: 'acted' }), undefined);
        assert.equal(run(start, { type: 'gone', page: 'page' }), undefined);
        assert.equal(run(start, { type: 'gone', page: 'page', device: 'bob' }), undefined);
        assert.equal(run(start, { type: 'followedBy', page: 'page', device: 'bob' }), undefined);
        assert.ok(run(start, { type: 'gone', page: 'other' }));
        assert.ok(run(start, { type: 'gone', page: 'page', device: 'carol' }));
        assert.ok(run(start, { type: 'followedBy', page: 'page', device: 'carol' }));
    });

    it('is never ended by what Hush moves, and always by what the person does', () => {
        const move = fc.record({ line: fc.nat(1_000), late: fc.boolean(), pause: fc.nat(400) });
        fc.assert(
            fc.property(fc.array(move, { maxLength: 40 }), fc.integer({ min: 3, max: 500 }), (moves, by) => {
                let [state, top, at] = [run(start), 0, 0];
                let pending: number | undefined;
                for (const { line, late, pause } of moves) {
                    at += pause;
                    state = follow(state, shown(line, top, at));
                    if (pending !== undefined) state = follow(state, scrolled((top = pending), at));
                    pending = undefined;
                    if (late) pending = line;
                    else state = follow(state, scrolled((top = line), at));
                    assert.ok(state);
                }
                const last = moves.at(-1)?.line ?? 0;
                state = follow(state, shown(last, top, at));
                state = follow(state, scrolled(last, at));
                assert.ok(state);
                assert.equal(follow(state, scrolled(last + by, at + 10_000)), undefined);
            }),
        );
    });
});
