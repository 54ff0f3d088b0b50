/** `npm run package`: bundles and writes `hush-<version>.vsix`. Also used by the demo and the end-to-end tests. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createProgress, type Progress } from './progress.ts';
import { run } from './run.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Builds the bundles and packs them; returns the file's absolute path. Rejects with the failing step's own words. */
export async function packageVsix(progress: Progress): Promise<string> {
    const part = progress.part('Hush');
    part.say('bundling (about 5 s)');
    await run('esbuild', process.execPath, [join(root, 'esbuild.mjs')], { cwd: root });
    const { name, version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { name: string; version: string };
    const file = join(root, `${name}-${version}.vsix`);
    part.say('packing the VSIX');
    // Everything the extension needs is in its bundles: node_modules stays out.
    await run('vsce', process.execPath, [join(root, 'node_modules/@vscode/vsce/vsce'), 'package', '--no-dependencies', '--out', file], { cwd: root });
    part.say(`${name}-${version}.vsix, ${((await stat(file)).size / 1_000_000).toFixed(2)} MB`);
    return file;
}

if (import.meta.main) await packageVsix(createProgress(1));
