/** Share page to view pages without any media server, in real Chromium, under the real call machine. */
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { launchPageBrowser } from './support/pageBrowser.ts';
import type { PageBrowser } from './support/pageBrowser.ts';
import { choose, createHarness } from './support/pageHarness.ts';
import type { Harness, HarnessPage } from './support/pageHarness.ts';
import { createMeshPair } from './support/meshPair.ts';
import type { MeshPair } from './support/meshPair.ts';

describe('a share from device to device', function () {
    this.timeout(90_000);
    let browser: PageBrowser;
    let harness: Harness;
    let mesh: MeshPair;
    before(async () => {
        browser = await launchPageBrowser();
    });
    after(() => browser.close());
    beforeEach(() => {
        harness = createHarness();
        mesh = createMeshPair(harness.host);
    });
    afterEach(async () => {
        await mesh.dispose();
        harness.dispose();
        for (const page of browser.context.pages()) await page.close();
    });

    const startShare = async (): Promise<HarnessPage> => {
        await browser.openSource();
        const page = await browser.newPage();
        const share = await harness.open('share', page, 'share');
        share.send({ type: 'share.capture', settings: { maxFrameRate: 30, contentHint: 'text', maxBitrate: 0 } });
        await choose(page, share);
        await share.said('capture.started');
        share.send({ type: 'share.direct' });
        mesh.serve('share');
        await share.said('share.published');
        return share;
    };
    const startView = async (name: string): Promise<{ view: HarnessPage; page: Page }> => {
        const page = await browser.newPage();
        const view = await harness.open('view', page, name);
        view.send({ type: 'view.direct', identity: 'ann' });
        mesh.watch(name, 'share');
        return { view, page };
    };
    /** The picture goes on: decoded frames grow from here. */
    const advances = async (view: HarnessPage): Promise<void> => {
        view.forget();
        const from = (await view.said('stats')).framesDecoded;
        await view.said('stats', (m) => m.framesDecoded > from + 5);
    };

    it('is live in the captured size, and says that it is direct and encrypted', async () => {
        const share = await startShare();
        const began = performance.now();
        const { view, page } = await startView('bob');
        await view.said('view.state', (m) => m.state === 'live');
        console.log(`        click to live: ${Math.round(performance.now() - began)} ms`);
        const stats = await view.said('stats', (m) => m.framesDecoded > 10);
        assert.deepEqual([stats.width, stats.height], [1280, 720]);
        console.log(`        codec ${stats.codec}, ${Math.round(stats.bitsPerSecond / 1_000)} kbit/s`);
        assert.equal(await page.locator('#app').getAttribute('data-hush-e2ee'), 'on');
        assert.equal(await page.locator('#app').getAttribute('data-hush-path'), 'direct');
        assert.equal((await share.said('mesh.state', (m) => m.state === 'connected')).path, 'direct');
    });

    it('serves four viewers at once, and goes on for three when one leaves', async () => {
        await startShare();
        const views = await Promise.all(['v1', 'v2', 'v3', 'v4'].map((name) => startView(name)));
        for (const { view } of views) await view.said('view.state', (m) => m.state === 'live');
        mesh.release('v1');
        for (const { view } of views.slice(1)) await advances(view);
        assert.equal(mesh.sharer.count.connections, 3);
    });

    it('finds a new way after the old one broke, within five seconds', async () => {
        const share = await startShare();
        const { view } = await startView('bob');
        await view.said('view.state', (m) => m.state === 'live');
        share.forget();
        view.forget();
        const began = performance.now();
        mesh.breakConnection(await Promise.resolve(mesh.connections()[0] ?? ''));
        await share.said('mesh.description', (m) => m.kind === 'offer');
        await view.said('mesh.description', (m) => m.kind === 'answer');
        await advances(view);
        console.log(`        picture again after ${Math.round(performance.now() - began)} ms`);
        assert.ok(performance.now() - began < 5_000);
    });
});
