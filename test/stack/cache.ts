import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheRoot, withLock } from './lock.mjs';
import { removeAtEnd } from './processes.ts';
import type { PartProgress } from './progress.ts';

export interface Installation {
    /** Folder name in the cache. It contains the version, so another version gets another folder. */
    readonly name: string;
    /** For the progress line, e.g. `about 40 s`. */
    readonly takes: string;
    readonly part: PartProgress;
    /** Fills the empty folder `into`. It is renamed afterwards, so nothing in it may depend on its own path. */
    install(into: string): Promise<void>;
}

/**
 * Returns the folder of a finished installation. The first call on a machine installs it. A folder with its final name
 * is always complete: the work happens beside it, under a lock, and ends with a rename. So a Ctrl-C leaves nothing
 * unfinished, and two parallel runs install once. Rejects with the error of `install`.
 */
export async function installOnce({ name, takes, part, install }: Installation): Promise<string> {
    const final = join(cacheRoot(), name);
    if (existsSync(final)) return ready(final, part);
    const wait = (pid: number): void => part.say(`waiting for process ${pid}, which is installing it`);
    return withLock(
        join(cacheRoot(), 'locks', name),
        async () => {
            if (existsSync(final)) return ready(final, part);
            await removeLeftovers(name);
            const temporary = `${final}.tmp-${randomUUID()}`;
            await mkdir(temporary, { recursive: true });
            const remove = removeAtEnd(temporary);
            try {
                part.say(`installing (${takes})`);
                await install(temporary);
                await rename(temporary, final);
                part.say('installed');
                return final;
            } finally {
                await remove(); // after the rename there is nothing under that name
            }
        },
        wait,
    );
}

function ready(folder: string, part: PartProgress): string {
    part.say('ready (cached)');
    return folder;
}

/** Removes the remains of a killed installer. This process holds the lock, so nobody writes there. */
async function removeLeftovers(name: string): Promise<void> {
    for (const entry of await readdir(cacheRoot())) {
        if (entry.startsWith(`${name}.tmp-`)) await rm(join(cacheRoot(), entry), { recursive: true, force: true });
    }
}
