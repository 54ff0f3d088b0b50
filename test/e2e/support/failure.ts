/** Evidence of a failed end-to-end test: a screenshot of each window in `out/e2e/`. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Context } from 'mocha';
import type { Person } from './person.ts';

const OUT = fileURLToPath(new URL('../../../out/e2e', import.meta.url));

/** An `afterEach` hook; `people` may be missing those who could not be opened. */
export function picturesOfFailure(people: () => Readonly<Record<string, Person | undefined>>) {
    return async function (this: Context): Promise<void> {
        const { currentTest } = this;
        if (currentTest?.state !== 'failed') return;
        await mkdir(OUT, { recursive: true });
        const name = currentTest.title.replaceAll(/[^\w]+/gu, '-').slice(0, 60);
        for (const [who, person] of Object.entries(people())) {
            await person?.workbench.page.screenshot({ path: join(OUT, `${name}-${who}.png`) }).catch(() => undefined);
        }
    };
}
