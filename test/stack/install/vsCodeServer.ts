import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installOnce } from '../cache.ts';
import type { Progress } from '../progress.ts';
import { run } from '../run.ts';

const VERSION = '4.139.1';

export interface VsCodeServerInstall {
    /** The server's entry point, to be started with Node 24. */
    readonly serverMain: string;
}

/** Rejects with one sentence and the end of npm's log if the packages cannot be downloaded. */
export async function ensureVsCodeServer(progress: Progress): Promise<VsCodeServerInstall> {
    const part = progress.part(`VS Code server (code-server ${VERSION})`);
    const inside = ['node_modules', 'code-server', 'lib', 'vscode'];
    const folder = await installOnce({
        name: `code-server-${VERSION}`,
        takes: 'about 100 s',
        part,
        async install(into) {
            const vscode = join(into, ...inside);
            await writeFile(join(into, 'package.json'), '{"private":true}\n');
            // Skip its postinstall. It also builds parts that the server does not need (Kerberos), for two minutes.
            const quick = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
            await npm(['install', `code-server@${VERSION}`, ...quick], into);
            await npm(['install', '--omit=dev', ...quick], vscode);
            await npm(['rebuild', '--ignore-scripts=false', '@vscode/spdlog', '@vscode/native-watchdog'], vscode);
            await mkdir(join(vscode, 'extensions'), { recursive: true });
        },
    });
    return { serverMain: join(folder, ...inside, 'out', 'server-main.js') };
}

function npm(args: readonly string[], cwd: string): Promise<void> {
    return run('code-server', process.platform === 'win32' ? 'npm.cmd' : 'npm', args, { cwd });
}
