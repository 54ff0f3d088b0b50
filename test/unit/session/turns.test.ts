import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { Turns } from '../../../src/core/base/turns.ts';

describe('work that takes turns', () => {
    const gate = (): PromiseWithResolvers<void> => Promise.withResolvers<void>();

    it('runs in order for one key, and beside that of another', async () => {
        const turns = new Turns();
        const done: string[] = [];
        const first = gate();
        const all = [
            turns.take('a', async () => {
                await first.promise;
                done.push('a1');
            }),
            turns.take('a', () => done.push('a2')),
            turns.take('b', () => done.push('b1')),
        ];
        await all[2];
        assert.deepEqual(done, ['b1']);
        first.resolve();
        await Promise.all(all);
        assert.deepEqual(done, ['b1', 'a1', 'a2']);
    });

    it('goes on after a failure, which only its own caller hears', async () => {
        const turns = new Turns();
        const failed = turns.take('a', () => Promise.reject(new Error('no')));
        const next = turns.take('a', () => 'yes');
        await assert.rejects(failed, /no/u);
        assert.equal(await next, 'yes');
    });

    it('does not wait for what was skipped, but is settled only after it', async () => {
        const turns = new Turns();
        const hangs = gate();
        const slow = turns.take('a', () => hangs.promise);
        turns.skip('a');
        assert.equal(await turns.take('a', () => 'next'), 'next');
        hangs.resolve();
        await slow;
        await turns.settled();
        assert.equal(turns.size, 0);
    });
});
