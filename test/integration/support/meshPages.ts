/** The pages of a direct share in one Chromium, for a suite of tests. Registers the hooks of the suite that calls it. */
import { after, afterEach, before, beforeEach } from 'mocha';
import type { Page } from 'playwright-core';
import type { IceServer } from '../../../src/matrix/calls/iceServers.ts';
import { launchPageBrowser, type PageBrowser } from './pageBrowser.ts';
import { choose, createHarness, type Harness, type HarnessPage } from './pageHarness.ts';
import { createMeshPair, type MeshPair } from './meshPair.ts';

export interface MeshPages {
    readonly browser: PageBrowser;
    readonly mesh: MeshPair;
    /** Opens a page that no call knows. */
    open: Harness['open'];
    /** Resolves when the share is published. `prepare`: runs before the page loads. */
    startShare(prepare?: (page: Page) => Promise<unknown>): Promise<HarnessPage>;
    startView(
        name: string,
        prepare?: (page: Page) => Promise<unknown>,
    ): Promise<{ readonly view: HarnessPage; readonly page: Page }>;
    /** The picture goes on: decoded frames grow from here. */
    advances(view: HarnessPage): Promise<void>;
    /** From now on, the homeserver names these ICE servers. Nothing may run yet. */
    offering(urls: readonly string[], relayOnly?: boolean): Promise<void>;
}

export function meshPages(): MeshPages {
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
    return {
        get browser() {
            return browser;
        },
        get mesh() {
            return mesh;
        },
        open: (...args) => harness.open(...args),
        async startShare(prepare) {
            await browser.openSource();
            const page = await browser.newPage();
            await prepare?.(page);
            const share = await harness.open('share', page, 'share');
            share.send({ type: 'share.capture', settings: { maxFrameRate: 30, contentHint: 'text', maxBitrate: 0 } });
            await choose(page, share);
            await share.said('capture.started');
            share.send({ type: 'share.direct' });
            mesh.serve('share');
            await share.said('share.published');
            return share;
        },
        async startView(name, prepare) {
            const page = await browser.newPage();
            await prepare?.(page);
            const view = await harness.open('view', page, name);
            await view.said('ready'); // what comes before is not kept for it
            view.send({ type: 'view.direct', identity: 'ann' });
            mesh.watch(name, 'share');
            return { view, page };
        },
        async advances(view) {
            view.forget();
            const from = (await view.sampled()).framesDecoded;
            await view.sampled((m) => m.framesDecoded > from + 5);
        },
        async offering(urls, relayOnly = false) {
            await mesh.dispose();
            const iceServers = (): IceServer[] => urls.map((url) => ({ urls: [url], username: 'u', credential: 'c' }));
            mesh = createMeshPair(harness.host, { iceServers, relayOnly });
        },
    };
}
