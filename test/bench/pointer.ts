/**
 * `npm run bench -- --pointer`: how old a viewer's pointer is when the sharer's preview shows it, in two browsers, on
 * each transport. From the mouse event in the viewer's page to the next drawn frame of the sharer's page.
 */
import type { Page } from 'playwright-core';
import { createHarness, choose } from '../integration/support/pageHarness.ts';
import { createMeshPair } from '../integration/support/meshPair.ts';
import { launchPageBrowser } from '../integration/support/pageBrowser.ts';
import { startPageLiveKit } from '../integration/support/pageLiveKit.ts';
import { ensureLiveKit } from '../stack/install/liveKit.ts';
import { eventually } from '../stack/eventually.ts';
import { silentProgress } from '../stack/progress.ts';
import { quantile } from './statistics.ts';

/** What is wanted, in ms (issue about pointing). */
const LIMIT_MS = 50;
const MOVES = 300;
const MEDIA_KEY = Buffer.alloc(16, 5).toString('base64');
const deviceOf = (name: string) => ({ userId: `@${name}:hs`, deviceId: name.toUpperCase() });

interface Row {
    readonly transport: string;
    readonly p50: number;
    readonly p95: number;
    readonly ofLimit: number;
    readonly shown: number;
    readonly moves: number;
}

export async function benchPointer(): Promise<readonly Row[]> {
    await ensureLiveKit(silentProgress);
    const liveKit = await startPageLiveKit();
    try {
        const rows: Row[] = [];
        for (const transport of ['direct', 'LiveKit'] as const)
            rows.push(await one(transport, transport === 'direct' ? undefined : liveKit));
        console.error(
            rows.map((r) => `${r.transport}: p50 ${r.p50} ms, p95 ${r.p95} ms (${r.shown} of ${r.moves})`).join('\n'),
        );
        return rows;
    } finally {
        await liveKit.stop();
    }
}

async function one(transport: string, liveKit: Awaited<ReturnType<typeof startPageLiveKit>> | undefined): Promise<Row> {
    const [sharer, viewer] = [await launchPageBrowser(), await launchPageBrowser()];
    const harness = createHarness();
    const mesh = createMeshPair(harness.host);
    try {
        await sharer.openSource();
        const sharePage = await sharer.newPage();
        const share = await harness.open('share', sharePage, 'share');
        share.send({ type: 'share.capture', settings: { maxFrameRate: 30, contentHint: 'text', maxBitrate: 0 } });
        await choose(sharePage, share);
        await share.said('capture.started');
        const viewPage = await viewer.newPage();
        const view = await harness.open('view', viewPage, 'bob');
        await view.said('ready');
        for (const [page, name] of [
            [share, 'ann'],
            [view, 'bob'],
        ] as const) {
            const [self, them] = [deviceOf(name), deviceOf(name === 'ann' ? 'bob' : 'ann')];
            page.send({ type: 'sideChannel.open', roomId: '!r:hs', shareId: 'S', self, sharer: deviceOf('ann') });
            for (const { userId, deviceId } of [self, them]) {
                const key = Buffer.alloc(16, deviceId).toString('base64');
                page.send({ type: 'sideChannel.key', userId, deviceId, name: userId, key });
            }
        }
        if (liveKit) {
            share.send({ type: 'keys.set', identity: 'ann', index: 0, key: MEDIA_KEY });
            const publish = { url: liveKit.url, token: await liveKit.publisherToken('bench', 'ann') };
            share.send({ type: 'share.publish', identity: 'ann', grant: publish });
            await share.said('share.published');
            view.send({ type: 'keys.set', identity: 'ann', index: 0, key: MEDIA_KEY });
            const watch = { url: liveKit.url, token: await liveKit.viewerToken('bench', 'bob') };
            view.send({ type: 'view.connect', identity: 'ann', grant: watch });
        } else {
            share.send({ type: 'share.direct' });
            mesh.serve('share');
            await share.said('share.published');
            view.send({ type: 'view.direct', identity: 'ann' });
            mesh.watch('bob', 'share');
        }
        await view.said('view.state', (m) => m.state === 'live');
        await share.said('sideChannel.devices', (m) => m.devices.length === 1);
        const ages = await move(viewPage, sharePage);
        return {
            transport,
            p50: Math.round(quantile(ages, 0.5)),
            p95: Math.round(quantile(ages, 0.95)),
            ofLimit: Math.round((quantile(ages, 0.5) / LIMIT_MS) * 100) / 100,
            shown: ages.length,
            moves: MOVES,
        };
    } finally {
        await mesh.dispose();
        harness.dispose();
        await sharer.close();
        await viewer.close();
    }
}

/** Each position is a time: the sharer's page finds by it when the mouse was there. */
async function move(viewPage: Page, sharePage: Page): Promise<number[]> {
    await viewPage.bringToFront();
    await sharePage.bringToFront();
    await viewPage.locator('.stage').focus();
    await viewPage.keyboard.press('p');
    await viewPage.locator('.drawing-surface').waitFor();
    await sharePage.evaluate(() => {
        const seen: [number, number][] = [];
        (globalThis as { seen?: typeof seen }).seen = seen;
        let last = '';
        const look = (): void => {
            const pointer = document.querySelector<HTMLElement>('.drawn-pointer');
            const width = document.querySelector<HTMLElement>('.drawn')?.clientWidth ?? 1;
            const at = pointer?.style.transform ?? '';
            const x = Number(/translate\(([\d.]+)px/u.exec(at)?.[1] ?? Number.NaN);
            if (at !== last && Number.isFinite(x)) seen.push([x / width, performance.timeOrigin + performance.now()]);
            last = at;
            requestAnimationFrame(look);
        };
        look();
    });
    const sent = await viewPage.evaluate(async (moves) => {
        const surface = document.querySelector<HTMLElement>('.drawing-surface');
        const box = document.querySelector('.drawn')?.getBoundingClientRect();
        if (!surface || !box) throw new Error('no surface');
        const times: number[] = [];
        for (let i = 0; i < moves; i++) {
            const clientX = box.left + (box.width * (i + 0.5)) / moves;
            const event = new PointerEvent('pointermove', { clientX, clientY: box.top + 20, bubbles: true });
            times.push(performance.timeOrigin + performance.now());
            surface.dispatchEvent(event);
            await new Promise((done) => setTimeout(done, 40));
        }
        return times;
    }, MOVES);
    const seen = await eventually(
        () =>
            sharePage.evaluate((moves) => {
                const all = (globalThis as { seen?: [number, number][] }).seen ?? [];
                return (all.at(-1)?.[0] ?? 0) > 1 - 1 / moves && all;
            }, MOVES),
        'the last position',
        20_000,
    );
    return seen.flatMap(([x, at]) => {
        const time = sent[Math.round(x * MOVES - 0.5)];
        return time === undefined ? [] : [at - time];
    });
}
