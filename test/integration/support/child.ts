/** A Node process that prints lines and can be killed. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { until } from './matrixAccounts.ts';

export interface Child {
    readonly pid: number;
    readonly lines: string[];
    /** Resolves when `holds` accepts the lines. */
    until(holds: (lines: readonly string[]) => boolean, what: string): Promise<void>;
    /** Called for every line. */
    onLine(listener: (line: string) => void): void;
    /** Sends a line to its input. */
    tell(line: string): void;
    /** SIGKILL. Resolves when all its output was read. */
    kill(): Promise<void>;
    /** SIGTERM. Resolves with the exit code when the process has ended. */
    end(): Promise<number | null>;
}

/** `script`: a file in this folder. */
export function startChild(script: string, ...args: readonly string[]): Child {
    const path = fileURLToPath(new URL(script, import.meta.url));
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', path, ...args], {
        stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines: string[] = [];
    const listeners = new Set<(line: string) => void>();
    const reader = createInterface(child.stdout).on('line', (line) => {
        lines.push(line);
        for (const listener of listeners) listener(line);
    });
    // Output of a killed process may still be in the pipe after its exit.
    const silent = new Promise((resolve) => reader.once('close', resolve));
    const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
    return {
        pid: child.pid ?? 0,
        lines,
        until: (holds, what) =>
            until(
                () => holds(lines),
                (check) => {
                    listeners.add(check);
                    return { dispose: () => listeners.delete(check) };
                },
                `${what} from the child; it said ${lines.slice(-5).join(' | ')}`,
            ),
        onLine: (listener) => void listeners.add(listener),
        tell: (line) => void child.stdin.write(`${line}\n`),
        async kill() {
            child.kill('SIGKILL');
            await silent;
        },
        async end() {
            child.kill('SIGTERM');
            await silent;
            return exited;
        },
    };
}
