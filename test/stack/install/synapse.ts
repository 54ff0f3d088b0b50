import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { installOnce } from '../cache.ts';
import type { Progress } from '../progress.ts';
import { findProgram, run } from '../run.ts';

const VERSION = '1.163.2';
const AUTHLIB = '1.6.6';

export interface SynapseInstall {
    /** The Python of its own virtual environment: `python -m synapse.app.homeserver`. */
    readonly python: string;
}

/** Rejects with one sentence where there is no Python 3.10 with the venv module, or no package index. */
export async function ensureSynapse(progress: Progress): Promise<SynapseInstall> {
    const part = progress.part(`Synapse ${VERSION}`);
    const bin = process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python'];
    const folder = await installOnce({
        name: `synapse-${VERSION}`,
        takes: 'about 40 s',
        part,
        async install(into) {
            // A moved environment keeps working through `python -m`; only its pip-made scripts hold the old path.
            await run('synapse', suitablePython(), ['-m', 'venv', into]);
            const pip = [
                '-m',
                'pip',
                'install',
                '--no-input',
                '--disable-pip-version-check',
                `matrix-synapse==${VERSION}`,
            ];
            await run('synapse', join(into, ...bin), pip);
        },
    });
    return { python: join(folder, ...bin) };
}

/** A folder for PYTHONPATH with what Synapse needs to sign people in at an OpenID provider. */
export async function ensureSynapseOidc(progress: Progress): Promise<string> {
    const { python } = await ensureSynapse(progress);
    return installOnce({
        name: `authlib-${AUTHLIB}`,
        takes: 'about 5 s',
        part: progress.part(`Authlib ${AUTHLIB}`),
        install: (into) =>
            run('authlib', python, [
                ...['-m', 'pip', 'install', '--no-input', '--disable-pip-version-check'],
                ...['--no-deps', '--target', into, `authlib==${AUTHLIB}`],
            ]),
    });
}

function suitablePython(): string {
    const advice = 'on Debian or Ubuntu: apt-get install python3 python3-venv; on macOS: brew install python';
    const python = findProgram('python3', 'python');
    if (python === undefined)
        throw new Error(`Synapse needs Python 3.10 or newer, and there is none on the PATH (${advice}).`);
    const probe = 'import sys, venv, ensurepip; sys.exit(0 if sys.version_info >= (3, 10) else 3)';
    const { status } = spawnSync(python, ['-c', probe], { stdio: 'ignore' });
    if (status === 3) throw new Error(`Synapse needs Python 3.10 or newer, and ${python} is older (${advice}).`);
    if (status !== 0) throw new Error(`Python's venv module is missing (${advice}).`);
    return python;
}
