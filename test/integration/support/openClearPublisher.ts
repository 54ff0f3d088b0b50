import { build } from 'esbuild';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';

/** Publishes an unencrypted screen in this page. See clearPublisher.ts. */
export async function publishClear(
    page: Page,
    share: { url: string; token: string; announceEncrypted: boolean; withCamera: boolean },
): Promise<void> {
    const { outputFiles } = await build({
        bundle: true,
        write: false,
        platform: 'browser',
        format: 'iife',
        entryPoints: ['test/integration/support/clearPublisher.ts'],
        logLevel: 'warning',
    });
    // A real server on loopback, because Chromium does not let a page of unknown address use the local network.
    const server = createServer((_request, response) =>
        response.setHeader('Content-Type', 'text/html').end('<!DOCTYPE html>'),
    );
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    server.close();
    await page.addScriptTag({ content: outputFiles[0]?.text ?? '' });
    await page.evaluate(
        (s) => (globalThis as unknown as { publishClear(s: unknown): Promise<void> }).publishClear(s),
        share,
    );
}
