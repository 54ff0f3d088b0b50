/**
 * Runs inside a real extension host, which calls `run` (VS Code's `extensionTestsPath`). Bundled to `out/inHost/index.cjs`
 * by build.ts; what happened goes, test by test, to the file that HUSH_IN_HOST_RESULTS names.
 */
import { writeFile } from 'node:fs/promises';
import Mocha from 'mocha';
import * as vscode from 'vscode';
import { EXTENSION_ID, type InHostResult } from './results.ts';

export async function run(): Promise<void> {
    const results: InHostResult[] = [];
    try {
        await vscode.extensions.getExtension(EXTENSION_ID)?.activate();
        const mocha = new Mocha({ ui: 'bdd', timeout: 20_000, reporter: Mocha.reporters.Base });
        // Makes `import { describe } from 'mocha'` of the files below mean this run.
        mocha.suite.emit('pre-require', globalThis, 'inHost', mocha);
        await import('./commands.test.ts');
        await import('./settings.test.ts');
        await import('./account.test.ts');
        await import('./documents.test.ts');
        await import('./end.test.ts');
        await new Promise<void>((resolve) => {
            mocha
                .run(() => resolve())
                .on('pass', (test) => results.push({ title: test.fullTitle(), error: undefined }))
                .on('fail', (test, error: unknown) => results.push({ title: test.fullTitle(), error: text(error) }));
        });
    } catch (error) {
        results.push({ title: 'the suite starts', error: text(error) });
    }
    const file = process.env['HUSH_IN_HOST_RESULTS'];
    if (file !== undefined) await writeFile(file, JSON.stringify(results));
    for (const { title, error } of results)
        console.log(`${error === undefined ? 'passed' : 'FAILED'}: ${title}${error === undefined ? '' : `\n${error}`}`);
    const failed = results.filter(({ error }) => error !== undefined).length;
    if (failed > 0) throw new Error(`${failed} of ${results.length} in-host tests failed.`);
}

function text(error: unknown): string {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
