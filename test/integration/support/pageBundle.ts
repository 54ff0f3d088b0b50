/** Builds the page's bundles as the real build does, in their own folder, so that tests need no full build. */
import { build } from 'esbuild';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let built: Promise<string> | undefined;

/** Returns the folder with page.js, page.css and mediaWorker.js. Built once per process. */
export function pageBundle(): Promise<string> {
    return (built ??= bundle());
}

async function bundle(): Promise<string> {
    const outdir = await mkdtemp(join(tmpdir(), 'hush-page-'));
    await build({
        bundle: true,
        minify: true,
        platform: 'browser',
        target: ['chrome128', 'firefox128'],
        format: 'iife',
        entryPoints: { page: 'src/webview/mediaPage.ts', mediaWorker: 'src/livekit/browser/mediaWorker.ts' },
        outdir,
        logLevel: 'warning',
        legalComments: 'none',
    });
    return outdir;
}
