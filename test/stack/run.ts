import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { cacheRoot } from './lock.mjs';
import { isEnding, startProcess, type StartOptions } from './processes.ts';

/**
 * Runs an installer to its end, its output in the cache's `logs/<name>.log`.
 * Rejects with one sentence that names the log and quotes its last lines.
 */
export async function run(
    name: string,
    command: string,
    args: readonly string[],
    options: Omit<StartOptions, 'log'> = {},
): Promise<void> {
    const folder = join(cacheRoot(), 'logs');
    await mkdir(folder, { recursive: true });
    const log = join(folder, `${name}.log`);
    const child = startProcess(command, args, { ...options, log });
    const code = await child.exited;
    await child.stop();
    if (isEnding()) return new Promise(() => {}); // report nothing and continue nothing
    if (code === 0) return;
    throw new Error(`"${command} ${args[0] ?? ''}" failed with status ${code} (log: ${log}):\n${await lastLines(log)}`);
}

/** Returns the end of a log file for an error message. Empty if there is no log. */
export async function lastLines(file: string, count = 12): Promise<string> {
    const text = await readFile(file, 'utf8').catch(() => '');
    return text.trimEnd().split('\n').slice(-count).join('\n');
}

/** The first of `names` that the PATH offers, as an absolute path. */
export function findProgram(...names: string[]): string | undefined {
    const endings = process.platform === 'win32' ? ['.exe', '.cmd'] : [''];
    const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
    for (const name of names) {
        for (const folder of folders) {
            for (const ending of endings) {
                const file = join(folder, name + ending);
                if (existsSync(file)) return file;
            }
        }
    }
    return undefined;
}
