import { randomBytes } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureCoturn } from './install/optional.ts';
import { freePorts } from './net.ts';
import { removeAtEnd, startProcess } from './processes.ts';
import { silentProgress, type Progress } from './progress.ts';
import { lastLines } from './run.ts';
import type { TurnOptions } from './synapseConfig.ts';

export interface Turn {
    /** For startSynapse's option `turn`. */
    readonly turn: TurnOptions;
    readonly log: string;
    stop(): Promise<void>;
}

const DEADLINE_MS = 10_000;

/**
 * Starts a TURN relay (UDP and TCP) on 127.0.0.1 with time-limited credentials. Returns a reason if there is no coturn.
 */
export async function startTurn(progress: Progress = silentProgress): Promise<Turn | { readonly reason: string }> {
    const coturn = await ensureCoturn(progress);
    if (coturn.path === undefined) return { reason: coturn.reason };
    const [port] = await freePorts(1);
    const folder = await mkdtemp(join(tmpdir(), 'hush-turn-'));
    const remove = removeAtEnd(folder);
    const log = join(folder, 'turn.log');
    const sharedSecret = randomBytes(24).toString('base64url');
    const where = ['--listening-ip=127.0.0.1', '--relay-ip=127.0.0.1', `--listening-port=${port}`, '--realm=localhost'];
    const auth = [
        '--use-auth-secret',
        `--static-auth-secret=${sharedSecret}`,
        '--allow-loopback-peers',
        '--cli-password=unused',
        '--no-cli',
    ];
    const files = [
        '-n',
        '--no-tls',
        '--no-dtls',
        '--log-file=stdout',
        `--pidfile=${join(folder, 'pid')}`,
        `--userdb=${join(folder, 'db')}`,
    ];
    const child = startProcess(coturn.path, [...where, ...auth, ...files], { cwd: folder, log });
    const stop = async (): Promise<void> => {
        await child.stop();
        await remove();
    };
    const deadline = Date.now() + DEADLINE_MS;
    while (child.alive && Date.now() < deadline) {
        if (await accepts(port ?? 0)) {
            const uris = [`turn:127.0.0.1:${port}?transport=udp`, `turn:127.0.0.1:${port}?transport=tcp`];
            return { turn: { uris, sharedSecret }, log, stop };
        }
        await new Promise((done) => setTimeout(done, 50));
    }
    const reason = `coturn did not start:\n${await lastLines(log)}`;
    await stop();
    return { reason };
}

function accepts(port: number): Promise<boolean> {
    return new Promise((done) => {
        const socket = connect(port, '127.0.0.1');
        socket.on('connect', () => {
            socket.destroy();
            done(true);
        });
        socket.on('error', () => done(false));
    });
}
