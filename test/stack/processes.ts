import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

/** After SIGTERM a process has this long before SIGKILL, in ms. Synapse takes up to 2 s. */
const TERM_DEADLINE_MS = 5_000;

export interface StartOptions {
    readonly cwd?: string;
    /** Added to this process's own environment; undefined removes a variable. */
    readonly env?: Readonly<Record<string, string | undefined>>;
    /** Standard output and error are appended to this file. Without it they are discarded. */
    readonly log?: string;
}

export interface Managed {
    readonly pid: number;
    /** Exit status; -1 for a death by signal or a program that could not be started. Never rejects. */
    readonly exited: Promise<number>;
    readonly alive: boolean;
    /** Ends the process and everything it started in its group; resolves when it is gone. Idempotent. */
    stop(): Promise<void>;
    /** SIGKILL to the whole group at once: for tests of crashes. */
    kill(): void;
}

type Cleanup = () => Promise<void> | void;
const cleanups = new Set<Cleanup>();
const groups = new Set<number>();
const folders = new Set<string>();
let reaper: ChildProcess | undefined;

/**
 * Starts a program in its own process group. The group ends with this process, however that ends: normally, by Ctrl-C
 * or SIGTERM, by an uncaught error, or by SIGKILL (a small reaper watches from outside).
 */
export function startProcess(command: string, args: readonly string[], options: StartOptions = {}): Managed {
    watchOverExit();
    const log = options.log === undefined ? undefined : openSync(options.log, 'a');
    if (log !== undefined) writeSync(log, `$ ${command} ${args.join(' ')}\n`);
    const env = Object.fromEntries(
        Object.entries({ ...process.env, ...options.env }).filter(([, value]) => value !== undefined),
    );
    const child = spawn(command, args, {
        env,
        detached: process.platform !== 'win32',
        stdio: ['ignore', log ?? 'ignore', log ?? 'ignore'],
        ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    if (log !== undefined) closeSync(log);
    const { pid } = child;
    let alive = pid !== undefined;
    const exited = new Promise<number>((done) => {
        child.on('error', () => done(-1));
        child.on('exit', (code) => done(code ?? -1));
    }).finally(() => {
        alive = false;
    });
    if (pid === undefined) return { pid: 0, exited, alive: false, stop: async () => {}, kill: () => {} };

    groups.add(pid);
    tellReaper(`+${pid}`);
    const stop = async (): Promise<void> => {
        signalGroup(pid, 'SIGTERM');
        let timer: NodeJS.Timeout | undefined;
        const deadline = new Promise<void>((done) => (timer = setTimeout(done, TERM_DEADLINE_MS)));
        await Promise.race([exited, deadline]);
        clearTimeout(timer);
        signalGroup(pid, 'SIGKILL'); // what the leader left in its group
        await exited;
        groups.delete(pid);
        tellReaper(`-${pid}`);
        cleanups.delete(stop);
    };
    cleanups.add(stop);
    return {
        pid,
        exited,
        stop,
        get alive() {
            return alive;
        },
        kill: () => signalGroup(pid, 'SIGKILL'),
    };
}

/** Runs `cleanup` when this process is told to end. Returns a function that forgets it again. */
export function onShutdown(cleanup: Cleanup): () => void {
    watchOverExit();
    cleanups.add(cleanup);
    return () => cleanups.delete(cleanup);
}

/**
 * Removes a temporary folder after every process is gone, also after SIGKILL of this process.
 * Returns the removal for the normal case; it is idempotent.
 */
export function removeAtEnd(folder: string): () => Promise<void> {
    watchOverExit();
    folders.add(folder);
    tellReaper(`>${folder}`);
    return async () => {
        await removeFolder(folder);
        folders.delete(folder);
        tellReaper(`<${folder}`);
    };
}

/** Ends everything that was started here. Called on Ctrl-C; a test runner calls it in its last hook. */
export async function shutDown(): Promise<void> {
    const pending = [...cleanups];
    cleanups.clear();
    await Promise.allSettled(pending.map(async (cleanup) => cleanup()));
    await Promise.allSettled([...folders].map(removeFolder)); // only now nobody writes there any more
}

function removeFolder(folder: string): Promise<void> {
    return rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
    try {
        if (process.platform === 'win32') spawn('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore' });
        else process.kill(-pid, signal);
    } catch {
        // The group is gone already.
    }
}

let ending = false;
/** Returns true once this process was told to end. Later failures need no report. */
export function isEnding(): boolean {
    return ending;
}

let watching = false;
function watchOverExit(): void {
    if (watching) return;
    watching = true;
    const end = (code: number): void => {
        if (ending) return; // a terminal sends Ctrl-C to every process of the group, and bootstrap forwards it too
        ending = true;
        void shutDown().finally(() => process.exit(code));
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
        process.on(signal, () => end(128 + constants.signals[signal]));
    }
    // Also after an uncaught error. This file does not handle that error, because the test runner does.
    process.on('exit', () => {
        for (const pid of groups) signalGroup(pid, 'SIGKILL');
    });
    reaper = spawn(process.execPath, [fileURLToPath(new URL('reaper.mjs', import.meta.url))], {
        detached: true,
        stdio: ['pipe', 'ignore', 'ignore'],
    });
    reaper.stdin?.on('error', () => {}); // without a reaper everything but SIGKILL still cleans up
    reaper.unref();
    // A pipe keeps the event loop alive unless it is unreferenced. Its type does not show that it is a socket.
    (reaper.stdin as { unref?: () => void } | null)?.unref?.();
}

function tellReaper(line: string): void {
    reaper?.stdin?.write(`${line}\n`);
}
