/** A virtual X display, for browsers that capture a whole screen. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';

const xvfbBinary = '/usr/bin/Xvfb';
export const hasXvfb = (): boolean => existsSync(xvfbBinary);

/** Picks a free number by itself. */
export async function startDisplay(): Promise<{ readonly name: string; stop(): Promise<void> }> {
    const child = spawn(xvfbBinary, ['-displayfd', '3', '-screen', '0', '1280x720x24', '-nolisten', 'tcp'], {
        stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    });
    const exited = new Promise<void>((done) => child.once('exit', () => done()));
    const number = await new Promise<string>((resolve, reject) => {
        child.stdio[3]?.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
        child.once('exit', () => reject(new Error('Xvfb ended')));
    });
    return {
        name: `:${number}`,
        async stop() {
            child.kill();
            await exited;
        },
    };
}
