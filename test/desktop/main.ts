/**
 * `npm run test:desktop`: the in-host suite in a desktop VS Code, which @vscode/test-electron downloads. For machines with
 * internet and a display; no part of `npm test`.
 */
import { mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { downloadAndUnzipVSCode, runTests } from '@vscode/test-electron';
import { buildInHostSuite } from '../inHost/build.ts';
import type { InHostResult } from '../inHost/results.ts';
import { removeAtEnd } from '../stack/processes.ts';
import { run } from '../stack/run.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Resolves with the exit status. */
async function main(): Promise<number> {
    await run('esbuild', process.execPath, [join(root, 'esbuild.mjs')], { cwd: root });
    const extensionTestsPath = await buildInHostSuite();
    const folder = await mkdtemp(join(tmpdir(), 'hush-desktop-'));
    const remove = removeAtEnd(folder);
    try {
        const vscodeExecutablePath = await download();
        if (vscodeExecutablePath === undefined) return 1;
        const workspace = join(folder, 'workspace');
        await mkdir(workspace);
        const results = join(folder, 'results.json');
        // A short path: VS Code makes sockets in it.
        const profile = ['--user-data-dir', join(folder, 'user'), '--extensions-dir', join(folder, 'extensions')];
        let failure: unknown;
        try {
            await runTests({
                vscodeExecutablePath,
                extensionDevelopmentPath: root,
                extensionTestsPath,
                extensionTestsEnv: { HUSH_IN_HOST_RESULTS: results },
                launchArgs: [
                    workspace,
                    ...profile,
                    '--disable-extensions',
                    '--disable-workspace-trust',
                    '--skip-welcome',
                ],
            });
        } catch (error) {
            failure = error;
        }
        return report(JSON.parse(await readFile(results, 'utf8').catch(() => '[]')) as InHostResult[], failure);
    } finally {
        await remove();
    }
}

async function download(): Promise<string | undefined> {
    try {
        return await downloadAndUnzipVSCode({ version: 'stable', cachePath: join(root, '.vscode-test') });
    } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        console.error(
            `VS Code could not be downloaded from update.code.visualstudio.com (${why}). This test needs the internet; "npm test" runs the same suite in a VS Code for the browser.`,
        );
        return undefined;
    }
}

function report(results: readonly InHostResult[], failure: unknown): number {
    for (const { title, error } of results)
        console.log(`${error === undefined ? '✔' : '✘'} ${title}${error === undefined ? '' : `\n${error}`}`);
    const failed = results.filter(({ error }) => error !== undefined).length;
    if (results.length === 0)
        console.error(`VS Code did not run the suite: ${failure instanceof Error ? failure.message : String(failure)}`);
    console.log(`\n${results.length - failed} passed, ${failed} failed, 0 skipped`);
    return results.length > 0 && failed === 0 ? 0 : 1;
}

process.exit(await main());
