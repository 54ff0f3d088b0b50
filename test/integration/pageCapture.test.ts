/** The capture page in real Chromium, served by the real loopback server. */
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { request } from 'node:http';
import type { JSHandle, Page } from 'playwright-core';
import { WebSocket } from 'ws';
import { closeCodes } from '../../src/core/page/handshake.ts';
import { launchPageBrowser, type PageBrowser } from './support/pageBrowser.ts';
import { choose, createHarness, type Harness } from './support/pageHarness.ts';

const SETTINGS = { maxFrameRate: 30, contentHint: 'text', maxBitrate: 0 } as const;

/** What the page believes about a recent click; Playwright's own scripts count as one at random. */
const pretendActivation = (page: Page, isActive: boolean): Promise<unknown> =>
    page.addInitScript(
        (active) => Object.defineProperty(navigator, 'userActivation', { value: { isActive: active } }),
        isActive,
    );

describe('the capture page', function () {
    this.timeout(60_000);
    let browser: PageBrowser;
    let harness: Harness;
    before(async () => {
        browser = await launchPageBrowser();
    });
    after(() => browser.close());
    beforeEach(() => {
        harness = createHarness();
    });
    afterEach(async () => {
        harness.dispose();
        for (const page of browser.context.pages()) await page.close();
    });

    /** A page that captures what the person chose. */
    const capturing = async () => {
        const source = await browser.openSource();
        const page = await browser.newPage();
        const share = await harness.open('share', page);
        share.send({ type: 'share.capture', settings: SETTINGS });
        await choose(page, share);
        await share.said('capture.started');
        return { source, page, share };
    };
    const captureOf = (page: Page): Promise<JSHandle<MediaStream>> =>
        page.evaluateHandle(
            () => (document.querySelector('video.preview') as HTMLVideoElement).srcObject as MediaStream,
        );

    it('captures every pixel of a source that has more of them than the page’s own screen', async () => {
        const scale = 2;
        const fine = await launchPageBrowser('source', 'light', scale);
        try {
            const source = await fine.openSource();
            // The page's own devicePixelRatio is that of the test's viewport.
            const size = (await source.evaluate(() => [innerWidth, innerHeight])).map((px) => px * scale);
            const page = await fine.newPage();
            const share = await harness.open('share', page);
            share.send({ type: 'share.capture', settings: SETTINGS });
            await choose(page, share);
            const { width, height } = await share.said('capture.started');
            console.log(`        the source has ${size.join(' × ')} px, the capture ${width} × ${height}`);
            assert.deepEqual([width, height], size);
        } finally {
            await fine.close();
        }
    });

    it('reports what the browser can do and takes the token out of the address', async () => {
        const page = await browser.newPage();
        const share = await harness.open('share', page);
        assert.deepEqual(await share.said('ready'), { type: 'ready', displayCapture: true, frameEncryption: true });
        assert.match(share.url, /#[\w-]{43}$/u);
        assert.doesNotMatch(page.url(), /#/u);
        assert.equal(await page.evaluate(() => history.length), 2); // about:blank and the page: no entry with the token
    });

    it('asks for a click, then shows a preview of what was chosen', async () => {
        await browser.openSource();
        const page = await browser.newPage();
        await pretendActivation(page, false);
        const share = await harness.open('share', page);
        share.send({ type: 'share.capture', settings: SETTINGS });
        const button = page.getByRole('button', { name: /choose a screen/iu });
        await button.waitFor();
        assert.ok(await button.evaluate((e) => e === document.activeElement), 'the button has the focus');
        await page.keyboard.press('Enter');
        const started = await share.said('capture.started');
        assert.deepEqual([started.width, started.height, started.surface], [1280, 720, 'browser']);
        await page.waitForFunction(
            () => (document.querySelector('video.preview') as HTMLVideoElement).videoWidth === 1280,
        );
    });

    it('asks the browser at once when the person has just clicked', async () => {
        await browser.openSource();
        const page = await browser.newPage();
        await pretendActivation(page, true);
        const share = await harness.open('share', page);
        await page.evaluate(() => undefined); // Playwright's scripts bring the activation that Chromium itself wants
        share.send({ type: 'share.capture', settings: SETTINGS });
        await share.said('capture.started');
    });

    it('says so when what is shared goes away, and offers nothing more', async () => {
        const { page, share, source } = await capturing();
        await source.close();
        await share.said('capture.ended');
        await page.getByText('You stopped sharing in the browser.').waitFor();
    });

    it('stops with its own button, and the capture with it', async () => {
        const { page, share } = await capturing();
        const capture = await captureOf(page);
        await page.getByRole('button', { name: 'Stop Sharing' }).click();
        assert.equal((await share.said('action')).name, 'stopShare');
        assert.equal(await capture.evaluate((stream) => stream.getTracks()[0]?.readyState), 'ended');
    });

    it('ends the capture when the host goes away', async () => {
        const { page, share } = await capturing();
        const capture = await captureOf(page);
        share.close();
        await page.getByText('You can close this tab.').waitFor();
        assert.equal(await capture.evaluate((stream) => stream.getTracks()[0]?.readyState), 'ended');
    });

    it('tells the host that its browser tab was closed', async () => {
        const page = await browser.newPage();
        const share = await harness.open('share', page);
        await share.said('ready');
        await page.close();
        assert.match(await share.closed(), /closed in the browser/u);
    });

    it('fails without a key, and sends nothing', async () => {
        const { page, share } = await capturing();
        const sockets: string[] = [];
        page.on('websocket', (socket) => sockets.push(socket.url()));
        share.send({ type: 'keys.set', identity: 'somebody else', index: 0, key: Buffer.alloc(16).toString('base64') });
        share.send({ type: 'share.publish', identity: 'ann', grant: { url: 'ws://127.0.0.1:9', token: 'x' } });
        assert.match((await share.said('share.failed')).detail, /no key/u);
        assert.deepEqual(sockets, []);
    });

    it('fails with a sentence of ours when the media server cannot be reached', async () => {
        const { share } = await capturing();
        share.send({ type: 'keys.set', identity: 'ann', index: 0, key: Buffer.alloc(16).toString('base64') });
        share.send({ type: 'share.publish', identity: 'ann', grant: { url: 'ws://127.0.0.1:9', token: 'x' } });
        assert.equal(
            (await share.said('share.failed')).detail,
            'The media server could not be reached, or did not let this device in.',
        );
    });

    it('says what to do when it is opened without its token, or again', async () => {
        const page = await browser.newPage();
        const share = await harness.open('share', page);
        await share.said('ready');
        const second = await browser.newPage();
        await second.goto(share.url.replace(/#.*$/u, ''));
        await second.getByText('used already').waitFor();
        const third = await browser.newPage();
        await third.goto(share.url);
        await third.getByText('already open in another tab').waitFor();
        assert.deepEqual(
            share.messages.map((m) => m.type),
            ['ready'],
        );
    });
});

describe('the capture page when the person cancels', function () {
    this.timeout(60_000);
    it('says that nothing is shared and lets them try again', async () => {
        const browser = await launchPageBrowser('cancel');
        const harness = createHarness();
        try {
            const page = await browser.newPage();
            const share = await harness.open('share', page);
            share.send({ type: 'share.capture', settings: SETTINGS });
            await choose(page, share);
            assert.equal((await share.said('capture.failed')).reason, 'denied');
            await page.getByText('nothing is shared').waitFor();
            share.forget();
            await page.getByRole('button', { name: /choose a screen/iu }).click();
            assert.equal((await share.said('capture.failed')).reason, 'denied');
        } finally {
            harness.dispose();
            await browser.close();
        }
    });
});

describe('the loopback server against strangers', function () {
    this.timeout(60_000);
    let browser: PageBrowser;
    let harness: Harness;
    let url: URL;
    let said: () => number;
    before(async () => {
        browser = await launchPageBrowser();
        harness = createHarness();
        const share = await harness.open('share', await browser.newPage());
        await share.said('ready');
        url = new URL(share.url);
        said = () => share.messages.length;
    });
    after(async () => {
        harness.dispose();
        await browser.close();
    });
    const connect = (headers: Record<string, string>, first?: string): Promise<number> =>
        new Promise((resolve) => {
            const socket = new WebSocket(`ws://127.0.0.1:${url.port}/channel`, { headers });
            socket.on('open', () => first !== undefined && socket.send(first));
            socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
            socket.on('close', (code) => resolve(code));
            socket.on('error', () => undefined);
        });
    const get = (
        path: string,
        headers: Record<string, string> = {},
    ): Promise<{ status: number; headers: Record<string, unknown> }> =>
        new Promise((resolve, reject) => {
            request({ host: '127.0.0.1', port: url.port, path, headers }, (response) => {
                response.resume();
                resolve({ status: response.statusCode ?? 0, headers: response.headers });
            })
                .on('error', reject)
                .end();
        });
    const ours = () => ({ Origin: `http://127.0.0.1:${url.port}` });
    const hello = (token: string): string => JSON.stringify({ hush: 1, hello: token });

    it('refuses a wrong token', async () =>
        assert.equal(await connect(ours(), hello('A'.repeat(43))), closeCodes.refused));
    it('refuses something that is no greeting', async () =>
        assert.equal(await connect(ours(), '{"hush":1}'), closeCodes.refused));
    it('refuses the right token while the page is connected', async () =>
        assert.equal(await connect(ours(), hello(url.hash.slice(1))), closeCodes.taken));
    it('refuses a page of another origin', async () =>
        assert.equal(await connect({ Origin: 'https://evil.example' }, hello(url.hash.slice(1))), 403));
    it('refuses a connection without an origin', async () =>
        assert.equal(await connect({}, hello(url.hash.slice(1))), 403));
    it('refuses a rebound name', async () =>
        assert.equal(await connect({ ...ours(), Host: `evil.example:${url.port}` }, hello(url.hash.slice(1))), 403));
    it('serves nothing under a rebound name', async () =>
        assert.equal((await get('/', { Host: 'evil.example' })).status, 421));
    it('serves its own files and no others', async () => {
        assert.equal((await get('/page.js')).status, 200);
        for (const path of ['/package.json', '/../package.json', '/..%2fpackage.json', '/constructor', '//'])
            assert.equal((await get(path)).status, 404, path);
    });
    it('forbids framing, sniffing, referrers and foreign scripts', async () => {
        const { headers } = await get('/');
        assert.match(
            String(headers['content-security-policy']),
            /default-src 'none'.*script-src 'self';.*frame-ancestors 'none'/u,
        );
        assert.equal(headers['x-content-type-options'], 'nosniff');
        assert.equal(headers['referrer-policy'], 'no-referrer');
    });
    it('left the real page alone all the while', () => assert.equal(said(), 1));
});
