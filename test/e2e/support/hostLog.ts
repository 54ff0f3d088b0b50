/** Reads the logs of Hush and of the extension host from VS Code's user data. */
import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '../../stack/eventually.ts';
import type { VsCodeServer } from '../../stack/vsCodeServer.ts';

/** The text of every log of that name, oldest window first; empty before the first line. */
export async function logText(server: VsCodeServer, name: 'Hush.log' | 'remoteexthost.log'): Promise<string> {
    const files = globSync(`**/${name}`, { cwd: server.logsDir }).toSorted();
    return (await Promise.all(files.map((file) => readFile(join(server.logsDir, file), 'utf8')))).join('');
}

/** Returns every Hush log. Each start of an extension host makes one. */
export function hushLogs(server: VsCodeServer): ReadonlySet<string> {
    return new Set(globSync('**/Hush.log', { cwd: server.logsDir }).map((file) => join(server.logsDir, file)));
}

/**
 * Resolves when a host outside `before` runs with these settings (undefined: the default). VS Code may start it with
 * old settings and send the right ones a moment later.
 */
export async function untilSettings(
    server: VsCodeServer,
    before: ReadonlySet<string>,
    wanted: Readonly<Record<string, unknown>>,
): Promise<void> {
    await eventually(
        async () => {
            for (const file of hushLogs(server)) {
                if (before.has(file)) continue;
                const last = [...(await readFile(file, 'utf8')).matchAll(/ settings: (\{.*\})$/gmu)].at(-1)?.[1];
                const now = JSON.parse(last ?? 'null') as Record<string, unknown> | null;
                if (now && Object.entries(wanted).every(([key, value]) => now[key] === value)) return true;
            }
            return false;
        },
        `Hush to get the settings ${JSON.stringify(wanted)}`,
    );
}

/** Resolves with the first match in Hush's log. VS Code writes the log with a delay, without an event. */
export function untilLogged(server: VsCodeServer, pattern: RegExp, within?: number): Promise<RegExpExecArray> {
    return eventually(
        async () => pattern.exec(await logText(server, 'Hush.log')) ?? undefined,
        `a line like ${String(pattern)} in Hush's log`,
        within,
    );
}
