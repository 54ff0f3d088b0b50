/** Another Matrix client: matrix-js-sdk and its MatrixCall in a tab of a test's browser. page.ts has the code. */
import { build } from 'esbuild';
import { cp, mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Page } from 'playwright-core';
import { login, request, type Account } from '../../../stack/accounts.ts';
import { eventually } from '../../../stack/eventually.ts';
import type { TestClient } from './page.ts';

declare const client: TestClient;

export interface OtherClient {
    readonly page: Page;
    /** Resolves when the tab decodes our 1280 × 720 screen, perhaps at a reduced size first. */
    shown(): Promise<void>;
    stop(): void;
}

/** Loads the client into `page`. `enter` makes it a member of a room before its first sync. */
export async function openOtherClient(
    page: Page,
    baseUrl: string,
    account: Account,
    enter: (join: (roomId: string) => Promise<void>) => Promise<void>,
): Promise<OtherClient> {
    const folder = await bundleClient();
    const server = createServer((ask, answer) => {
        const name = basename(ask.url ?? '');
        const type = name.endsWith('.js')
            ? 'text/javascript'
            : name.endsWith('.wasm')
              ? 'application/wasm'
              : 'text/html';
        const file = name.endsWith('.wasm') ? join(folder, 'pkg', name) : join(folder, name);
        const body =
            type === 'text/html'
                ? Promise.resolve('<!doctype html><script type="module" src="page.js"></script>')
                : readFile(file);
        body.then(
            (text) => answer.setHeader('content-type', type).end(text),
            () => answer.writeHead(404).end(),
        );
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { accessToken, deviceId } = await login(baseUrl, account);
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.waitForFunction(() => 'client' in window);
    await enter(async (roomId) => {
        await request(`${baseUrl}/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/join`, {}, accessToken);
    });
    const { userId } = account;
    await page.evaluate((options) => client.start(options), { baseUrl, userId, deviceId, accessToken });
    return {
        page,
        async shown() {
            await eventually(
                async () => {
                    const screen = await page.evaluate(() => client.screen());
                    return screen && screen.width > 0 && Math.abs(screen.width / screen.height - 1280 / 720) < 0.02;
                },
                async () => `our screen; there it is said: ${await page.evaluate(() => client.state())}`,
            );
        },
        stop: () => void server.close(),
    };
}

/** Bundles matrix-js-sdk for a browser, with its crypto beside it. */
async function bundleClient(): Promise<string> {
    const outdir = await mkdtemp(join(tmpdir(), 'hush-client-'));
    await build({
        bundle: true,
        platform: 'browser',
        format: 'esm',
        target: 'chrome128',
        outdir,
        logLevel: 'error',
        define: { global: 'globalThis' },
        entryPoints: { page: 'test/integration/support/matrixCallPage/page.ts' },
    });
    await mkdir(join(outdir, 'pkg'));
    const wasm = createRequire(import.meta.url)
        .resolve('@matrix-org/matrix-sdk-crypto-wasm')
        .replace(/[^/\\]+$/u, 'pkg/matrix_sdk_crypto_wasm_bg.wasm');
    await cp(wasm, join(outdir, 'pkg', 'matrix_sdk_crypto_wasm_bg.wasm'));
    return outdir;
}
