/** Share page to view page through a real LiveKit, encrypted, in real Chromium. */
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { PageMessage } from '../../src/core/share/mediaMessages.ts';
import { publishClear } from './support/openClearPublisher.ts';
import { launchPageBrowser, type PageBrowser } from './support/pageBrowser.ts';
import { choose, createHarness, type Harness, type HarnessPage } from './support/pageHarness.ts';
import { startPageLiveKit, type PageLiveKit } from './support/pageLiveKit.ts';

const key = (byte: number): string => Buffer.alloc(16, byte).toString('base64');
const states = (page: HarnessPage): string[] =>
    page.messages.flatMap((m) => (m.type === 'view.state' ? [m.state] : []));
const isState =
    (state: string) =>
    (m: Extract<PageMessage, { type: 'view.state' }>): boolean =>
        m.state === state;

describe('a share through LiveKit', function () {
    this.timeout(90_000);
    let liveKit: PageLiveKit;
    let browser: PageBrowser;
    let harness: Harness;
    let room = '';
    let rooms = 0;
    before(async () => {
        liveKit = await startPageLiveKit();
        browser = await launchPageBrowser();
    });
    after(async () => {
        await browser.close();
        await liveKit.stop();
    });
    beforeEach(() => {
        harness = createHarness();
        room = `room-${++rooms}`;
    });
    afterEach(async () => {
        harness.dispose();
        for (const page of browser.context.pages()) await page.close();
    });

    const startShare = async (moving = true): Promise<{ share: HarnessPage; page: Page }> => {
        await browser.openSource(moving);
        const page = await browser.newPage();
        const share = await harness.open('share', page);
        share.send({ type: 'share.capture', settings: { maxFrameRate: 30, contentHint: 'text', maxBitrate: 0 } });
        await choose(page, share);
        await share.said('capture.started');
        share.send({ type: 'keys.set', identity: 'ann', index: 0, key: key(1) });
        share.send({
            type: 'share.publish',
            identity: 'ann',
            grant: { url: liveKit.url, token: await liveKit.publisherToken(room, 'ann') },
        });
        await share.said('share.published');
        return { share, page };
    };
    const startView = async (
        keys: readonly [number, string][],
        identity: string | null = 'ann',
    ): Promise<{ view: HarnessPage; page: Page }> => {
        const page = await browser.newPage();
        const view = await harness.open('view', page);
        for (const [index, k] of keys) view.send({ type: 'keys.set', identity: 'ann', index, key: k });
        view.send({
            type: 'view.connect',
            identity,
            grant: { url: liveKit.url, token: await liveKit.viewerToken(room, 'bob') },
        });
        return { view, page };
    };
    const pictureShown = (page: Page): Promise<boolean> =>
        page.evaluate(() => {
            const video = document.querySelector('video.picture') as HTMLVideoElement;
            return video.srcObject !== null && video.videoWidth > 0 && getComputedStyle(video).visibility === 'visible';
        });

    it('is live under the right key, in the captured size', async () => {
        await startShare();
        const { view, page } = await startView([[0, key(1)]]);
        await view.said('view.state', isState('live'));
        assert.deepEqual((await view.said('view.screens', (m) => m.identities.length > 0)).identities, ['ann']);
        const stats = await view.sampled((m) => m.framesDecoded > 10);
        assert.deepEqual([stats.width, stats.height, stats.codec], [1280, 720, 'VP8']);
        assert.ok(await pictureShown(page));
        assert.equal(await page.locator('#app').getAttribute('data-hush-e2ee'), 'on');
        assert.equal(await page.locator('#app').getAttribute('data-hush-playout'), 'immediate');
    });

    it('finds the first screen of the room when nobody is named', async () => {
        await startShare();
        const { view } = await startView([[0, key(1)]], null);
        await view.said('view.state', isState('live'));
    });

    it('waits for the key, and is live when it comes', async () => {
        await startShare();
        const { view, page } = await startView([]);
        await view.said('view.state', isState('waitingForKey'));
        assert.equal(await pictureShown(page), false);
        view.send({ type: 'keys.set', identity: 'ann', index: 0, key: key(1) });
        await view.said('view.state', isState('live'));
        assert.ok(!states(view).includes('wrongKey'));
    });

    it('refuses a wrong key with a reason, and recovers under the right one', async () => {
        await startShare();
        const { view, page } = await startView([[0, key(2)]]);
        await view.said('view.state', isState('wrongKey'));
        assert.equal(await pictureShown(page), false);
        assert.ok(!states(view).includes('live'));
        view.send({ type: 'keys.set', identity: 'ann', index: 0, key: key(1) });
        await view.said('view.state', isState('live'));
    });

    it('waits for the key of an index it does not have', async () => {
        await startShare();
        const { view } = await startView([[5, key(1)]]);
        await view.said('view.state', isState('waitingForKey'));
        assert.ok(!states(view).includes('live'));
    });

    it('stays live through a rotation', async () => {
        const { share } = await startShare();
        const { view } = await startView([[0, key(1)]]);
        await view.said('view.state', isState('live'));
        view.forget();
        view.send({ type: 'keys.set', identity: 'ann', index: 1, key: key(9) });
        // The host uses a new key 1 s after sending it; here the viewer's next word says that it has it.
        const from = (await view.sampled()).framesDecoded;
        share.send({ type: 'keys.set', identity: 'ann', index: 1, key: key(9) });
        await view.sampled((m) => m.framesDecoded > from + 20);
        assert.deepEqual(states(view), []);
    });

    it('shows a rotation whose key comes late as waiting, then goes on', async () => {
        const { share } = await startShare();
        const { view } = await startView([[0, key(1)]]);
        await view.said('view.state', isState('live'));
        view.forget();
        share.send({ type: 'keys.set', identity: 'ann', index: 1, key: key(9) });
        await view.said('view.state', isState('waitingForKey'));
        view.send({ type: 'keys.set', identity: 'ann', index: 1, key: key(9) });
        await view.said('view.state', isState('live'));
        assert.deepEqual(states(view), ['waitingForKey', 'live']);
    });

    it('sends no picture while it is held, and goes on afterwards', async () => {
        const { share, page } = await startShare();
        const { view, page: viewPage } = await startView([[0, key(1)]]);
        await view.said('view.state', isState('live'));
        share.send({ type: 'share.hold', held: true });
        await view.said('view.state', isState('frozen'));
        await viewPage.getByRole('heading', { name: 'Paused' }).waitFor();
        assert.equal(await pictureShown(viewPage), false);
        await page.getByText('Paused', { exact: true }).waitFor();
        view.forget();
        const from = (await view.sampled()).framesDecoded;
        view.forget();
        assert.equal((await view.sampled()).framesDecoded, from);
        share.send({ type: 'share.hold', held: false });
        await view.said('view.state', isState('live'));
        await view.sampled((m) => m.framesDecoded > from + 10);
    });

    it('does not take a still picture for a frozen one', async () => {
        await startShare(false);
        const { view } = await startView([[0, key(1)]]);
        await view.said('view.state', isState('live'));
        const from = (await view.sampled((m) => m.framesDecoded > 0)).framesDecoded;
        // Some seconds by the page's own clock: it reports once a second.
        for (let i = 0; i < 7; i++) {
            view.forget();
            await view.sampled();
        }
        assert.deepEqual(states(view), []);
        const stats = await view.sampled();
        assert.ok(stats.framesDecoded > from, 'the sharer keeps frames coming');
    });

    it('decodes nothing while nobody sees the picture, and has a new one soon after it is seen again', async () => {
        await startShare();
        const { view, page } = await startView([[0, key(1)]]);
        await view.said('view.state', isState('live'));
        const shown = (): Promise<number> =>
            page.evaluate(
                () =>
                    (document.querySelector('video.picture') as HTMLVideoElement).getVideoPlaybackQuality()
                        .totalVideoFrames,
            );
        const stage = page.locator('.stage');
        view.forget();
        await stage.evaluate((e) => e.style.setProperty('display', 'none'));
        await view.sampled();
        const from = await shown();
        await view.sampled();
        assert.ok((await shown()) - from <= 1, 'no picture was decoded');
        const began = performance.now();
        await stage.evaluate((e) => e.style.removeProperty('display'));
        await page.waitForFunction(
            (n) =>
                (document.querySelector('video.picture') as HTMLVideoElement).getVideoPlaybackQuality()
                    .totalVideoFrames >
                n + 3,
            await shown(),
        );
        console.log(`        picture again after ${Math.round(performance.now() - began)} ms`);
        assert.ok(performance.now() - began < 3_000);
        assert.deepEqual(states(view), []);
    });

    it('says that the sharer no longer shares', async () => {
        const { share } = await startShare();
        const { view, page } = await startView([[0, key(1)]]);
        await view.said('view.state', isState('live'));
        share.send({ type: 'share.stop', reason: '' });
        await view.said('view.state', isState('notSharing'));
        assert.equal(await pictureShown(page), false);
    });

    it('never attaches a track that is announced unencrypted', async () => {
        await publishClear(await browser.newPage(), {
            url: liveKit.url,
            token: await liveKit.viewerAndPublisher(room, 'ann'),
            announceEncrypted: false,
            withCamera: false,
        });
        const { view, page } = await startView([[0, key(1)]]);
        await view.said('view.state', isState('unencrypted'));
        assert.equal(
            await page.evaluate(() => (document.querySelector('video.picture') as HTMLVideoElement).srcObject),
            null,
        );
        assert.equal(await page.locator('#app').getAttribute('data-hush-e2ee'), 'refused');
        assert.ok(!states(view).includes('live'));
    });

    it('shows no clear frame of a track that only claims to be encrypted, whatever else its sender announces', async () => {
        await publishClear(await browser.newPage(), {
            url: liveKit.url,
            token: await liveKit.viewerAndPublisher(room, 'ann'),
            announceEncrypted: true,
            withCamera: true,
        });
        const { view, page } = await startView([[0, key(1)]]);
        await view.said('view.state', (m) => m.state === 'wrongKey' || m.state === 'waitingForKey');
        await view.sampled((m) => m.bitsPerSecond > 0);
        assert.ok(!states(view).includes('live'));
        assert.ok(view.samples.every((m) => m.framesDecoded === 0));
        assert.equal(await pictureShown(page), false);
    });

    it('comes back by itself, encrypted, when the media server was restarted', async () => {
        const { share } = await startShare();
        const { view } = await startView([[0, key(1)]]);
        await view.said('view.state', isState('live'));
        // A retired index of somebody else's must not become the one we send under.
        share.send({ type: 'keys.set', identity: 'ann', index: 1, key: key(3) });
        view.send({ type: 'keys.set', identity: 'ann', index: 1, key: key(3) });
        share.send({ type: 'keys.set', identity: 'zoe', index: 0, key: key(4) });
        view.forget();
        share.forget();
        await liveKit.restart();
        await view.said('view.state', isState('reconnecting'));
        await share.said('share.reconnecting');
        await share.said('share.published');
        await view.said('view.state', isState('live'));
        assert.ok(!states(view).some((s) => s === 'wrongKey' || s === 'unencrypted'));
    });

    it('says so when the media server cannot be reached', async () => {
        const page = await browser.newPage();
        const view = await harness.open('view', page);
        view.send({ type: 'view.connect', identity: 'ann', grant: { url: 'ws://127.0.0.1:9', token: 'x' } });
        await view.said('view.state', isState('failed'));
        await page.getByText('The media server could not be reached.').waitFor();
        await page.getByRole('button', { name: 'Try Again' }).click();
        assert.equal((await view.said('action')).name, 'retry');
    });
});
