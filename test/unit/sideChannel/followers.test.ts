import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { After } from '../../../src/core/base/timer.ts';
import { createFollowers, createRepeat } from '../../../src/core/sideChannel/followers.ts';

/** A clock that a test turns. */
function clock() {
    let now = 0;
    const due = new Set<{ at: number; work: () => void }>();
    const after: After = (ms, work) => {
        const one = { at: now + ms, work };
        due.add(one);
        return () => void due.delete(one);
    };
    const wait = (ms: number): void => {
        const end = now + ms;
        for (;;) {
            const [next] = [...due].filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at);
            if (!next) break;
            due.delete(next);
            now = next.at;
            next.work();
        }
        now = end;
    };
    return { after, wait, waiting: () => due.size };
}

function world() {
    const time = clock();
    let forgotten = 0;
    const followers = createFollowers(time.after, () => forgotten++);
    return { ...time, followers, forgotten: () => forgotten };
}

describe('who follows us', () => {
    it('is new once, and stays while it says so', () => {
        const { followers, wait, after, forgotten } = world();
        assert.equal(followers.heard('a'), true);
        const repeat = createRepeat(after, () => assert.equal(followers.heard('a'), false));
        repeat.start();
        wait(300_000);
        assert.deepEqual([followers.size, forgotten()], [1, 0]);
        repeat.stop(); // only its tab was closed
        wait(20_000);
        assert.equal(followers.size, 1);
        wait(10_000);
        assert.deepEqual([followers.size, forgotten()], [0, 1]);
        assert.equal(followers.heard('a'), true);
    });

    it('is forgotten alone', () => {
        const { followers, wait, forgotten } = world();
        followers.heard('a');
        wait(15_000);
        followers.heard('b');
        wait(15_000);
        assert.deepEqual([followers.size, forgotten()], [1, 1]);
    });

    it('who said that it ended is not forgotten a second time', () => {
        const { followers, wait, forgotten, waiting } = world();
        followers.heard('a');
        followers.delete('a');
        followers.delete('b');
        wait(60_000);
        assert.deepEqual([followers.size, forgotten(), waiting()], [0, 0, 0]);
    });

    it('leaves no timer behind', () => {
        const { followers, after, waiting } = world();
        followers.heard('a');
        followers.heard('b');
        const repeat = createRepeat(after, () => undefined);
        repeat.start();
        repeat.start();
        repeat.stop();
        followers.dispose();
        assert.equal(waiting(), 0);
    });
});
