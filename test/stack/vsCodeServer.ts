import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ensureVsCodeServer } from './install/vsCodeServer.ts';
import { freePorts, untilReady } from './net.ts';
import { processTable } from './processTable.ts';
import { removeAtEnd, startProcess, type Managed } from './processes.ts';
import { silentProgress, type Progress } from './progress.ts';
import { run } from './run.ts';

export interface VsCodeServerOptions {
    readonly progress?: Progress;
    /** Packaged extensions to install, as files. */
    readonly vsix?: readonly string[];
    /** Where it keeps extensions, settings and state. Default: a temporary folder that `stop` removes. */
    readonly dataDir?: string;
    /** Default: a free one. The same port again keeps a browser profile's state for this server. */
    readonly port?: number;
    /**
     * Allows an extensionDevelopmentPath or extensionTestsPath in the URL's payload. Default false, because the
     * smoke-test driver for this also hides notification toasts.
     */
    readonly development?: boolean;
    /** For the server and its extension hosts, e.g. a D-Bus address. */
    readonly env?: Readonly<Record<string, string | undefined>>;
    /**
     * Folders are restricted until the person trusts them, as in a normal VS Code. Default: every folder is trusted.
     */
    readonly workspaceTrust?: boolean;
    /**
     * The person's settings.json. It already contains the settings that tests need (no trust prompt, no welcome page,
     * …).
     */
    readonly settings?: Readonly<Record<string, unknown>>;
}

export interface VsCodeServer {
    readonly port: number;
    readonly dataDir: string;
    /** One folder per start. The logs of the extension hosts are in `exthost1/` and so on. */
    readonly logsDir: string;
    /** The address of a window on `folder` (absolute path; none: an empty window); `payload` as in the workbench's URL. */
    url(folder?: string, payload?: readonly (readonly [string, string])[]): string;
    /** Process IDs of the live extension hosts, one per window, oldest first. */
    extensionHostPids(): Promise<number[]>;
    /** Merges into the settings.json of the person and of the machine; undefined removes a setting. Open windows see it after a reload. */
    changeSettings(change: Readonly<Record<string, unknown>>): Promise<void>;
    stop(): Promise<void>;
}

/** A web window has no native dialogs, so everything that asks or distracts is off. */
const QUIET = {
    'workbench.startupEditor': 'none',
    'workbench.welcomePage.walkthroughs.openOnInstall': false,
    'workbench.tips.enabled': false,
    'workbench.secondarySideBar.defaultVisibility': 'hidden',
    'extensions.ignoreRecommendations': true,
    'extensions.autoCheckUpdates': false,
    'update.mode': 'none',
    'telemetry.telemetryLevel': 'off',
    'git.openRepositoryInParentFolders': 'never',
    'chat.disableAIFeatures': true,
};

/** Starts a real VS Code for the browser, on Node 24. Rejects with the end of its log. */
export async function startVsCodeServer(options: VsCodeServerOptions = {}): Promise<VsCodeServer> {
    const { serverMain } = await ensureVsCodeServer(options.progress ?? silentProgress);
    const port = options.port ?? (await freePorts(1))[0] ?? 0;
    const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'hush-vscode-')));
    const remove = options.dataDir === undefined ? removeAtEnd(dataDir) : async () => {};
    const userData = join(dataDir, 'user');
    // A window of a VS Code server takes settings with scope "machine" from the file of the machine on which its hosts
    // run.
    const settingsFiles = ['User', 'Machine'].map((scope) => join(userData, scope, 'settings.json'));
    const dirs = [
        '--user-data-dir',
        userData,
        '--server-data-dir',
        join(dataDir, 'server'),
        '--extensions-dir',
        join(dataDir, 'extensions'),
    ];
    const node = process.execPath; // Node 24: this code runs on nothing else
    const log = join(dataDir, 'server.log');
    // VS Code puts its sockets into the temporary folder. On macOS, a deeper folder makes their paths too long.
    const temporary = process.platform === 'linux' ? { TMPDIR: join(dataDir, 'tmp') } : {};
    const env = { ...temporary, ...options.env, VSCODE_IPC_HOOK_CLI: undefined, ELECTRON_RUN_AS_NODE: undefined };
    let server: Managed | undefined;
    const stop = async (): Promise<void> => {
        await server?.stop();
        await remove();
    };
    const changeSettings = async (change: Readonly<Record<string, unknown>>): Promise<void> => {
        for (const file of settingsFiles) {
            const before: unknown = JSON.parse(await readFile(file, 'utf8').catch(() => '{}'));
            await mkdir(dirname(file), { recursive: true });
            await writeFile(file, JSON.stringify({ ...(before as object), ...change }, undefined, 2));
        }
    };
    try {
        await mkdir(join(dataDir, 'tmp'), { recursive: true });
        const trust = options.workspaceTrust ?? false;
        await changeSettings({ ...QUIET, 'security.workspace.trust.enabled': trust, ...options.settings });
        for (const file of options.vsix ?? []) {
            await run(
                'vsix',
                node,
                [serverMain, '--install-extension', file, '--force', '--accept-server-license-terms', ...dirs],
                { env },
            );
        }
        const flags = [
            '--host',
            '127.0.0.1',
            '--port',
            String(port),
            '--without-connection-token',
            '--accept-server-license-terms',
        ];
        const quiet = [...(trust ? [] : ['--disable-workspace-trust']), '--telemetry-level', 'off'];
        const driver = options.development === true ? ['--enable-smoke-test-driver'] : [];
        server = startProcess(node, [serverMain, ...flags, ...quiet, ...driver, ...dirs], { log, env });
        await untilReady({ name: 'VS Code server', url: `http://127.0.0.1:${port}/version`, process: server, log });
    } catch (error) {
        await stop();
        throw error;
    }
    const { pid } = server;
    return {
        port,
        dataDir,
        logsDir: join(userData, 'logs'),
        url: (folder, payload) => windowUrl(port, folder, payload),
        changeSettings,
        stop,
        async extensionHostPids() {
            const mine = (await processTable()).filter(
                ({ ancestors, command }) => ancestors.includes(pid) && command.includes('--type=extensionHost'),
            );
            return mine.toSorted((a, b) => a.began - b.began).map((entry) => entry.pid);
        },
    };
}

function windowUrl(port: number, folder?: string, payload?: readonly (readonly [string, string])[]): string {
    const url = new URL(`http://127.0.0.1:${port}/`);
    if (folder === undefined) url.searchParams.set('ew', 'true');
    else url.searchParams.set('folder', folder.replaceAll('\\', '/'));
    if (payload !== undefined) url.searchParams.set('payload', JSON.stringify(payload));
    return url.href;
}
