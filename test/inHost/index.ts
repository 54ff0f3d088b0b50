/**
 * Runs inside a real extension host, which calls `run` (VS Code's `extensionTestsPath`). Bundled to `out/inHost/index.cjs`
 * by build.ts; what happened goes, test by test, to the file that HUSH_IN_HOST_RESULTS names.
 */
import { writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import Mocha from 'mocha';
import * as vscode from 'vscode';
import { EXTENSION_ID, type InHostResult } from './results.ts';
import { connectWorld, WORLD_VARIABLE } from './world.ts';

export async function run(): Promise<void> {
    const world = connectWorld(process.env[WORLD_VARIABLE] ?? '');
    const begins = await world.begin(vscode.workspace.workspaceFolders?.[0]?.name ?? '');
    if (begins !== 'suite') {
        if (begins !== 'nothing') {
            await vscode.extensions.getExtension(EXTENSION_ID)?.activate();
            const { live } = await import('./complement/life.ts');
            await live(world, begins);
        }
        return new Promise(() => undefined); // until somebody kills this host
    }
    const results: InHostResult[] = [];
    const file = process.env['HUSH_IN_HOST_RESULTS'];
    try {
        await vscode.extensions.getExtension(EXTENSION_ID)?.activate();
        const mocha = new Mocha({ ui: 'bdd', timeout: 20_000, reporter: Mocha.reporters.Base });
        const only = process.env['HUSH_IN_HOST_GREP'];
        if (only !== undefined) mocha.fgrep(only);
        // Makes `import { describe } from 'mocha'` of the files below mean this run.
        mocha.suite.emit('pre-require', globalThis, 'inHost', mocha);
        await import('./commands.test.ts');
        await import('./settings.test.ts');
        await import('./account.test.ts');
        await import('./documents.test.ts');
        await import('./complement/roomKeys.test.ts');
        await import('./complement/deviceKeys.test.ts');
        await import('./complement/toDevice.test.ts');
        await import('./complement/membership.test.ts');
        await import('./complement/backup.test.ts');
        await import('./complement/lies.test.ts');
        await import('./complement/federation.test.ts');
        await import('./end.test.ts');
        const done = (title: string, error?: unknown): void => {
            results.push({ title, error: error === undefined ? undefined : text(error) });
            // So that one can tell where a suite that does not end has come to.
            if (file !== undefined) writeFileSync(`${file}.begun`, title);
        };
        await new Promise<void>((resolve) => {
            mocha
                .run(() => resolve())
                .on('pass', (test) => done(test.fullTitle()))
                .on('fail', (test, error: unknown) => done(test.fullTitle(), error));
        });
    } catch (error) {
        results.push({ title: 'the suite starts', error: text(error) });
    }
    if (file !== undefined) await writeFile(file, JSON.stringify(results));
    for (const { title, error } of results)
        console.log(`${error === undefined ? 'passed' : 'FAILED'}: ${title}${error === undefined ? '' : `\n${error}`}`);
    const failed = results.filter(({ error }) => error !== undefined).length;
    if (failed > 0) throw new Error(`${failed} of ${results.length} in-host tests failed.`);
}

function text(error: unknown): string {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
