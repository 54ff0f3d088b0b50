/** The same page as a webview has it: VS Code's API instead of a socket, policy in a meta element, worker over a resource URI. */
import { after, before, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { readPageFiles } from '../../src/extension/share/page/pageFiles.ts';
import { webviewHtml } from '../../src/extension/shell/pageHtml.ts';
import { PROTOCOL_VERSION, type Envelope } from '../../src/core/page/envelope.ts';
import type { HostMessage, PageMessage } from '../../src/core/share/mediaMessages.ts';
import { pageBundle } from './support/pageBundle.ts';
import { launchPageBrowser, type PageBrowser } from './support/pageBrowser.ts';

declare global {
    // Put there by the stub below.
    var said: Envelope[];
    var stored: unknown;
    var violations: string[];
}

describe('the page in a webview', function () {
    this.timeout(60_000);
    let browser: PageBrowser;
    let server: Server;
    let base = '';
    before(async () => {
        browser = await launchPageBrowser();
        const files = await readPageFiles(await pageBundle());
        server = createServer((request, response) => {
            const name = (request.url ?? '/').slice(1);
            const html = webviewHtml({
                pageId: 'view-1',
                generation: 7,
                title: 'Ann',
                cspSource: base,
                nonce: 'n0nce',
                connectOrigins: ['wss://sfu.example.org'],
                scriptUri: `${base}/page.js`,
                styleUri: `${base}/page.css`,
                workerUri: `${base}/mediaWorker.js`,
            });
            const file = name === '' ? { type: 'text/html; charset=utf-8', body: html } : files.get(name);
            response.writeHead(file ? 200 : 404, { 'Content-Type': file?.type ?? 'text/plain' }).end(file?.body);
        });
        await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
        base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    after(async () => {
        await browser.close();
        server.closeAllConnections();
        server.close();
    });
    const open = async (): Promise<Page> => {
        const page = await browser.newPage();
        await page.addInitScript(() => {
            globalThis.said = [];
            globalThis.violations = [];
            document.addEventListener('securitypolicyviolation', (e) =>
                globalThis.violations.push(`${e.violatedDirective} ${e.blockedURI}`),
            );
            globalThis.acquireVsCodeApi = () => ({
                postMessage: (m) => void globalThis.said.push(m as Envelope),
                getState: () => undefined,
                setState: (s) => {
                    globalThis.stored = s;
                },
            });
        });
        await page.goto(base);
        return page;
    };
    const tell = (page: Page, message: HostMessage, generation = 7): Promise<void> =>
        page.evaluate((e) => window.postMessage(e, '*'), {
            hush: PROTOCOL_VERSION,
            pageId: 'view-1',
            generation,
            message,
        });
    const target = { roomId: '!r:x', userId: '@ann:x', deviceId: 'DEV', shareId: 'S' };
    const init = {
        type: 'init',
        role: 'view',
        title: 'Ann',
        roomName: 'r',
        theme: 'dark',
        smoothMotion: false,
        persist: target,
    } as const;

    it('reads its address from its own HTML and keeps its target with the tab', async () => {
        const page = await open();
        await page.waitForFunction(() => globalThis.said.length > 0);
        const first = await page.evaluate(() => globalThis.said[0]);
        assert.deepEqual(
            [first?.pageId, first?.generation, (first?.message as PageMessage | undefined)?.type],
            ['view-1', 7, 'ready'],
        );
        await tell(page, init);
        await page.waitForSelector('[data-hush-role=view]');
        assert.deepEqual(await page.evaluate(() => globalThis.stored), target);
    });

    it('ignores a message to an older page', async () => {
        const page = await open();
        await tell(page, init, 6);
        await page.waitForFunction(() => globalThis.said.some((e) => (e.message as PageMessage).type === 'log'));
        assert.equal(await page.locator('[data-hush-role]').count(), 0);
    });

    it('loads and starts its worker within its own policy, and is kept from other servers by it', async () => {
        const page = await open();
        await tell(page, init);
        const worker = page.waitForEvent('worker');
        await tell(page, { type: 'view.connect', identity: 'ann', grant: { url: 'ws://127.0.0.1:9', token: 'x' } });
        assert.match((await worker).url(), /^blob:/u);
        await page.waitForSelector('[data-hush-state=failed]');
        const violations = await page.evaluate(() => globalThis.violations);
        assert.ok(violations.length > 0);
        for (const violation of violations) assert.match(violation, /^connect-src (?:ws|http):\/\/127\.0\.0\.1:9/u);
    });

    it('asks VS Code to maximise the tab where it may not fill the screen', async () => {
        const page = await open();
        await page.evaluate(() => Object.defineProperty(document, 'fullscreenEnabled', { value: false }));
        await tell(page, init);
        await page.getByRole('button', { name: 'Full screen' }).click();
        await page.waitForFunction(() =>
            globalThis.said.some((e) => (e.message as { name?: string }).name === 'fullScreen'),
        );
    });
});
