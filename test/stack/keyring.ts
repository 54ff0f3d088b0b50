import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureKeyring } from './install/optional.ts';
import { removeAtEnd, startProcess, type Managed } from './processes.ts';
import { silentProgress, type Progress } from './progress.ts';
import { lastLines } from './run.ts';

export interface Keyring {
    /** The environment with which a process uses this keychain and no other. */
    readonly env: Readonly<Record<string, string>>;
    stop(): Promise<void>;
}

const DEADLINE_MS = 10_000;

/** Starts an unlocked, empty gnome-keyring on its own session bus. Returns a reason if that is not possible. */
export async function startKeyring(
    progress: Progress = silentProgress,
): Promise<Keyring | { readonly reason: string }> {
    const programs = await ensureKeyring(progress);
    if ('reason' in programs) return programs;
    const home = await mkdtemp(join(tmpdir(), 'hush-keyring-'));
    const remove = removeAtEnd(home);
    const runtime = join(home, 'runtime');
    await mkdir(runtime, { mode: 0o700 });
    const [busLog, log] = [join(home, 'dbus.log'), join(home, 'keyring.log')];
    const running: Managed[] = [];
    const stop = async (): Promise<void> => {
        await Promise.all(running.map((child) => child.stop()));
        await remove();
    };
    const bus = startProcess(
        programs.dbus,
        ['--session', '--nofork', '--nopidfile', '--print-address=1', `--address=unix:dir=${runtime}`],
        { log: busLog },
    );
    running.push(bus);
    const address = await untilMatch(busLog, /^(unix:\S+)$/m, bus);
    if (address === undefined) {
        const reason = `The D-Bus session bus did not start: ${await lastLines(busLog, 3)}`;
        await stop();
        return { reason };
    }
    const env = { DBUS_SESSION_BUS_ADDRESS: address, XDG_DATA_HOME: join(home, 'data'), XDG_RUNTIME_DIR: runtime };
    // The daemon reads the password from standard input up to the end. A shell sends it without a terminal.
    const script = 'printf pw | "$0" --foreground --unlock --components=secrets';
    const daemon = startProcess('sh', ['-c', script, programs.daemon], { env, log });
    running.push(daemon);
    const ready = await untilServing(env, daemon);
    if (ready) return { env, stop };
    const reason = `gnome-keyring did not start: ${await lastLines(log, 3)}`;
    await stop();
    return { reason };
}

async function untilMatch(file: string, pattern: RegExp, child: Managed): Promise<string | undefined> {
    const deadline = Date.now() + DEADLINE_MS;
    while (child.alive && Date.now() < deadline) {
        const found = pattern.exec(await readFile(file, 'utf8'))?.[1];
        if (found !== undefined) return found;
        await new Promise((done) => setTimeout(done, 30));
    }
    return undefined;
}

/** Polls the bus until somebody owns the name of the Secret Service. */
async function untilServing(env: Readonly<Record<string, string>>, daemon: Managed): Promise<boolean> {
    const ask = [
        '--session',
        '--print-reply',
        '--dest=org.freedesktop.DBus',
        '/',
        'org.freedesktop.DBus.GetNameOwner',
        'string:org.freedesktop.secrets',
    ];
    const deadline = Date.now() + DEADLINE_MS;
    while (daemon.alive && Date.now() < deadline) {
        const code = await new Promise<number>((done) => {
            const child = spawn('dbus-send', ask, { env: { ...process.env, ...env }, stdio: 'ignore' });
            child.on('error', () => done(-1));
            child.on('exit', (status) => done(status ?? -1));
        });
        if (code === 0) return true;
        await new Promise((done) => setTimeout(done, 50));
    }
    return false;
}
