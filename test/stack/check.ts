/**
 * `npm run check`: checks the sources without running them. Types for each runtime, lint, formatting, and unused code.
 * Also the first part of `npm test`.
 */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const bin = (name: string): string => join(root, 'node_modules', name);

/** Each is a Node script with its arguments. The slowest come first. */
const CHECKS: readonly (readonly [name: string, ...command: string[]])[] = [
    ['lint', bin('oxlint/bin/oxlint'), '--type-aware', '.'],
    ['formatting', bin('prettier/bin/prettier.cjs'), '--check', '--log-level=warn', '.'],
    ['unused code', bin('knip/bin/knip.js'), '--no-progress'],
    ['types of the tests and of everything together', bin('typescript/bin/tsc'), '-p', '.'],
    ['types of the extension host', bin('typescript/bin/tsc'), '-p', 'src/extension'],
    ['types of the pages', bin('typescript/bin/tsc'), '-p', 'src/webview'],
    ['types of the authoriser', bin('typescript/bin/tsc'), '-p', 'src/livekit'],
    ['types of core, without Node and DOM', bin('typescript/bin/tsc'), '-p', 'src/core'],
];
/** Number of checks at the same time. Most use a single thread. */
const AT_ONCE = 2;

/**
 * Prints the findings.
 * @returns the names of the checks that found something.
 */
export async function check(): Promise<string[]> {
    const waiting = [...CHECKS];
    const failed: string[] = [];
    const worker = async (): Promise<void> => {
        for (let next = waiting.shift(); next; next = waiting.shift()) {
            const [name, script, ...args] = next;
            const began = performance.now();
            const { code, output } = await outputOf([script ?? '', ...args]);
            const seconds = ((performance.now() - began) / 1_000).toFixed(1);
            console.log(`${code === 0 ? 'ok' : 'FAILED'}  ${name} (${seconds} s)`);
            if (code === 0) continue;
            failed.push(name);
            console.log(output.trimEnd());
        }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    return failed;
}

async function outputOf(args: readonly string[]): Promise<{ code: number | null; output: string }> {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
    const [code, out, err] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
    return { code, output: `${out}${err}` };
}

if (import.meta.main) process.exitCode = (await check()).length === 0 ? 0 : 1;
