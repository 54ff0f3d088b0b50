import { randomBytes } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureLiveKit } from './install/liveKit.ts';
import { freePorts, untilReady } from './net.ts';
import { removeAtEnd, startProcess, type Managed } from './processes.ts';
import { silentProgress, type Progress } from './progress.ts';

export interface LiveKit {
    /** `ws://127.0.0.1:<port>` */
    readonly url: string;
    readonly apiKey: string;
    readonly apiSecret: string;
    readonly log: string;
    stop(): Promise<void>;
    /** The server hangs until `thaw`, like one that cannot be reached. Not on Windows. */
    freeze(): void;
    thaw(): void;
    /** Ends the server at once and keeps its settings: "the media server is away" until `restart`. */
    halt(): Promise<void>;
    /** Starts the same server again on the same ports, without its old rooms. */
    restart(): Promise<void>;
}

export interface StartLiveKitOptions {
    readonly progress?: Progress;
    /** Whether a join makes a room. Default false: only the authoriser makes rooms, as MatrixRTC recommends. */
    readonly autoCreate?: boolean;
}

/** Starts a real LiveKit server for this machine only, with a random key. Rejects with the end of its log. */
export async function startLiveKit({
    progress = silentProgress,
    autoCreate = false,
}: StartLiveKitOptions = {}): Promise<LiveKit> {
    const { server } = await ensureLiveKit(progress);
    const [port, tcpPort, udpPort] = await freePorts(3);
    const folder = await mkdtemp(join(tmpdir(), 'hush-livekit-'));
    const remove = removeAtEnd(folder);
    const apiKey = `hush${randomBytes(6).toString('hex')}`;
    const apiSecret = randomBytes(32).toString('base64url');
    const log = join(folder, 'livekit.log');
    const config = join(folder, 'livekit.json');
    const settings = {
        port,
        bind_addresses: ['127.0.0.1'],
        keys: { [apiKey]: apiSecret },
        room: { auto_create: autoCreate },
        rtc: {
            tcp_port: tcpPort,
            udp_port: udpPort,
            use_external_ip: false,
            node_ip: '127.0.0.1',
            // Media stays on the loopback interface, too, so that it works without a network.
            enable_loopback_candidate: true,
            ips: { includes: ['127.0.0.1/32'] },
        },
        logging: { level: 'info', json: false },
    };
    await writeFile(config, JSON.stringify(settings), { mode: 0o600 });
    const start = async (): Promise<Managed> => {
        const child = startProcess(server, ['--config', config], { cwd: folder, log });
        await untilReady({ name: 'LiveKit', url: `http://127.0.0.1:${port}/`, process: child, log });
        return child;
    };
    let running = await start().catch(async (error: unknown) => {
        await remove();
        throw error;
    });
    /** SIGKILL, because a normal end waits until all participants leave. */
    const halt = (): Promise<void> => {
        running.kill();
        return running.stop();
    };
    return {
        url: `ws://127.0.0.1:${port}`,
        apiKey,
        apiSecret,
        log,
        async stop() {
            await running.stop();
            await remove();
        },
        freeze: () => process.kill(running.pid, 'SIGSTOP'),
        thaw: () => process.kill(running.pid, 'SIGCONT'),
        halt,
        async restart() {
            await halt();
            running = await start();
        },
    };
}
