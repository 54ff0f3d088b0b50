/** What Hush and the extension host wrote to their logs, as a person would find it under a VS Code's user data. */
import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { VsCodeServer } from '../../stack/vsCodeServer.ts';
import { PATIENCE } from './workbench.ts';

/** The text of every log of that name, oldest window first; empty before the first line. */
export async function logText(server: VsCodeServer, name: 'Hush.log' | 'remoteexthost.log'): Promise<string> {
    const files = globSync(`**/${name}`, { cwd: server.logsDir }).sort();
    return (await Promise.all(files.map((file) => readFile(join(server.logsDir, file), 'utf8')))).join('');
}

/** Resolves with the first match in Hush's log: VS Code writes it with a delay that no event tells. */
export async function untilLogged(server: VsCodeServer, pattern: RegExp, timeout = PATIENCE): Promise<RegExpExecArray> {
    const deadline = Date.now() + timeout;
    for (;;) {
        const found = pattern.exec(await logText(server, 'Hush.log'));
        if (found) return found;
        if (Date.now() > deadline) throw new Error(`Hush's log has no line like ${String(pattern)}.`);
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
}
