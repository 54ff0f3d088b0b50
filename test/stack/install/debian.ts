import { join } from 'node:path';
import { cacheRoot, withLock } from '../lock.mjs';
import type { PartProgress, Progress } from '../progress.ts';
import { findProgram, run } from '../run.ts';

export interface DebianProgram {
    /** For the progress line and the sentence, e.g. `Chromium`. */
    readonly title: string;
    /** Program names to look for on the PATH, the preferred first. */
    readonly programs: readonly string[];
    /** Debian and Ubuntu package names to install when none is there. */
    readonly packages: readonly string[];
}

export type Found = { readonly path: string } | { readonly path: undefined; readonly reason: string };

/** A program from the PATH, or from Debian's archive where this process may install it. Never rejects. */
export async function ensureDebianProgram(progress: Progress, wanted: DebianProgram): Promise<Found> {
    const part = progress.part(wanted.title);
    const present = findProgram(...wanted.programs);
    if (present !== undefined) return found(part, present);
    const advice = `install it (on Debian: apt-get install ${wanted.packages.join(' ')})`;
    const apt = findProgram('apt-get');
    if (apt === undefined || process.getuid?.() !== 0) {
        return missing(part, `${wanted.title} is not on the PATH: ${advice} and run this again.`);
    }
    try {
        part.say('installing the Debian package (about 30 s)');
        await withLock(join(cacheRoot(), 'locks', 'apt'), async () => {
            const env = { DEBIAN_FRONTEND: 'noninteractive' };
            await run('apt', apt, ['update', '--quiet'], { env });
            await run('apt', apt, ['install', '--quiet', '--yes', '--no-install-recommends', ...wanted.packages], {
                env,
            });
        });
    } catch (error) {
        return missing(
            part,
            `${wanted.title} could not be installed: ${error instanceof Error ? error.message : String(error)}`,
        );
    }
    const installed = findProgram(...wanted.programs);
    return installed === undefined
        ? missing(part, `${wanted.title} is still not on the PATH: ${advice}.`)
        : found(part, installed);
}

function found(part: PartProgress, path: string): Found {
    part.say(`using ${path}`);
    return { path };
}

function missing(part: PartProgress, reason: string): Found {
    part.say(`not available: ${reason}`);
    return { path: undefined, reason };
}
