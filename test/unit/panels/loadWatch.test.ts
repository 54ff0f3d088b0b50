import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'mocha';
import { createLoadWatch, type LoadWatch } from '../../../src/extension/shell/loadWatch.ts';

describe('a tab that stays blank', () => {
    let loads: number;
    let gaveUp: number;
    let visible: boolean;
    let timers: Set<() => void>;
    let watch: LoadWatch;

    /** The patience of every timer runs out. */
    const wait = (): void => {
        for (const work of [...timers]) {
            timers.delete(work);
            work();
        }
    };

    beforeEach(() => {
        loads = 0;
        gaveUp = 0;
        visible = true;
        timers = new Set();
        watch = createLoadWatch({
            visible: () => visible,
            onGaveUp: () => gaveUp++,
            later(_ms, work) {
                timers.add(work);
                return () => timers.delete(work);
            },
        });
        watch.start(() => loads++);
    });

    it('is loaded again, twice at most, and then given up with a word', () => {
        for (let i = 0; i < 10; i++) wait();
        assert.equal(loads, 3);
        assert.equal(timers.size, 0);
        assert.equal(gaveUp, 1);
    });

    it('is left alone once it speaks', () => {
        watch.heard();
        wait();
        assert.equal(loads, 1);
    });

    it('is not loaded again while it is hidden, but after', () => {
        visible = false;
        wait();
        wait();
        assert.equal(loads, 1);
        visible = true;
        wait();
        assert.equal(loads, 2);
    });

    it('a new page replaces what was watched', () => {
        watch.start(() => undefined);
        assert.equal(timers.size, 1);
    });
});
