/** What a direct share sends and how a viewer shows it: bit rate, sharpness or frames, the player. In real Chromium. */
import { describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { meshPages } from './support/meshPages.ts';

/** Runs in a page: keeps its connections in `made`. */
function recordConnections(): void {
    const made: RTCPeerConnection[] = [];
    const Real = RTCPeerConnection;
    Object.assign(globalThis, {
        made,
        RTCPeerConnection: class extends Real {
            constructor(configuration?: RTCConfiguration) {
                super(configuration);
                made.push(this);
            }
        },
    });
}

describe('the picture of a direct share', function () {
    this.timeout(90_000);
    const pages = meshPages();
    const { startShare, startView, advances } = pages;

    it('keeps sharpness or frames as the sharer chooses while it runs', async () => {
        await startShare((page) => page.addInitScript(recordConnections));
        const sharePage = pages.browser.context.pages().find((p) => p.url().includes('127.0.0.1'));
        assert.ok(sharePage);
        const { view } = await startView('bob');
        await view.said('view.state', (m) => m.state === 'live');
        const keeps = (wanted: string): Promise<unknown> =>
            sharePage.waitForFunction((preference) => {
                const { made } = globalThis as unknown as { made: RTCPeerConnection[] };
                const [sender] = made.flatMap((pc) => pc.getSenders()).filter((s) => s.track?.kind === 'video');
                return sender?.getParameters().degradationPreference === preference;
            }, wanted);
        await keeps('maintain-resolution');
        await sharePage.getByLabel('Optimize for').selectOption('Smooth Motion');
        await keeps('maintain-framerate');
        await advances(view);
    });

    it('changes to the buffered player and back at a key, without an empty picture', async () => {
        await startShare();
        const { view, page } = await startView('bob');
        await view.said('view.state', (m) => m.state === 'live');
        const app = page.locator('#app');
        for (const playout of ['buffered', 'immediate']) {
            view.forget();
            await page.keyboard.press('m');
            await app.and(page.locator(`[data-hush-playout=${playout}]`)).waitFor({ state: 'attached' });
            await advances(view);
            const { width, height } = await view.sampled();
            assert.deepEqual([width, height], [1280, 720], 'no placeholder is shown');
            assert.ok(!view.messages.some((m) => m.type === 'view.state' && m.state !== 'live'));
            assert.equal(await page.locator('video.next').count(), 0, 'no hidden picture stays');
        }
    });

    for (const [what, broken] of [
        ['has no transforms', 'delete globalThis.RTCRtpScriptTransform'],
        ['refuses the transform', 'globalThis.RTCRtpScriptTransform = class { constructor() { throw new Error() } }'],
        ['cannot make pictures of its own', 'delete globalThis.MediaStreamTrackGenerator'],
        ['has no decoder', 'delete globalThis.VideoDecoder'],
        ['cannot decode the codec', 'VideoDecoder.isConfigSupported = async () => ({ supported: false })'],
    ] as const)
        it(`is live in the browser’s own player where the browser ${what}`, async () => {
            await startShare();
            const inWorker = broken.startsWith('VideoDecoder.');
            const { view, page } = await startView('bob', async (p) => {
                if (!inWorker) return p.addInitScript(broken);
                return p.route('**/mediaWorker.js', async (route) => {
                    const answer = await route.fetch();
                    await route.fulfill({ response: answer, body: `${broken};${await answer.text()}` });
                });
            });
            await view.said('view.state', (m) => m.state === 'live');
            await page.locator('#app[data-hush-playout=buffered]').waitFor({ state: 'attached' });
            await advances(view);
        });

    it('sends with the bit rate that fits the picture, also when its size changes', async () => {
        await startShare((page) => page.addInitScript(recordConnections));
        const sharePage = pages.browser.context.pages().find((p) => p.url().includes('127.0.0.1'));
        assert.ok(sharePage);
        const { view } = await startView('bob');
        await view.said('view.state', (m) => m.state === 'live');
        /** Stands in for a captured window that the person resizes. */
        const resize = (width: number, height: number): Promise<void> =>
            sharePage.evaluate(
                (size) => {
                    const { srcObject } = document.querySelector('video.preview') as HTMLVideoElement;
                    const [track] = (srcObject as MediaStream).getVideoTracks();
                    if (track) track.getSettings = () => size;
                },
                { width, height },
            );
        const sendsAt = (bitrate: number): Promise<unknown> =>
            sharePage.waitForFunction((wanted) => {
                const { made } = globalThis as unknown as { made: RTCPeerConnection[] };
                const senders = made.flatMap((pc) => pc.getSenders()).filter((s) => s.track?.kind === 'video');
                return senders.some((s) => s.getParameters().encodings[0]?.maxBitrate === wanted);
            }, bitrate);
        await sendsAt(4_000_000);
        await resize(1920, 1080);
        await sendsAt(6_000_000);
        await resize(640, 360);
        await sendsAt(4_000_000);
        await advances(view);
    });
});
