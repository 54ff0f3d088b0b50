import { createServer } from 'node:net';
import type { Managed } from './processes.ts';
import { lastLines } from './run.ts';

const POLL_MS = 50;

/** `count` different TCP ports of 127.0.0.1 that were free a moment ago. */
export async function freePorts(count: number): Promise<number[]> {
    // Hold all ports open together. Otherwise the system may return the same one twice.
    const servers = Array.from({ length: count }, () => createServer());
    try {
        return await Promise.all(
            servers.map(
                (server) =>
                    new Promise<number>((done, fail) => {
                        server.once('error', fail);
                        server.listen(0, '127.0.0.1', () => {
                            const address = server.address();
                            if (address === null || typeof address === 'string') fail(new Error('no TCP address'));
                            else done(address.port);
                        });
                    }),
            ),
        );
    } finally {
        for (const server of servers) server.close();
    }
}

export interface Readiness {
    readonly name: string;
    /** Answers any 2xx or 3xx once the server is up. */
    readonly url: string;
    readonly process: Managed;
    readonly log: string;
    /** Default 60,000 ms. */
    readonly deadlineMs?: number;
}

/** Resolves when the server answers; rejects with the end of its log when it dies or the deadline passes. */
export async function untilReady({ name, url, process: child, log, deadlineMs = 60_000 }: Readiness): Promise<void> {
    const deadline = Date.now() + deadlineMs;
    while (child.alive && Date.now() < deadline) {
        try {
            const answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(2_000) });
            await answer.body?.cancel();
            if (answer.status < 400) return;
        } catch {
            // not listening yet
        }
        await new Promise((done) => setTimeout(done, POLL_MS));
    }
    const why = child.alive ? `did not answer within ${deadlineMs / 1000} s` : 'ended while starting';
    const log12 = await lastLines(log);
    await child.stop();
    throw new Error(`${name} ${why}. The end of its log (${log}):\n${log12}`);
}
