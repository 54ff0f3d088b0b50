import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureXvfb } from './install/browsers.ts';
import { removeAtEnd, startProcess } from './processes.ts';
import { silentProgress, type Progress } from './progress.ts';
import { lastLines } from './run.ts';

export interface Display {
    /** For the variable DISPLAY, e.g. `:7`. */
    readonly name: string;
    stop(): Promise<void>;
}

const DEADLINE_MS = 10_000;

/** Starts a virtual X display with this size in px. Rejects with one sentence if there is no Xvfb. */
export async function startDisplay(progress: Progress = silentProgress, width = 1280, height = 720): Promise<Display> {
    const xvfb = await ensureXvfb(progress);
    if (xvfb.path === undefined) throw new Error(xvfb.reason);
    const folder = await mkdtemp(join(tmpdir(), 'hush-display-'));
    const remove = removeAtEnd(folder);
    const log = join(folder, 'xvfb.log');
    // With -displayfd, Xvfb chooses a free number and writes it to standard output, which is the log.
    const child = startProcess(
        xvfb.path,
        ['-displayfd', '1', '-nolisten', 'tcp', '-screen', '0', `${width}x${height}x24`],
        { log },
    );
    const stop = async (): Promise<void> => {
        await child.stop();
        await remove();
    };
    const deadline = Date.now() + DEADLINE_MS;
    while (child.alive && Date.now() < deadline) {
        const number = /^(\d+)$/m.exec(await readFile(log, 'utf8'))?.[1];
        if (number !== undefined) return { name: `:${number}`, stop };
        await new Promise((done) => setTimeout(done, 30));
    }
    const why = await lastLines(log);
    await stop();
    throw new Error(`Xvfb did not start:\n${why}`);
}
