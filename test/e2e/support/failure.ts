/** Screenshots in `out/e2e/`: what a person read, and every window of a failed test. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Context } from 'mocha';
import type { Person } from './person.ts';

const OUT = fileURLToPath(new URL('../../../out/e2e', import.meta.url));

/** Keeps what the person sees now as `out/e2e/<name>.png`: for whoever judges the wording. */
export async function keepPicture({ workbench }: Person, name: string): Promise<void> {
    await mkdir(OUT, { recursive: true });
    await workbench.page.screenshot({ path: join(OUT, `${name}.png`) });
}

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
