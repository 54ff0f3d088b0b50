/** A running share between the direct way and a LiveKit: real cores, calls, pages and SFU; frames seen by the viewers. */
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { CALM_MS, RETRY_MS } from '../../src/core/session/topology.ts';
import type { SessionState } from '../../src/core/session/state.ts';
import { createHandoverRoom, ROOM, type HandoverRoom, type RoomPerson } from './support/handoverRoom.ts';
import { launchPageBrowser, type PageBrowser } from './support/pageBrowser.ts';
import { startPageLiveKit, type PageLiveKit } from './support/pageLiveKit.ts';

interface Watched {
    /** Looks that found no picture, and the states in them. */
    readonly missing: readonly string[];
    readonly looks: number;
    /** Longest time without a new frame, ms. */
    readonly gap: number;
    readonly frames: number;
}

/** Runs in the page: looks many times a second whether there is a picture. */
function watchPicture(): void {
    const seen = { missing: [] as string[], looks: 0, gap: 0, frames: 0 };
    (globalThis as unknown as { seen: Watched }).seen = seen;
    let last = performance.now();
    let [followed, decoded]: [HTMLVideoElement | null, number] = [null, 0];
    setInterval(() => {
        const video = document.querySelector<HTMLVideoElement>('video.picture');
        const state = document.getElementById('app')?.dataset['hushState'] ?? '';
        seen.looks++;
        if (state !== 'live' || !video || video.readyState < 2 || video.videoWidth === 0)
            seen.missing.push(`${state} ${video?.readyState ?? 'no picture'}`);
        // Not `requestVideoFrameCallback`: a tab in the background draws one frame a second, whatever comes.
        const now = video?.getVideoPlaybackQuality().totalVideoFrames ?? 0;
        if (video === followed && now === decoded) return;
        if (video === followed) seen.frames += now - decoded;
        [followed, decoded] = [video, now];
        seen.gap = Math.max(seen.gap, performance.now() - last);
        last = performance.now();
    }, 20);
}
const watched = (page: Page): Promise<Watched> =>
    page.evaluate(() => (globalThis as unknown as { seen: Watched }).seen);

/** Resolves when `test` holds of the state. */
async function until(person: RoomPerson, what: string, test: (state: SessionState) => boolean): Promise<void> {
    if (test(person.core.state)) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const heard = person.core.onState((state) => test(state) && resolve());
    const timer = setTimeout(() => reject(new Error(`not ${what}: ${describeState(person.core.state)}`)), 40_000);
    await promise.finally(() => {
        clearTimeout(timer);
        heard.dispose();
    });
}
const describeState = ({ share, viewerTabs: views }: SessionState): string =>
    JSON.stringify([
        share && { ...share, viewers: [...share.viewers], called: [], unreached: [...share.unreached] },
        [...views.values()],
    ]);

/** More frames come from here on. */
async function goesOn(page: Page): Promise<void> {
    const { frames } = await watched(page);
    await page.waitForFunction((from) => (globalThis as unknown as { seen: Watched }).seen.frames > from + 10, frames, {
        polling: 100,
    });
}

describe('a share that moves between the direct way and a media server', function () {
    this.timeout(120_000);
    let browser: PageBrowser;
    let liveKit: PageLiveKit;
    let room: HandoverRoom;
    let ann: RoomPerson;
    before(async () => {
        [browser, liveKit] = await Promise.all([launchPageBrowser(), startPageLiveKit()]);
    });
    after(async () => {
        await browser?.close();
        await liveKit?.stop();
    });
    beforeEach(async () => {
        room = createHandoverRoom(() => browser.newPage(), liveKit);
        ann = room.add('ann');
        await browser.openSource();
    });
    afterEach(async () => {
        await room.dispose();
        for (const page of browser.context.pages()) await page.close();
    });

    const waitsForCalm = ({ share: s }: SessionState): boolean =>
        s?.course.kind === 'steady' && s.course.calm !== undefined;
    const share = async (transport: 'auto' | 'mesh' = 'auto'): Promise<Page> => {
        ann.core.dispatch({
            type: 'shareRequested',
            shareId: 'S',
            roomId: ROOM,
            roomName: 'room',
            location: 'browser',
            settings: { maxFrameRate: 30, contentHint: 'text', maxBitrate: 0 },
            transport,
            now: Date.now(),
        });
        const page = await ann.page('S');
        await page.click('button.big', { timeout: 5_000 }).catch(() => undefined);
        await until(ann, 'live', (s) => s.share?.phase === 'live');
        return page;
    };
    const view = async (name: string): Promise<{ person: RoomPerson; page: Page }> => {
        const person = room.add(name);
        const { userId, deviceId } = ann;
        person.core.dispatch({
            type: 'viewerTabRequested',
            tabId: name,
            target: { roomId: ROOM, userId, deviceId, shareId: 'S' },
            sharerName: 'Ann',
            roomName: 'room',
        });
        const page = await person.page(name);
        await until(person, 'live', (s) => s.viewerTabs.get(name)?.phase === 'live');
        await page.evaluate(watchPicture);
        return { person, page };
    };
    const paths = (views: readonly { page: Page }[]): Promise<(string | null)[]> =>
        Promise.all(views.map(({ page }) => page.locator('#app').getAttribute('data-hush-path')));
    const moved = async (to: 'mesh' | 'livekit', views: readonly { person: RoomPerson }[]): Promise<void> => {
        await until(
            ann,
            `settled on ${to}`,
            ({ share: s }) => s?.course.kind === 'steady' && s.course.transport === to,
        );
        for (const { person } of views)
            await until(person, `moved to ${to}`, (s) =>
                [...s.viewerTabs.values()].every((v) => v.transport === to && !v.move),
            );
    };
    /** The picture goes on, and was there at every look. */
    const neverWithout = async (views: readonly { page: Page }[], what: string): Promise<void> => {
        await Promise.all(views.map(({ page }) => goesOn(page)));
        const all = await Promise.all(views.map(({ page }) => watched(page)));
        for (const { missing, looks, gap, frames } of all) {
            console.log(`        ${what}: ${frames} frames, longest gap ${Math.round(gap)} ms, ${looks} looks`);
            assert.deepEqual(missing, []);
        }
    };

    it('goes to the media server with the fifth viewer and comes back with the third, and nobody is without a picture', async () => {
        const sharePage = await share();
        const four = [await view('v1'), await view('v2'), await view('v3'), await view('v4')];
        assert.deepEqual(await paths(four), ['direct', 'direct', 'direct', 'direct'], 'though there is a server');
        const all = [...four, await view('v5')];
        await moved('livekit', all);
        assert.deepEqual(await paths(all), ['sfu', 'sfu', 'sfu', 'sfu', 'sfu']);
        await neverWithout(all, 'to the server');
        assert.equal(ann.calls.count.connections, 0, 'no connection to a viewer is left');
        assert.equal(await sharePage.locator('#app').getAttribute('data-hush-path'), 'sfu');

        const three = all.slice(0, 3);
        for (const { person, page } of all.slice(3)) {
            person.core.dispatch({
                type: 'viewerTabCloseRequested',
                tabId: [...person.core.state.viewerTabs.keys()][0] ?? '',
            });
            await page.close();
        }
        await until(ann, 'waiting until it is calm', waitsForCalm);
        ann.pass(CALM_MS);
        await moved('mesh', three);
        assert.deepEqual(await paths(three), ['direct', 'direct', 'direct']);
        await neverWithout(three, 'and back');
        assert.equal(ann.core.state.share?.route, 'direct');
    });

    it('is at the media server while somebody is there with another client, and direct again after', async () => {
        await share();
        const bob = await view('bob');
        room.addOther('eve');
        await moved('livekit', [bob]);
        room.removeOther('eve');
        await until(ann, 'calm', waitsForCalm);
        ann.pass(CALM_MS);
        await moved('mesh', [bob]);
        await neverWithout([bob], 'there and back');
    });

    it('stays direct and says why while the room has no server, and uses one that it gains', async () => {
        room.server = false;
        await share();
        const bob = await view('bob');
        const { userId, deviceId } = bob.person;
        // What Bob's device says when no picture comes directly.
        ann.core.dispatch({
            type: 'watch',
            roomId: ROOM,
            shareId: 'S',
            userId,
            deviceId,
            watching: true,
            via: 'unreached',
        });
        await until(ann, 'told', (s) => s.share?.noSfu !== undefined);
        assert.deepEqual(
            ann.notices.map((n) => n.kind === 'serverMissed' && [n.need, n.why]),
            [['unreached', 'none']],
        );
        room.server = true;
        ann.pass(RETRY_MS);
        await moved('livekit', [bob]);
        await neverWithout([bob], 'to a server that was not there before');
    });
});
