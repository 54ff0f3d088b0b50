import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { clockSentence } from '../../../../src/core/trust/shareTrust.ts';
import { createLog } from '../../../../src/core/base/log.ts';
import { createServerWatch } from '../../../../src/matrix/trust/serverWatch.ts';

const DAY = 86_400_000;
const quiet = (): void => undefined;
const log = createLog({ debug: quiet, info: quiet, warn: quiet, error: quiet });

describe('the clock of this computer beside the homeserver’s', () => {
    const at = Date.parse('Sat, 21 Nov 2026 12:00:00 GMT');
    const watched = (date?: string) => {
        const clock = { now: at, told: 0 };
        const watch = createServerWatch({
            fetch: () => Promise.resolve(new Response('{}', { headers: date === undefined ? {} : { date } })),
            now: () => clock.now,
            known: () => Promise.resolve(new Map()),
            log,
        });
        watch.onChange(() => clock.told++);
        return { watch, clock, ask: () => watch.fetch('https://hs/_matrix/client/v3/sync') };
    };

    it('is told once when it is wrong, and once when it is right again', async () => {
        const { watch, clock, ask } = watched('Sat, 21 Nov 2026 12:00:00 GMT');
        clock.now = at + DAY;
        await ask();
        clock.now += 90_000;
        await ask();
        assert.deepEqual([clock.told, watch.warnings], [1, [{ kind: 'clock', offMs: DAY }]]);
        for (const to of ['verify', 'join'] as const)
            assert.throws(() => watch.assertClock(to), { code: 'clock.wrong', message: clockSentence(DAY) });
        clock.now = at;
        await ask();
        assert.deepEqual([clock.told, watch.warnings], [2, []]);
        watch.assertClock('verify');
    });
    it('may be some minutes off, and a server that does not say is not asked', async () => {
        for (const [date, off] of [
            ['Sat, 21 Nov 2026 12:00:00 GMT', 299_000],
            ['Sat, 21 Nov 2026 12:00:00 GMT', -299_000],
            [undefined, DAY],
            ['yesterday', DAY],
        ] as const) {
            const { watch, clock, ask } = watched(date);
            clock.now = at + off;
            await ask();
            assert.deepEqual(watch.warnings, []);
        }
    });
    it('is named with how far off it is, and what does not work', () => {
        assert.match(clockSentence(DAY * 3), /3 days ahead of .* Sharing, viewing and verifying do not/u);
        assert.match(clockSentence(-DAY), /24 hours behind .* Verifying does not/u);
        assert.match(clockSentence(7 * 60_000), /7 minutes ahead of .* Verifying does not/u);
    });
});
