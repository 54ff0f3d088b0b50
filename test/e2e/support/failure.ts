/** Screenshots in `out/e2e/`: for judging texts, and of every window of a failed test. */
import { globSync } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, type Context } from 'mocha';
import { keepEvidence } from '../../stack/evidence.ts';
import { logText } from './hostLog.ts';
import type { Person } from './person.ts';

const OUT = fileURLToPath(new URL('../../../out/e2e', import.meta.url));

/** Saves the current window as `out/e2e/<name>.png`, so that people can judge the wording. */
export async function keepPicture({ workbench }: Pick<Person, 'workbench'>, name: string): Promise<void> {
    await mkdir(OUT, { recursive: true });
    await workbench.page.screenshot({ path: join(OUT, `${name}.png`) });
}

/** An `afterEach` hook. `people` may lack those who could not be opened. */
export function picturesOfFailure(people: () => Readonly<Record<string, Person | undefined>>) {
    return async function (this: Context): Promise<void> {
        const { currentTest } = this;
        if (currentTest?.state !== 'failed') return;
        await mkdir(OUT, { recursive: true });
        const name = currentTest.title.replaceAll(/[^\w]+/gu, '-').slice(0, 60);
        for (const [who, person] of Object.entries(people())) {
            if (person) keepEvidence(currentTest.fullTitle(), await lastSeen(who, person));
            await person?.workbench.page.screenshot({ path: join(OUT, `${name}-${who}.png`) }).catch(() => undefined);
            const frames = person?.workbench.page.frames().map((frame) => frame.url()) ?? [];
            await writeFile(
                join(OUT, `${name}-${who}.txt`),
                [...frames, '', ...(person?.workbench.complaints ?? [])].join('\n'),
            );
        }
    };
}

/** Returns the text of the window and the last log lines of Hush. Pictures are not kept everywhere, but text is. */
async function lastSeen(who: string, { workbench, server }: Person): Promise<string[]> {
    const seen = await workbench.onScreen().catch((error: unknown) => [`its window cannot be read: ${String(error)}`]);
    const logged = (await logText(server, 'Hush.log').catch(() => '')).trimEnd().split('\n').slice(-25);
    return [...seen.map((text) => `${who} sees ${text}`), ...logged.map((text) => `${who} logged ${text}`)];
}

/**
 * For a suite whose tests depend on each other: after a failure, the rest would only repeat it. Call it in `describe`.
 * Mocha's `bail` would also end every later suite that uses it.
 */
export function stopAtFirstFailure(): void {
    let failed: string | undefined;
    beforeEach(() => {
        if (failed !== undefined) throw new Error(`not run, because of what failed before: ${failed}`);
    });
    afterEach(function () {
        if (this.currentTest?.state === 'failed') failed = this.currentTest.title;
    });
}

/** Copies the person's newest Hush log to `out/e2e/<name>.log`. */
export async function keepLog(person: Person, name: string): Promise<void> {
    await mkdir(OUT, { recursive: true });
    const logs = globSync('**/*Hush.log', { cwd: person.server.logsDir }).toSorted();
    for (const [index, file] of logs.entries())
        await copyFile(join(person.server.logsDir, file), join(OUT, `${name}-${index}.log`));
}
