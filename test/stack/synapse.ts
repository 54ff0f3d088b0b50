import { randomBytes } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAccount, type Account, type AccountOptions } from './accounts.ts';
import { ensureSynapse, ensureSynapseOidc } from './install/synapse.ts';
import { freePorts, untilReady } from './net.ts';
import { removeAtEnd, startProcess } from './processes.ts';
import { silentProgress, type Progress } from './progress.ts';
import { synapseConfig, type SynapseOptions } from './synapseConfig.ts';

export interface Synapse {
    /** Without a trailing slash, e.g. `http://127.0.0.1:41234`. */
    readonly baseUrl: string;
    /** The part after the colon in user IDs. */
    readonly serverName: string;
    readonly log: string;
    /** Creates an account with the shared-secret registration of the admin API. */
    createAccount(localpart: string, options?: AccountOptions): Promise<Account>;
    /** Ends the server and removes its database. */
    stop(): Promise<void>;
    /** Ends the server and keeps its database: "the homeserver is away" until `restart`. */
    halt(): Promise<void>;
    /** Starts the same server again with the same port and database. */
    restart(): Promise<void>;
}

export interface StartSynapseOptions extends SynapseOptions {
    /** Default: a free one. */
    readonly port?: number;
    readonly progress?: Progress;
}

/** Starts a real Synapse with an empty SQLite database on 127.0.0.1. Rejects with the end of its log. */
export async function startSynapse(options: StartSynapseOptions = {}): Promise<Synapse> {
    const { python } = await ensureSynapse(options.progress ?? silentProgress);
    const oidc = options.config?.['oidc_providers'] !== undefined;
    const env = oidc ? { PYTHONPATH: await ensureSynapseOidc(options.progress ?? silentProgress) } : {};
    const port = options.port ?? (await onePort());
    const folder = await mkdtemp(join(tmpdir(), 'hush-synapse-'));
    const remove = removeAtEnd(folder);
    const registrationSecret = randomBytes(24).toString('base64url');
    const { federation } = options;
    const serverName = options.serverName ?? (federation ? `127.0.0.1:${federation.port}` : `localhost:${port}`);
    const baseUrl = `http://127.0.0.1:${port}`;
    const log = join(folder, 'synapse.log');
    const config = join(folder, 'homeserver.json');
    const seed = randomBytes(32).toString('base64').replaceAll('=', '');
    await writeFile(join(folder, 'signing.key'), `ed25519 a_hush ${seed}\n`, { mode: 0o600 });
    await writeFile(join(folder, 'log.json'), JSON.stringify(LOGGING));
    await writeFile(config, JSON.stringify(synapseConfig(options, { port, serverName, folder, registrationSecret })), {
        mode: 0o600,
    });

    const start = async () => {
        const child = startProcess(python, ['-m', 'synapse.app.homeserver', '-c', config], { cwd: folder, log, env });
        await untilReady({ name: 'Synapse', url: `${baseUrl}/health`, process: child, log });
        return child;
    };
    let running = await start().catch(async (error: unknown) => {
        await remove();
        throw error;
    });
    return {
        baseUrl,
        serverName,
        log,
        createAccount: (localpart, account) => createAccount({ baseUrl, registrationSecret }, localpart, account),
        async stop() {
            await running.stop();
            await remove();
        },
        halt: () => running.stop(),
        async restart() {
            await running.stop();
            running = await start();
        },
    };
}

async function onePort(): Promise<number> {
    const [port] = await freePorts(1);
    if (port === undefined) throw new Error('no free port');
    return port;
}

const LOGGING = {
    version: 1,
    formatters: { plain: { format: '%(asctime)s %(levelname)s %(name)s %(message)s' } },
    handlers: { console: { class: 'logging.StreamHandler', formatter: 'plain' } },
    root: { level: 'INFO', handlers: ['console'] },
    disable_existing_loggers: false,
};
