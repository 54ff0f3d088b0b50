/** A LiveKit for one page test: free ports, loopback only, ended with the test. */
import { AccessToken, TrackSource, type VideoGrant } from 'livekit-server-sdk';
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { eventually } from '../../stack/eventually.ts';
import { cacheRoot } from '../../stack/lock.mjs';

const KEY = 'testkey';
const SECRET = 'a-test-secret-of-at-least-32-characters';

export interface PageLiveKit {
    readonly url: string;
    publisherToken(room: string, identity: string): Promise<string>;
    viewerToken(room: string, identity: string): Promise<string>;
    /** A token for a participant with another client: any source. */
    viewerAndPublisher(room: string, identity: string): Promise<string>;
    stop(): Promise<void>;
    /** Crashes and starts again at the same address, without rooms. */
    restart(): Promise<void>;
}

export async function startPageLiveKit(): Promise<PageLiveKit> {
    const [port, tcp, udp] = [await freePort(), await freePort(), await freePort()];
    const config = [
        `port: ${port}`,
        'bind_addresses: ["127.0.0.1"]',
        'rtc:',
        `  tcp_port: ${tcp}`,
        `  udp_port: ${udp}`,
        '  use_external_ip: false',
        '  node_ip: 127.0.0.1',
        '  enable_loopback_candidate: true',
        'keys:',
        `  ${KEY}: ${SECRET}`,
        'logging:',
        '  level: error',
    ].join('\n');
    const base = `127.0.0.1:${port}`;
    let running = await run(config, base);
    const token = (identity: string, grant: VideoGrant): Promise<string> => {
        const access = new AccessToken(KEY, SECRET, { identity, ttl: '1h' });
        access.addGrant({ roomJoin: true, canPublishData: true, ...grant });
        return access.toJwt();
    };
    return {
        url: `ws://${base}`,
        publisherToken: (room, identity) =>
            token(identity, {
                room,
                canPublish: true,
                canPublishSources: [TrackSource.SCREEN_SHARE],
                canSubscribe: false,
            }),
        viewerToken: (room, identity) => token(identity, { room, canPublish: false, canSubscribe: true }),
        viewerAndPublisher: (room, identity) => token(identity, { room, canPublish: true, canSubscribe: true }),
        stop: () => running(),
        async restart() {
            await running();
            running = await run(config, base);
        },
    };
}

/** Resolves when the server answers, with a function that ends it. */
async function run(config: string, base: string): Promise<() => Promise<void>> {
    const child = spawn(binary(), ['--config-body', config], { stdio: ['ignore', 'ignore', 'inherit'] });
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    await eventually(async () => {
        if (child.exitCode !== null) throw new Error('LiveKit did not start');
        return fetch(`http://${base}`).then(
            (r) => r.ok,
            () => false,
        );
    }, 'LiveKit');
    return async () => {
        child.kill('SIGKILL'); // like a crash: nobody gets a message
        await exited;
    };
}

function binary(): string {
    const named = process.env['HUSH_LIVEKIT'];
    if (named) return named;
    const cache = cacheRoot();
    for (const folder of existsSync(cache) ? readdirSync(cache) : []) {
        if (!folder.startsWith('livekit-')) continue;
        for (const name of ['server', 'livekit-server', join('bin', 'server')]) {
            const file = join(cache, folder, name);
            if (existsSync(file)) return file;
        }
    }
    return 'livekit-server';
}

async function freePort(): Promise<number> {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    await new Promise((done) => server.close(done));
    return port;
}
