/** Share page to view pages without any media server, in real Chromium, under the real call machine. */
import { createHmac } from 'node:crypto';
import { after, before, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { skip } from '../stack/skip.ts';
import { startTurn, type Turn } from '../stack/turn.ts';
import type { IceServer } from '../../src/matrix/calls/iceServers.ts';
import { launchPageBrowser } from './support/pageBrowser.ts';
import { choose, createHarness, type HarnessPage } from './support/pageHarness.ts';
import { meshPages } from './support/meshPages.ts';
import { createMeshPair } from './support/meshPair.ts';

describe('a share from device to device', function () {
    this.timeout(90_000);
    const pages = meshPages();
    const { startShare, startView, advances, offering } = pages;

    it('is live in the captured size, and says that it is direct and encrypted', async () => {
        const share = await startShare();
        const began = performance.now();
        const { view, page } = await startView('bob');
        await view.said('view.state', (m) => m.state === 'live');
        console.log(`        click to live: ${Math.round(performance.now() - began)} ms`);
        const stats = await view.sampled((m) => m.framesDecoded > 10);
        assert.deepEqual([stats.width, stats.height], [1280, 720]);
        console.log(`        codec ${stats.codec}, ${Math.round(stats.bitsPerSecond / 1_000)} kbit/s`);
        assert.equal(await page.locator('#app').getAttribute('data-hush-e2ee'), 'on');
        assert.equal(await page.locator('#app').getAttribute('data-hush-path'), 'direct');
        assert.equal(await page.locator('#app').getAttribute('data-hush-playout'), 'immediate');
        assert.equal((await share.said('mesh.state', (m) => m.state === 'connected')).route, 'direct');
    });

    // The browser refuses each of them. The calls pass them on here without the host's own check.
    const REFUSED = [
        'stun:127.0.0.1:3478?transport=udp',
        'turn:127.0.0.1:port',
        'turn:127.0.0.1?transport=none',
        'http://127.0.0.1',
        'turn://127.0.0.1',
    ];
    it('is live beside ICE servers that the browser refuses, and names them', async () => {
        await offering([...REFUSED, 'stun:127.0.0.1:9']);
        const share = await startShare();
        for (const name of ['bob', 'carol']) {
            const { view } = await startView(name);
            await view.said('view.state', (m) => m.state === 'live');
        }
        assert.deepEqual([...new Set(pages.mesh.refusedServers())].toSorted(), REFUSED.toSorted());
        assert.ok(!share.messages.some((m) => m.type === 'servers.none'));
    });

    it('is live on one network when no ICE server is left, and says so once on either side', async () => {
        await offering(REFUSED);
        const share = await startShare();
        const { view } = await startView('bob');
        await view.said('view.state', (m) => m.state === 'live');
        const carol = await startView('carol');
        await carol.view.said('view.state', (m) => m.state === 'live');
        for (const page of [share, view])
            assert.deepEqual(
                page.messages.filter((m) => m.type === 'servers.none'),
                [{ type: 'servers.none', relayOnly: false }],
            );
    });

    it('goes on for later viewers when one connection cannot be made at all', async () => {
        const share = await startShare();
        const [page] = pages.browser.context
            .pages()
            .filter((each) => !each.url().startsWith('about:'))
            .slice(-1);
        await page?.evaluate(() => {
            const Native = globalThis.RTCPeerConnection;
            globalThis.RTCPeerConnection = function once() {
                globalThis.RTCPeerConnection = Native;
                throw new TypeError('once');
            } as unknown as typeof RTCPeerConnection;
        });
        await startView('bob');
        await share.said('mesh.state', (m) => m.state === 'failed');
        const carol = await startView('carol');
        await carol.view.said('view.state', (m) => m.state === 'live');
    });

    it('serves four viewers at once, and goes on for three when one leaves', async () => {
        await startShare();
        const views = await Promise.all(['v1', 'v2', 'v3', 'v4'].map((name) => startView(name)));
        for (const { view } of views) await view.said('view.state', (m) => m.state === 'live');
        pages.mesh.release('v1');
        for (const { view } of views.slice(1)) await advances(view);
        assert.equal(pages.mesh.sharer.count.connections, 3);
    });

    it('finds a new way after the old one broke, within five seconds', async () => {
        const share = await startShare();
        const { view } = await startView('bob');
        await view.said('view.state', (m) => m.state === 'live');
        share.forget();
        view.forget();
        const began = performance.now();
        pages.mesh.breakConnection(pages.mesh.connections()[0] ?? '');
        await share.said('mesh.description', (m) => m.kind === 'offer');
        await view.said('mesh.description', (m) => m.kind === 'answer');
        await advances(view);
        console.log(`        picture again after ${Math.round(performance.now() - began)} ms`);
        assert.ok(performance.now() - began < 5_000);
    });

    it('goes on when another window runs its calls, which then knows its viewers and can end their picture', async () => {
        await startShare();
        const { view } = await startView('bob');
        await view.said('view.state', (m) => m.state === 'live');
        view.forget();
        const began = performance.now();
        pages.mesh.takeOver();
        await view.said('view.state', (m) => m.state !== 'live');
        await view.said('view.state', (m) => m.state === 'live');
        console.log(`        picture again after ${Math.round(performance.now() - began)} ms`);
        await advances(view);
        const [bob] = pages.mesh.sharer.served;
        assert.ok(bob && bob.since !== undefined, 'who can see it names the viewer');
        view.forget();
        pages.mesh.sharer.deviceGone(bob.roomId, bob.device);
        await view.said('view.state', (m) => m.state === 'reconnecting');
    });

    it('leaves no connection and no listener behind after 50 joins and leaves', async function () {
        this.timeout(120_000);
        await startShare();
        const sharePage = pages.browser.context.pages().find((p) => p.url().includes('127.0.0.1'));
        assert.ok(sharePage);
        const { view } = await startView('bob');
        await view.said('view.state', (m) => m.state === 'live');
        const cdp = await pages.browser.context.newCDPSession(sharePage);
        const counts = async () => {
            await cdp.send('HeapProfiler.collectGarbage');
            const { objects } = await cdp.send('Runtime.queryObjects', {
                prototypeObjectId: await prototypeOf('RTCPeerConnection'),
                objectGroup: 'count',
            });
            const { result } = await cdp.send('Runtime.callFunctionOn', {
                functionDeclaration:
                    'function () { return this.filter((pc) => pc.connectionState !== "closed").length }',
                objectId: objects.objectId ?? '',
                returnByValue: true,
            });
            const streams = await cdp.send('Runtime.queryObjects', {
                prototypeObjectId: await prototypeOf('MediaStream'),
                objectGroup: 'count',
            });
            const { result: allStreams } = await cdp.send('Runtime.callFunctionOn', {
                functionDeclaration: 'function () { return this.length }',
                objectId: streams.objects.objectId ?? '',
                returnByValue: true,
            });
            await cdp.send('Runtime.releaseObjectGroup', { objectGroup: 'count' });
            const metrics = await cdp.send('Performance.getMetrics');
            return {
                open: Number(result.value),
                streams: Number(allStreams.value),
                listeners: metrics.metrics.find((m) => m.name === 'JSEventListeners')?.value ?? 0,
            };
        };
        const prototypeOf = async (name: string): Promise<string> =>
            (await cdp.send('Runtime.evaluate', { expression: `${name}.prototype` })).result.objectId ?? '';
        await cdp.send('Performance.enable');
        const before = await counts();
        for (let i = 0; i < 50; i++) {
            pages.mesh.release('bob');
            view.forget();
            pages.mesh.watch('bob', 'share');
            await view.said('mesh.state', (m) => m.state === 'connected');
        }
        let after = await counts();
        // What was closed last is collected when its last callbacks have run.
        const more = (): boolean => after.listeners > before.listeners || after.streams > before.streams;
        for (let tries = 0; tries < 20 && more(); tries++) after = await counts();
        console.log(`        before ${JSON.stringify(before)}, after ${JSON.stringify(after)}`);
        assert.equal(after.open, before.open);
        assert.ok(after.listeners < before.listeners + 10, 'what was closed keeps no listener');
        assert.ok(after.streams < before.streams + 10, 'what was closed keeps no stream');
        assert.equal(pages.mesh.sharer.count.connections, 1);
    });
});

describe('a share through a relay only', function () {
    this.timeout(90_000);
    let turn: Turn;
    before(async function () {
        const started = await startTurn();
        if ('reason' in started) skip(this, started.reason);
        turn = started;
    });
    after(() => turn?.stop());

    /** A live share through the relay that `server` names at the moment, over its `index`th address. */
    const relayed = async (
        server: () => Turn,
        index: number,
        work: (share: HarnessPage, view: HarnessPage, viewPage: Page) => Promise<void>,
    ): Promise<void> => {
        const browser = await launchPageBrowser();
        const harness = createHarness();
        const iceServers = (): IceServer[] => {
            const { uris, sharedSecret } = server().turn;
            // As Synapse makes them (TURN REST API): an expiry as the name, its HMAC as the password.
            const username = `${Math.floor(Date.now() / 1_000) + 3_600}:hush`;
            const credential = createHmac('sha1', sharedSecret).update(username).digest('base64');
            return [{ urls: [uris[index] ?? ''], username, credential }];
        };
        const mesh = createMeshPair(harness.host, { relayOnly: true, iceServers });
        try {
            await browser.openSource();
            const sharePage = await browser.newPage();
            const share = await harness.open('share', sharePage, 'share');
            share.send({ type: 'share.capture', settings: { maxFrameRate: 30, contentHint: 'text', maxBitrate: 0 } });
            await choose(sharePage, share);
            await share.said('capture.started');
            share.send({ type: 'share.direct' });
            mesh.serve('share');
            const viewPage = await browser.newPage();
            const view = await harness.open('view', viewPage, 'bob');
            await view.said('ready'); // what comes before is not kept for it
            view.send({ type: 'view.direct', identity: 'ann' });
            mesh.watch('bob', 'share');
            await view.said('view.state', (m) => m.state === 'live');
            assert.equal(await viewPage.locator('#app').getAttribute('data-hush-path'), 'relayed');
            await work(share, view, viewPage);
        } finally {
            await mesh.dispose();
            harness.dispose();
            await browser.close();
        }
    };

    for (const [index, protocol] of ['udp', 'tcp'].entries()) {
        it(`is live over ${protocol}, tells its peer no other address, and says that it is relayed`, () =>
            relayed(
                () => turn,
                index,
                async (share, view) => {
                    const lines = [...share.messages, ...view.messages].flatMap((m) =>
                        m.type === 'mesh.candidates'
                            ? m.candidates.map((c) => c.candidate)
                            : m.type === 'mesh.description'
                              ? m.sdp.split('\n')
                              : [],
                    );
                    const candidates = lines.filter((l) => l.includes('candidate:'));
                    assert.ok(candidates.length > 0 && candidates.every((c) => c.includes('typ relay')));
                },
            ));
    }

    it('finds another way by itself when the network under it is gone', async () => {
        const started = [await startTurn()];
        const now = (): Turn => {
            const last = started.at(-1);
            if (!last || 'reason' in last) throw new Error('no relay');
            return last;
        };
        try {
            await relayed(now, 0, async (share, view, viewPage) => {
                share.forget();
                view.forget();
                const gone = now();
                started.push(await startTurn());
                const began = performance.now();
                await gone.stop(); // every address that the two have of each other is dead
                await share.said('mesh.state', (m) => m.state === 'failed');
                console.log(`        noticed after ${Math.round(performance.now() - began)} ms`);
                const noticed = performance.now();
                await share.said('mesh.state', (m) => m.state === 'connected');
                await view.said('view.state', (m) => m.state === 'live');
                const back = Math.round(performance.now() - noticed);
                console.log(`        picture again ${back} ms after that`);
                assert.ok(back < 5_000, `${back} ms`);
                assert.equal(await viewPage.locator('#app').getAttribute('data-hush-path'), 'relayed');
            });
        } finally {
            for (const one of started) if (!('reason' in one)) await one.stop();
        }
    });
});
