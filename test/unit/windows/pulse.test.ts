import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { createPulse } from '../../../src/extension/windows/pulse.ts';

describe('the pulse of the window that holds the account', () => {
    it('ends what waits for a silent leader with a sentence, and tells when the leader answers again', async () => {
        const told: string[] = [];
        let answer: (() => void) | undefined;
        const silent = Promise.withResolvers<void>();
        const back = Promise.withResolvers<void>();
        const pulse = createPulse({
            ping: () =>
                new Promise<void>((resolve) => {
                    answer = resolve;
                }),
            onSilent() {
                told.push('silent');
                silent.resolve();
            },
            onBack() {
                told.push('back');
                back.resolve();
            },
            everyMs: 1,
            withinMs: 5,
        });
        const keepAlive = setInterval(() => undefined, 1_000); // its own timers let a process end
        try {
            await assert.rejects(pulse.guard(new Promise(() => undefined)), { code: 'network.timeout' });
            await silent.promise;
            await assert.rejects(pulse.guard(Promise.resolve()), { code: 'network.timeout' });
            answer?.();
            await back.promise;
            assert.equal(await pulse.guard(Promise.resolve('done')), 'done');
            assert.deepEqual(told, ['silent', 'back']);
        } finally {
            clearInterval(keepAlive);
            pulse.stop();
        }
    });
});
