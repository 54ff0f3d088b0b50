/** Patches as text, for tests. */
import { bytesOfText } from '../../../src/core/changes/bytesText.ts';
import type { Patch } from '../../../src/core/changes/patch.ts';
import { readPatch } from '../../../src/core/changes/readPatch.ts';

export const [OLD, NEW] = ['1'.repeat(40), '2'.repeat(40)];
export const NONE = '0'.repeat(40);

/** A new file with one line. `name`: as git writes it, in quotes or not. */
export function added(path: string, mode = '100644', line = 'text'): string {
    const quote = (text: string): string => (path.startsWith('"') ? `"${text}${path.slice(1)}` : text + path);
    const head = [`diff --git ${quote('a/')} ${quote('b/')}`, `new file mode ${mode}`, `index ${NONE}..${NEW}`];
    return [...head, '--- /dev/null', `+++ ${quote('b/')}`, '@@ -0,0 +1 @@', `+${line}`, ''].join('\n');
}

/** A changed file: `lines` with their marks. */
export function changed(path: string, lines: readonly string[], start = 1): string {
    const count = (mark: string): number =>
        lines.filter((line) => line.startsWith(mark) || line.startsWith(' ')).length;
    const hunk = `@@ -${start},${count('-')} +${start},${count('+')} @@`;
    const head = [`diff --git a/${path} b/${path}`, `index ${OLD}..${NEW} 100644`, `--- a/${path}`, `+++ b/${path}`];
    return [...head, hunk, ...lines, ''].join('\n');
}

export function renamed(from: string, to: string): string {
    const head = [`diff --git a/${from} b/${to}`, 'similarity index 100%', `rename from ${from}`, `rename to ${to}`];
    return [...head, ''].join('\n');
}

export function read(text: string): Patch {
    return readPatch(bytesOfText(text), 'working');
}
