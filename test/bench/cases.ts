/** The cases that the bench compares, each with a sharer in one browser and a viewer in another. */
import { build } from 'esbuild';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { choose, createHarness } from '../integration/support/pageHarness.ts';
import { createMeshPair } from '../integration/support/meshPair.ts';
import type { PageLiveKit } from '../integration/support/pageLiveKit.ts';
import type { BareLiveKit } from './pages/bareLiveKit.ts';
import type { BarePeer } from './pages/barePeer.ts';

export interface Size {
    readonly width: number;
    readonly height: number;
}
interface Browsers {
    readonly sharer: Browser;
    readonly viewer: Browser;
}
export interface Scene {
    readonly browsers: Browsers;
    readonly origin: string;
    readonly size: Size;
    readonly liveKit: PageLiveKit;
}
interface Running {
    readonly page: Page;
    /** Selector of the video in `page`. */
    readonly video: string;
    /** ms from the click on Share, or the offer, to the first picture of a viewer who is there. */
    readonly firstFrameMs: number | undefined;
    close(): Promise<void>;
}
export interface Case {
    readonly name: string;
    /** The case with which it is compared. */
    readonly peer?: string;
    open(scene: Scene): Promise<Running>;
}

/** Files of the bare pages, by path. */
export async function bareFiles(): Promise<Map<string, { type: string; body: string }>> {
    const { outputFiles } = await build({
        bundle: true,
        minify: true,
        write: false,
        outdir: 'bench',
        platform: 'browser',
        target: 'chrome128',
        format: 'iife',
        entryPoints: {
            barePeer: 'test/bench/pages/barePeer.ts',
            bareLiveKit: 'test/bench/pages/bareLiveKit.ts',
            bareWorker: 'livekit-client/e2ee-worker',
        },
        legalComments: 'none',
    });
    const files = new Map(
        outputFiles.map(({ path, text }) => [
            `/${path.split(/[/\\]/u).at(-1)}`,
            { type: 'text/javascript', body: text },
        ]),
    );
    for (const name of ['barePeer', 'bareLiveKit']) {
        const body = `<!doctype html><title>${name}</title><style>body{margin:0}video{width:100vw}</style><video playsinline></video><script src="/${name}.js"></script>`;
        files.set(`/${name}`, { type: 'text/html', body });
    }
    return files;
}

/** Height of the bars of Hush's viewer page, and some more. */
const BARS_PX = 120;

interface World {
    readonly sharer: BrowserContext;
    readonly viewer: BrowserContext;
    close(): Promise<void>;
}

/** Fresh contexts in both browsers, with the source in a tab of the sharer's. */
async function openWorld({ browsers, origin, size }: Scene): Promise<World> {
    const [sharer, viewer] = await Promise.all([
        browsers.sharer.newContext({ viewport: size }),
        // The viewer's page has bars beside the picture. Bare pages get the same room, so that nobody has to scale.
        browsers.viewer.newContext({ viewport: { width: size.width, height: size.height + BARS_PX } }),
    ]);
    await (await sharer.newPage()).goto(`${origin}/source`);
    return {
        sharer,
        viewer,
        async close() {
            await Promise.all([sharer.close(), viewer.close()]);
        },
    };
}

/** Resolves with ms since `began` when the video has its first picture. */
async function firstPicture(page: Page, video: string, began: number): Promise<number> {
    await page.waitForFunction((css) => (document.querySelector<HTMLVideoElement>(css)?.videoWidth ?? 0) > 16, video, {
        polling: 10,
    });
    return Math.round(performance.now() - began);
}

type Bare<T> = Window & { readonly bare: T };

export const CASES: readonly Case[] = [
    {
        name: 'local capture',
        async open(scene) {
            const world = await openWorld(scene);
            const page = await world.sharer.newPage();
            await page.goto(`${scene.origin}/barePeer`);
            await page.evaluate(() => (window as unknown as Bare<BarePeer>).bare.capture());
            return { page, video: 'video', firstFrameMs: undefined, close: world.close };
        },
    },
    {
        name: 'bare RTCPeerConnection',
        async open(scene) {
            const world = await openWorld(scene);
            const [from, to] = [await world.sharer.newPage(), await world.viewer.newPage()];
            await Promise.all([from.goto(`${scene.origin}/barePeer`), to.goto(`${scene.origin}/barePeer`)]);
            await from.evaluate(() => (window as unknown as Bare<BarePeer>).bare.capture());
            const began = performance.now();
            const offer = await from.evaluate(() => (window as unknown as Bare<BarePeer>).bare.offer());
            const answer = await to.evaluate((o) => (window as unknown as Bare<BarePeer>).bare.answer(o), offer);
            await from.evaluate((a) => (window as unknown as Bare<BarePeer>).bare.accept(a), answer);
            const firstFrameMs = await firstPicture(to, 'video', began);
            return { page: to, video: 'video', firstFrameMs, close: world.close };
        },
    },
    {
        name: 'Hush, direct',
        peer: 'bare RTCPeerConnection',
        async open(scene) {
            const world = await openWorld(scene);
            const harness = createHarness();
            const mesh = createMeshPair(harness.host);
            const [from, to] = [await world.sharer.newPage(), await world.viewer.newPage()];
            const share = await harness.open('share', from, 'share');
            const view = await harness.open('view', to, 'view');
            await view.said('ready');
            share.send({ type: 'share.capture', settings: { maxFrameRate: 30, contentHint: 'text', maxBitrate: 0 } });
            await choose(from, share);
            await share.said('capture.started');
            const began = performance.now();
            share.send({ type: 'share.direct' });
            mesh.serve('share');
            view.send({ type: 'view.direct', identity: 'ann' });
            mesh.watch('view', 'share');
            const firstFrameMs = await firstPicture(to, 'video.picture', began);
            return {
                page: to,
                video: 'video.picture',
                firstFrameMs,
                async close() {
                    await mesh.dispose();
                    harness.dispose();
                    await world.close();
                },
            };
        },
    },
    {
        name: 'bare livekit-client, E2EE',
        async open(scene) {
            const world = await openWorld(scene);
            const room = nextRoom();
            const [from, to] = [await world.sharer.newPage(), await world.viewer.newPage()];
            await Promise.all([from.goto(`${scene.origin}/bareLiveKit`), to.goto(`${scene.origin}/bareLiveKit`)]);
            const { url } = scene.liveKit;
            const [publish, watch] = [
                await scene.liveKit.publisherToken(room, 'ann'),
                await scene.liveKit.viewerToken(room, 'bob'),
            ];
            await from.evaluate(() => (window as unknown as Bare<BareLiveKit>).bare.capture());
            await to.evaluate(
                ([u = '', t = '']) => (window as unknown as Bare<BareLiveKit>).bare.watch(u, t),
                [url, watch],
            );
            const began = performance.now();
            await from.evaluate(
                ([u = '', t = '']) => (window as unknown as Bare<BareLiveKit>).bare.publish(u, t),
                [url, publish],
            );
            const firstFrameMs = await firstPicture(to, 'video', began);
            return { page: to, video: 'video', firstFrameMs, close: world.close };
        },
    },
    {
        name: 'Hush, LiveKit',
        peer: 'bare livekit-client, E2EE',
        async open(scene) {
            const world = await openWorld(scene);
            const harness = createHarness();
            const room = nextRoom();
            const { url } = scene.liveKit;
            const [from, to] = [await world.sharer.newPage(), await world.viewer.newPage()];
            const share = await harness.open('share', from, 'share');
            const view = await harness.open('view', to, 'view');
            const key = { type: 'keys.set', identity: 'ann', index: 0, key: KEY } as const;
            view.send(key);
            view.send({
                type: 'view.connect',
                identity: 'ann',
                grant: { url, token: await scene.liveKit.viewerToken(room, 'bob') },
            });
            share.send({ type: 'share.capture', settings: { maxFrameRate: 30, contentHint: 'text', maxBitrate: 0 } });
            await choose(from, share);
            await share.said('capture.started');
            await view.said('view.state', (m) => m.state === 'notSharing');
            const grant = { url, token: await scene.liveKit.publisherToken(room, 'ann') };
            const began = performance.now();
            share.send(key);
            share.send({ type: 'share.publish', identity: 'ann', grant });
            const firstFrameMs = await firstPicture(to, 'video.picture', began);
            return {
                page: to,
                video: 'video.picture',
                firstFrameMs,
                async close() {
                    harness.dispose();
                    await world.close();
                },
            };
        },
    },
];

/** Base64 of 16 bytes. */
const KEY = Buffer.alloc(16, 7).toString('base64');
let rooms = 0;
const nextRoom = (): string => `bench-${process.pid}-${++rooms}`;
