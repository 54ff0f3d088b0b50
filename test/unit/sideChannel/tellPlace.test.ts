import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import type { Place } from '../../../src/core/sideChannel/sideMessages.ts';
import { createPlaceTeller, toTell } from '../../../src/core/sideChannel/tellPlace.ts';

const at = (line: number): Place => ({
    path: 'src/app.ts',
    commit: 'a'.repeat(40),
    changed: false,
    unsaved: true,
    visible: { start: line, end: line + 40 },
    selection: { start: [line, 0], end: [line, 3] },
    problems: { errors: 1, warnings: 0 },
});

/** A clock that a test turns, with a teller on it. */
function teller() {
    let now = 0;
    let due: { at: number; work: () => void } | undefined;
    const told: { at: number; place: Place | null }[] = [];
    const it = createPlaceTeller(
        (ms, work) => {
            due = { at: now + ms, work };
            return () => (due = undefined);
        },
        (place) => told.push({ at: now, place }),
    );
    const wait = (ms: number): void => {
        const end = now + ms;
        while (due && due.at <= end) {
            const { at: then, work } = due;
            due = undefined;
            now = then;
            work();
        }
        now = end;
    };
    return { it, told, wait };
}

describe('telling our place', () => {
    it('says the first at once, nothing twice, and the last after a pause', () => {
        const { it: own, told, wait } = teller();
        own.update(null); // nobody has heard anything else
        own.update(at(1));
        own.update(at(1));
        own.update(at(2));
        own.update(at(3));
        assert.deepEqual(told, [{ at: 0, place: at(1) }]);
        wait(1_000);
        assert.deepEqual(told.slice(1), [{ at: 100, place: at(3) }]);
        own.update(null);
        assert.deepEqual(told.at(-1), { at: 1_000, place: null });
    });

    it('says it again to who joins later, also that there is none', () => {
        const { it: own, told, wait } = teller();
        own.again(null);
        wait(500);
        own.update(at(1));
        wait(500);
        own.again(at(1));
        own.again(at(1));
        wait(500);
        assert.deepEqual(
            told.map(({ place }) => place),
            [null, at(1), at(1), at(1)],
        );
    });

    it('says to who joins later what may be told now, not what was told before', () => {
        const { it: own, told, wait } = teller();
        own.update(at(1));
        wait(500);
        own.again(null); // the setting says nothing by now
        wait(500);
        own.update(at(2));
        own.update(at(3)); // waits
        own.again(null);
        wait(500);
        assert.deepEqual(
            told.map(({ place }) => place),
            [at(1), null, at(2), null],
        );
    });

    it('says at most ten a second, only changes, and in the end where we are', () => {
        const step = fc.record({ wait: fc.integer({ min: 0, max: 250 }), line: fc.option(fc.nat(3)) });
        fc.assert(
            fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
                const { it: own, told, wait } = teller();
                let last: Place | null = null;
                for (const { wait: ms, line } of steps) {
                    last = line === null ? null : at(line);
                    own.update(last);
                    wait(ms);
                }
                wait(200);
                assert.deepEqual(told.at(-1)?.place ?? null, last);
                for (const [i, one] of told.entries()) {
                    const before = told[i - 1];
                    if (!before) continue;
                    assert.ok(one.at - before.at >= 100);
                    assert.notDeepEqual(one.place, before.place);
                }
            }),
        );
    });

    it('tells what the setting allows', () => {
        assert.deepEqual(toTell(at(1), 'everything'), at(1));
        assert.deepEqual(toTell(at(1), 'file'), {
            path: 'src/app.ts',
            commit: 'a'.repeat(40),
            changed: false,
            unsaved: true,
        });
        assert.equal(toTell(at(1), 'nothing'), null);
        assert.equal(toTell(null, 'everything'), null);
    });
});
