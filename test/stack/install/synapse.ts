import { join } from 'node:path';
import { installOnce } from '../cache.ts';
import type { Progress } from '../progress.ts';
import { run } from '../run.ts';
import { PIP_INSTALL, suitablePython, VENV_PYTHON } from './python.ts';

const VERSION = '1.163.2';
const AUTHLIB = '1.6.6';

export interface SynapseInstall {
    /** The Python of its own virtual environment: `python -m synapse.app.homeserver`. */
    readonly python: string;
}

/** Rejects with one sentence if there is no Python 3.10 with the venv module, or no package index. */
export async function ensureSynapse(progress: Progress): Promise<SynapseInstall> {
    const part = progress.part(`Synapse ${VERSION}`);
    const folder = await installOnce({
        name: `synapse-${VERSION}`,
        takes: 'about 40 s',
        part,
        async install(into) {
            // A moved environment keeps working through `python -m`; only its pip-made scripts hold the old path.
            await run('synapse', suitablePython('Synapse'), ['-m', 'venv', into]);
            await run('synapse', join(into, ...VENV_PYTHON), [...PIP_INSTALL, `matrix-synapse==${VERSION}`]);
        },
    });
    return { python: join(folder, ...VENV_PYTHON) };
}

/** Returns a folder for PYTHONPATH. It contains what Synapse needs for a sign-in at an OpenID provider. */
export async function ensureSynapseOidc(progress: Progress): Promise<string> {
    const { python } = await ensureSynapse(progress);
    return installOnce({
        name: `authlib-${AUTHLIB}`,
        takes: 'about 5 s',
        part: progress.part(`Authlib ${AUTHLIB}`),
        install: (into) =>
            run('authlib', python, [...PIP_INSTALL, '--no-deps', '--target', into, `authlib==${AUTHLIB}`]),
    });
}
