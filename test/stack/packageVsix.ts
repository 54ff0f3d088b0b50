/** `npm run package`: bundles and writes `hush-<version>.vsix`. Also used by the demo and the end-to-end tests. */
import { createHash } from 'node:crypto';
import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheRoot, withLock } from './lock.mjs';
import { pageReadme } from './pageReadme.ts';
import { createProgress, type Progress } from './progress.ts';
import { run } from './run.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Builds the bundles and packs them; returns the file's absolute path. Rejects with the failing step's own words. */
export async function packageVsix(progress: Progress): Promise<string> {
    const part = progress.part('Hush');
    const { name, version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
        name: string;
        version: string;
    };
    const file = join(root, `${name}-${version}.vsix`);
    // Two demos of one checkout (one for each person) may start together.
    const lock = join(cacheRoot(), 'locks', `package-${createHash('sha256').update(root).digest('hex').slice(0, 16)}`);
    await withLock(lock, async () => {
        part.say('bundling (about 5 s)');
        await run('esbuild', process.execPath, [join(root, 'esbuild.mjs')], { cwd: root });
        part.say('packing the VSIX');
        // The bundles contain everything, so node_modules is left out. The file is renamed at the end, so that a
        // parallel installation gets a whole one.
        const fresh = `${file}.${process.pid}.tmp`;
        const readme = 'dist/README.md';
        await writeFile(join(root, readme), pageReadme(await readFile(join(root, 'README.md'), 'utf8')));
        await run(
            'vsce',
            process.execPath,
            [
                join(root, 'node_modules/@vscode/vsce/vsce'),
                'package',
                '--no-dependencies',
                '--readme-path',
                readme,
                '--out',
                fresh,
            ],
            { cwd: root },
        );
        await rename(fresh, file);
    });
    part.say(`${name}-${version}.vsix, ${((await stat(file)).size / 1_000_000).toFixed(2)} MB`);
    return file;
}

if (import.meta.main) await packageVsix(createProgress(1));
