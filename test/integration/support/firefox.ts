/** Drives the system's own Firefox over WebDriver BiDi (w3.org/TR/webdriver-bidi), which needs no driver binary. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';

const PREFS: Readonly<Record<string, boolean | string | number>> = {
    // Accepts the permission prompt for the first screen, because the tests are about Hush, not about Firefox's picker.
    'media.navigator.permission.disabled': true,
    'media.peerconnection.ice.loopback': true,
    'media.peerconnection.ice.obfuscate_host_addresses': false,
    'network.proxy.type': 0,
    'browser.shell.checkDefaultBrowser': false,
    'datareporting.policy.dataSubmissionEnabled': false,
    'toolkit.telemetry.enabled': false,
    'app.update.enabled': false,
    'network.captive-portal-service.enabled': false,
    'network.connectivity-service.enabled': false,
    'extensions.getAddons.cache.enabled': false,
    'browser.safebrowsing.downloads.remote.enabled': false,
    'services.settings.server': 'data:,',
    'remote.log.level': 'Error',
};

export interface FirefoxPage {
    goto(url: string): Promise<void>;
    /**
     * Evaluates an expression with user activation, as after a click, and awaits a promise. Primitives and JSON only.
     */
    evaluate<T>(expression: string): Promise<T>;
    close(): Promise<void>;
}

export interface Firefox {
    newPage(): Promise<FirefoxPage>;
    close(): Promise<void>;
}

export function firefoxBinary(): string | undefined {
    return [process.env['HUSH_FIREFOX'], '/usr/bin/firefox-esr', '/usr/bin/firefox'].find(
        (f) => f !== undefined && existsSync(f),
    );
}

/** `display`: an X display with a screen to capture. Without it, Firefox runs headless and has no screen. */
export async function launchFirefox(binary: string, display?: string): Promise<Firefox> {
    const profile = await mkdtemp(join(tmpdir(), 'hush-firefox-'));
    await writeFile(
        join(profile, 'user.js'),
        Object.entries(PREFS)
            .map(([k, v]) => `user_pref(${JSON.stringify(k)}, ${JSON.stringify(v)});`)
            .join('\n'),
    );
    const child = spawn(
        binary,
        [
            ...(display ? [] : ['--headless']),
            '--no-remote',
            '--profile',
            profile,
            '--remote-debugging-port',
            '0',
            'about:blank',
        ],
        {
            stdio: ['ignore', 'ignore', 'pipe'],
            env: { ...process.env, ...(display ? { DISPLAY: display, MOZ_ENABLE_WAYLAND: '0' } : {}) },
        },
    );
    const exited = new Promise<void>((done) => child.once('exit', () => done()));
    const endpoint = await new Promise<string>((resolve, reject) => {
        let text = '';
        child.stderr.on('data', (chunk: Buffer) => {
            text += chunk.toString();
            const found = /WebDriver BiDi listening on (ws:\/\/\S+)/u.exec(text);
            if (found?.[1]) resolve(found[1]);
        });
        child.once('exit', () => reject(new Error(`Firefox ended: ${text.slice(-500)}`)));
    });
    const bidi = await connect(`${endpoint}/session`);
    await bidi('session.new', { capabilities: {} });
    return {
        async newPage() {
            const { context } = (await bidi('browsingContext.create', { type: 'tab' })) as { context: string };
            return {
                goto: async (url) => void (await bidi('browsingContext.navigate', { context, url, wait: 'complete' })),
                async evaluate<T>(expression: string) {
                    const json = `(async () => JSON.stringify(await (${expression})))()`;
                    const answer = (await bidi('script.evaluate', {
                        expression: json,
                        target: { context },
                        awaitPromise: true,
                        userActivation: true,
                    })) as {
                        result?: { value?: string };
                        exceptionDetails?: { text: string };
                    };
                    if (answer.exceptionDetails) throw new Error(answer.exceptionDetails.text);
                    const value = answer.result?.value;
                    return (value === undefined ? undefined : JSON.parse(value)) as T;
                },
                close: async () => void (await bidi('browsingContext.close', { context })),
            };
        },
        async close() {
            child.kill();
            await exited;
            await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
        },
    };
}

type Bidi = (method: string, params: unknown) => Promise<unknown>;

async function connect(url: string): Promise<Bidi> {
    const socket = new WebSocket(url);
    await new Promise<void>((resolve, reject) => {
        socket.once('open', () => resolve());
        socket.once('error', reject);
    });
    const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
    socket.on('message', (raw: Buffer) => {
        const answer = JSON.parse(raw.toString()) as {
            id?: number;
            type: string;
            result?: unknown;
            error?: string;
            message?: string;
        };
        const waiter = waiting.get(answer.id ?? -1);
        waiting.delete(answer.id ?? -1);
        if (answer.type === 'error') waiter?.reject(new Error(`${answer.error}: ${answer.message}`));
        else waiter?.resolve(answer.result);
    });
    let id = 0;
    return (method, params) =>
        new Promise((resolve, reject) => {
            waiting.set(++id, { resolve, reject });
            socket.send(JSON.stringify({ id, method, params }));
        });
}
