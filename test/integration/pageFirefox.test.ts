/** The same page in the distribution's Firefox: another capture, another way to encrypt frames (RTCRtpScriptTransform). */
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import type { ShareSettings } from '../../src/core/share/mediaMessages.ts';
import { skip } from '../stack/skip.ts';
import { firefoxBinary, launchFirefox, type Firefox, type FirefoxPage } from './support/firefox.ts';
import { launchPageBrowser } from './support/pageBrowser.ts';
import { createHarness, type Harness, type HarnessPage } from './support/pageHarness.ts';
import { startPageLiveKit, type PageLiveKit } from './support/pageLiveKit.ts';
import { hasXvfb, startDisplay } from './support/xDisplay.ts';

const SETTINGS = { maxFrameRate: 30, contentHint: 'text', maxBitrate: 0 } as const;
const KEY = Buffer.alloc(16, 5).toString('base64');

describe('the page in Firefox', function () {
    this.timeout(90_000);
    let firefox: Firefox;
    let display: Awaited<ReturnType<typeof startDisplay>>;
    let liveKit: PageLiveKit;
    let harness: Harness;
    before(async function () {
        const binary = firefoxBinary();
        if (binary === undefined || !hasXvfb()) skip(this, 'Firefox and Xvfb must be on the PATH');
        display = await startDisplay();
        firefox = await launchFirefox(binary, display.name);
        liveKit = await startPageLiveKit();
    });
    after(async () => {
        await firefox?.close();
        await liveKit?.stop();
        await display?.stop();
    });
    beforeEach(() => {
        harness = createHarness();
    });
    afterEach(() => harness.dispose());

    /** Clicks, with the user activation that BiDi gives a script, once the page wants a click (Firefox grants none for opening the page). */
    const capture = async (
        page: FirefoxPage,
        share: HarnessPage,
        settings: ShareSettings = SETTINGS,
    ): Promise<void> => {
        share.send({ type: 'share.capture', settings });
        await page.evaluate(`new Promise((done) => {
            const shown = () => {
                const button = document.querySelector('button.big');
                if (!button || button.hidden) return false;
                observer.disconnect();
                done(true);
                return true;
            };
            const observer = new MutationObserver(shown);
            shown() || observer.observe(document, { subtree: true, childList: true, attributes: true });
        })`);
        await page.evaluate(`document.querySelector('button.big').click()`);
    };

    it('reports what it can do, without the token in its address', async () => {
        const page = await firefox.newPage();
        const share = await harness.open('share', page);
        assert.deepEqual(await share.said('ready'), { type: 'ready', displayCapture: true, frameEncryption: true });
        assert.equal(await page.evaluate('location.hash'), '');
        await page.close();
        await share.closed();
    });

    it('captures a real screen and shares it encrypted with Chromium', async () => {
        const page = await firefox.newPage();
        const share = await harness.open('share', page);
        await capture(page, share);
        const started = await share.said('capture.started');
        assert.deepEqual([started.width, started.height], [1280, 720]);
        share.send({ type: 'keys.set', identity: 'ann', index: 0, key: KEY });
        share.send({
            type: 'share.publish',
            identity: 'ann',
            grant: { url: liveKit.url, token: await liveKit.publisherToken('r', 'ann') },
        });
        await share.said('share.published');

        const chromium = await launchPageBrowser();
        try {
            for (const [name, viewerPage] of [
                ['carol', await chromium.newPage()],
                ['dave', await firefox.newPage()],
            ] as const) {
                const view = await harness.open('view', viewerPage);
                view.send({ type: 'keys.set', identity: 'ann', index: 0, key: KEY });
                view.send({
                    type: 'view.connect',
                    identity: 'ann',
                    grant: { url: liveKit.url, token: await liveKit.viewerToken('r', name) },
                });
                await view.said('view.state', (m) => m.state === 'live');
                const stats = await view.sampled((m) => m.framesDecoded > 10);
                assert.deepEqual([stats.width, stats.height], [1280, 720]);
            }
        } finally {
            await chromium.close();
        }
        await page.close();
        assert.match(await share.closed(), /closed in the browser/u);
    });

    it('sends nothing while the screen is hidden, from the beginning or later, and the picture comes back', async () => {
        const page = await firefox.newPage();
        const share = await harness.open('share', page);
        share.send({ type: 'share.cover', cover: 'shielded', file: '.env', order: 1 });
        await capture(page, share);
        await share.said('capture.started');
        share.send({ type: 'keys.set', identity: 'ann', index: 0, key: KEY });
        share.send({
            type: 'share.publish',
            identity: 'ann',
            grant: { url: liveKit.url, token: await liveKit.publisherToken('hidden', 'ann') },
        });
        share.send({ type: 'share.cover', cover: 'paused', file: '', order: 2 });
        await share.said('share.covered', (m) => m.order === 2);
        assert.ok(share.messages.every((m) => m.type !== 'share.published'));
        share.send({ type: 'share.cover', cover: null, file: '', order: 3 });
        await share.said('share.published');
        const chromium = await launchPageBrowser();
        try {
            const view = await harness.open('view', await chromium.newPage());
            view.send({ type: 'keys.set', identity: 'ann', index: 0, key: KEY });
            view.send({
                type: 'view.connect',
                identity: 'ann',
                grant: { url: liveKit.url, token: await liveKit.viewerToken('hidden', 'carol') },
            });
            await view.said('view.state', (m) => m.state === 'live');
            view.forget();
            share.send({ type: 'share.cover', cover: 'paused', file: '', order: 4 });
            await share.said('share.covered', (m) => m.order === 4);
            await view.said('view.state', (m) => m.state === 'frozen' && /paused/u.test(m.detail));
            view.forget();
            share.send({ type: 'share.cover', cover: null, file: '', order: 5 });
            await view.said('view.state', (m) => m.state === 'live');
        } finally {
            await chromium.close();
        }
        await page.close();
    });

    it('publishes nothing when the screen is hidden while the page connects, until it is shown', async () => {
        const page = await firefox.newPage();
        const share = await harness.open('share', page);
        await capture(page, share);
        await share.said('capture.started');
        share.send({ type: 'keys.set', identity: 'ann', index: 0, key: KEY });
        share.send({
            type: 'share.publish',
            identity: 'ann',
            grant: { url: liveKit.url, token: await liveKit.publisherToken('late', 'ann') },
        });
        share.send({ type: 'share.cover', cover: 'shielded', file: '.env', order: 1 });
        await share.said('share.covered', (m) => m.order === 1);
        const chromium = await launchPageBrowser();
        try {
            const view = await harness.open('view', await chromium.newPage());
            view.send({ type: 'keys.set', identity: 'ann', index: 0, key: KEY });
            view.send({
                type: 'view.connect',
                identity: 'ann',
                grant: { url: liveKit.url, token: await liveKit.viewerToken('late', 'carol') },
            });
            await view.said('view.state');
            assert.ok(share.messages.every((m) => m.type !== 'share.published'));
            share.send({ type: 'share.cover', cover: null, file: '', order: 2 });
            await share.said('share.published');
            await view.said('view.state', (m) => m.state === 'live');
        } finally {
            await chromium.close();
        }
        await page.close();
    });

    it('shares nothing in strict mode, because it cannot hold pictures back, and says so', async () => {
        const page = await firefox.newPage();
        const share = await harness.open('share', page);
        const asked = capture(page, share, { ...SETTINGS, delayMs: 500 });
        const { reason, detail } = await share.said('capture.failed');
        await asked;
        assert.equal(reason, 'failed');
        assert.match(detail, /hush\.shield\.mode/u);
        await page.close();
    });
});
