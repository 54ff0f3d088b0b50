/** Finds a Python that can make virtual environments. */
import { spawnSync } from 'node:child_process';
import { findProgram } from '../run.ts';

/** Path inside a virtual environment. */
export const VENV_PYTHON = process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python'];
export const PIP_INSTALL = ['-m', 'pip', 'install', '--no-input', '--disable-pip-version-check'];

/** `what`: the program that needs Python. Throws one sentence if there is no Python 3.10 with the venv module. */
export function suitablePython(what: string): string {
    const advice = 'on Debian or Ubuntu: apt-get install python3 python3-venv; on macOS: brew install python';
    const python = findProgram('python3', 'python');
    if (python === undefined)
        throw new Error(`${what} needs Python 3.10 or newer, and there is none on the PATH (${advice}).`);
    const probe = 'import sys, venv, ensurepip; sys.exit(0 if sys.version_info >= (3, 10) else 3)';
    const { status } = spawnSync(python, ['-c', probe], { stdio: 'ignore' });
    if (status === 3) throw new Error(`${what} needs Python 3.10 or newer, and ${python} is older (${advice}).`);
    if (status !== 0) throw new Error(`Python's venv module is missing (${advice}).`);
    return python;
}
