/**
 * The starter's side of test/inHost/world.ts: Synapse, faults on the way to it, and windows whose hosts the tests kill.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { faultOf } from '../../integration/support/faultRules.ts';
import { startFaultProxy, type FaultProxy } from '../../integration/support/faultProxy.ts';
import type { FederatedServer, HostWorld, Life } from '../../inHost/world.ts';
import { startFederation, type Federation } from '../../stack/federation.ts';
import type { Synapse } from '../../stack/synapse.ts';
import { addDevices } from './bareDevices.ts';

export interface WindowForHost {
    /** Its extension host's process. */
    pid(): Promise<number>;
    close(): Promise<void>;
}
export interface RunningHostWorld {
    /** For the environment of the extension hosts. */
    readonly address: string;
    stop(): Promise<void>;
}

/** Name of the folder whose window runs the suite. */
export const SUITE_FOLDER = 'workspace';
/** ms that a request for news waits. The asker then asks again. */
const NEWS_WITHIN = 5_000;

/** A server that was away is tried again within a second or two, instead of minutes. */
const IMPATIENT = {
    config: {
        federation: {
            max_short_retry_delay: '1s',
            max_long_retry_delay: '1s',
            destination_min_retry_interval: '1s',
            destination_max_retry_interval: '2s',
        },
    },
};

export async function startHostWorld(
    synapse: Pick<Synapse, 'baseUrl' | 'createAccount'>,
    openWindow: (folder: string) => Promise<WindowForHost>,
): Promise<RunningHostWorld> {
    const secret = randomBytes(24).toString('base64url');
    const lines: { proxy: FaultProxy; release?: () => void }[] = [];
    const lives: { told: string[]; window?: WindowForHost }[] = [];
    const toBegin = new Map<string, Life | 'suite'>([[SUITE_FOLDER, 'suite']]);
    const waiting = new Set<() => void>();
    const wake = (): void => {
        for (const check of waiting) check();
    };
    async function news<T>(list: readonly T[], from: number): Promise<readonly T[]> {
        const { promise, resolve } = Promise.withResolvers<void>();
        const check = (): void => (list.length > from ? resolve() : undefined);
        waiting.add(check);
        const timer = setTimeout(resolve, NEWS_WITHIN);
        check();
        await promise;
        waiting.delete(check);
        clearTimeout(timer);
        return list.slice(from);
    }
    const at = <T>(list: readonly T[], index: number): T => {
        const found = list[index];
        if (found === undefined) throw new Error(`there is no ${index}`);
        return found;
    };

    let federating: Promise<Federation> | undefined;
    const federation = (): Promise<Federation> => (federating ??= startFederation(IMPATIENT));
    const serverOf = async (
        server: FederatedServer | undefined,
    ): Promise<Pick<Synapse, 'baseUrl' | 'createAccount'>> =>
        server ? (await federation()).servers[server === 'near' ? 0 : 1] : synapse; // null, where JSON had undefined

    const world: HostWorld = {
        begin(folder) {
            const begins = toBegin.get(folder) ?? 'nothing';
            toBegin.delete(folder);
            return Promise.resolve(begins);
        },
        createAccount: async (localpart, options, server) => (await serverOf(server)).createAccount(localpart, options),
        addDevices: (user, count) => addDevices(synapse.baseUrl, user, count),
        async openLine(server) {
            const proxy = await startFaultProxy((await serverOf(server)).baseUrl);
            void proxy.until(() => (wake(), false)); // called for each request
            return { line: lines.push({ proxy }) - 1, url: proxy.url };
        },
        async setFarAway(away) {
            const far = (await federation()).servers[1];
            await (away ? far.halt() : far.restart());
        },
        setFaults(line, rules) {
            at(lines, line).proxy.meddle(faultOf(rules));
            return Promise.resolve();
        },
        holdAnswers(line, path) {
            const held = at(lines, line);
            held.release?.();
            held.release = path === null ? () => undefined : held.proxy.holdAnswers((p) => p.path.includes(path));
            return Promise.resolve();
        },
        seen: (line, from) => news(at(lines, line).proxy.seen, from),
        async startLife(stored, dataDir) {
            const id = lives.push({ told: [] }) - 1;
            toBegin.set(`life${id}`, { id, stored, dataDir });
            at(lives, id).window = await openWindow(`life${id}`);
            return id;
        },
        tell(life, line) {
            at(lives, life).told.push(line);
            wake();
            return Promise.resolve();
        },
        told: (life, from) => news(at(lives, life).told, from),
        async kill(life) {
            const { window } = at(lives, life);
            if (!window) throw new Error('it has no window');
            process.kill(await window.pid(), 'SIGKILL');
            await window.close();
        },
    };

    const server = createServer((incoming, answer) => {
        const reply = (body: { result?: unknown; error?: string }): void => {
            answer.writeHead(200, { 'Content-Type': 'application/json' });
            answer.end(JSON.stringify(body));
        };
        if (incoming.headers.authorization !== `Bearer ${secret}`) return void answer.writeHead(403).end();
        textOf(incoming)
            .then(async (text) => {
                const { method, args } = JSON.parse(text) as { method: keyof HostWorld; args: never[] };
                const ask = world[method] as (...all: never[]) => Promise<unknown>;
                reply({ result: await ask(...args) });
            })
            .catch((error: unknown) => reply({ error: String(error) }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return {
        address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/#${secret}`,
        async stop() {
            server.closeAllConnections();
            await new Promise((resolve) => server.close(resolve));
            for (const { proxy, release } of lines) {
                release?.();
                await proxy.stop();
            }
            await (await federating)?.stop();
        },
    };
}

async function textOf(incoming: IncomingMessage): Promise<string> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString('utf8');
}
