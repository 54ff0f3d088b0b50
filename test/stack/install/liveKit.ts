import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { installOnce } from '../cache.ts';
import type { Progress } from '../progress.ts';
import { findProgram, run } from '../run.ts';
import { ensureGo } from './go.ts';

const VERSION = '1.13.5';

export interface LiveKitInstall {
    readonly server: string;
}

/**
 * Uses `livekit-server` 1.x from the PATH, else builds it with Go, which is installed if missing. Rejects with one
 * sentence if that fails.
 */
export async function ensureLiveKit(progress: Progress): Promise<LiveKitInstall> {
    const part = progress.part(`LiveKit server ${VERSION}`);
    const present = findProgram('livekit-server');
    if (present !== undefined) {
        const version = /version (1\.\d+\.\d+)/.exec(
            spawnSync(present, ['--version'], { encoding: 'utf8' }).stdout ?? '',
        )?.[1];
        if (version !== undefined) {
            part.say(`using ${version} from the PATH`);
            return { server: present };
        }
    }
    const folder = await installOnce({
        name: `livekit-${VERSION}`,
        takes: 'about 2 min',
        part,
        async install(into) {
            const go = await ensureGo(part).catch((cause: unknown) => {
                throw new Error(
                    'LiveKit needs livekit-server 1.x or Go 1.24+ on the PATH, or Python 3.10 to get Go: install one of them and run this again.',
                    { cause },
                );
            });
            // Built from source, because the binaries are only on GitHub. Newer tags have replace directives.
            await run('livekit', go, ['install', `github.com/livekit/livekit-server/cmd/server@v${VERSION}`], {
                env: { GOBIN: into },
            });
        },
    });
    return { server: join(folder, process.platform === 'win32' ? 'server.exe' : 'server') };
}
