/** A person at a real VS Code: own server, own browser, own workspace folder. */
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Browser, BrowserContext } from 'playwright-core';
import { launchChromium, type Capture } from '../../stack/chromium.ts';
import { removeAtEnd } from '../../stack/processes.ts';
import { startVsCodeServer, type VsCodeServer } from '../../stack/vsCodeServer.ts';
import { Workbench } from './workbench.ts';

export interface PersonOptions {
    readonly vsix: string;
    /** Folder name. The session's room gets this name. */
    readonly workspace: string;
    /** Answers the browser's picker. */
    readonly capture?: Capture;
    readonly headless?: boolean;
    readonly network?: 'loopback' | 'any';
    readonly settings?: Readonly<Record<string, unknown>>;
    /** Size of the window, px. */
    readonly viewport?: { readonly width: number; readonly height: number };
    /** Extra browser flags, for example the position of the window. */
    readonly args?: readonly string[];
    readonly env?: Readonly<Record<string, string | undefined>>;
    /** Restricts the folder until the person trusts it. Default: it is trusted. */
    readonly workspaceTrust?: boolean;
    /** Files in the folder, by path. */
    readonly files?: Readonly<Record<string, string>>;
    /** Runs before VS Code sees the folder. */
    prepare?(folder: string): void;
}

export interface Person {
    readonly workbench: Workbench;
    readonly browser: Browser;
    readonly context: BrowserContext;
    readonly server: VsCodeServer;
    readonly folder: string;
    stop(): Promise<void>;
}

/** Starts VS Code with the packaged Hush in it and opens its window. On failure nothing is left running. */
export async function openPerson(options: PersonOptions): Promise<Person> {
    const base = await mkdtemp(join(tmpdir(), 'hush-workspace-'));
    const remove = removeAtEnd(base);
    const folder = join(base, options.workspace);
    await mkdir(folder, { recursive: true });
    for (const [path, text] of Object.entries({ 'hello.ts': 'export const hello = "Hush";\n', ...options.files })) {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), text);
    }
    options.prepare?.(folder);
    const cleanUp: (() => Promise<unknown>)[] = [remove];
    const stop = async (): Promise<void> => {
        for (const end of cleanUp.toReversed()) await end();
    };
    try {
        const server = await startVsCodeServer({
            vsix: [options.vsix],
            settings: options.settings ?? {},
            workspaceTrust: options.workspaceTrust ?? false,
            ...(options.env ? { env: options.env } : {}),
        });
        cleanUp.push(() => server.stop());
        const browser = await launchChromium({
            capture: options.capture ?? 'ask',
            headless: options.headless ?? true,
            network: options.network ?? 'loopback',
            args: options.args ?? [],
        });
        cleanUp.push(() => browser.close());
        const viewport = options.viewport ?? { width: 1280, height: 800 };
        const context = await browser.newContext(options.headless === false ? { viewport: null } : { viewport });
        const workbench = new Workbench(await context.newPage());
        await workbench.open(server.url(folder));
        return { workbench, browser, context, server, folder, stop };
    } catch (error) {
        await stop();
        throw error;
    }
}
