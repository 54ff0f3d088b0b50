/** Two people who share to each other at the same moment: real cores, call machines and peer connections in Chromium. */
import { after, before, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { eventually } from '../stack/eventually.ts';
import { createHandoverRoom, ROOM, type RoomPerson } from './support/handoverRoom.ts';
import { launchPageBrowser, type PageBrowser } from './support/pageBrowser.ts';

const ROUNDS = 6;
const nowhere = { url: '', publisherToken: () => Promise.resolve(''), viewerToken: () => Promise.resolve('') };

describe('glare in real pages', function () {
    this.timeout(120_000);
    let browser: PageBrowser;
    before(async () => {
        browser = await launchPageBrowser();
    });
    after(() => browser?.close());

    it('both see each other’s screen in one call, over and over', async () => {
        const room = createHandoverRoom(
            () => browser.newPage(),
            nowhere,
            // Longer than a page takes to make an offer: both are on the way before either is there.
            () => 300 + Math.random() * 30,
        );
        await browser.openSource();
        const [ann, bob] = [room.add('ann'), room.add('bob')];
        try {
            for (const person of [ann, bob]) await share(person);
            let crossed = 0;
            const began = performance.now();
            for (let round = 1; round <= ROUNDS; round++) {
                const before = room.lines.filter((l) => l.includes('we called each other')).length;
                const views = [
                    { viewer: ann, sharer: bob, id: `ann${round}` },
                    { viewer: bob, sharer: ann, id: `bob${round}` },
                ];
                for (const { viewer, sharer, id } of views) view(viewer, sharer, id);
                for (const { viewer, id } of views) {
                    const page = await viewer.page(id);
                    await page.waitForSelector('#app[data-hush-state=live][data-hush-path=direct]');
                }
                const one = { calls: 1, connections: 2 };
                assert.deepEqual([ann.calls.count, bob.calls.count], [one, one]);
                if (room.lines.filter((l) => l.includes('we called each other')).length > before) crossed++;
                for (const { viewer, id } of views) {
                    viewer.core.dispatch({ type: 'viewerTabCloseRequested', tabId: id });
                    await (await viewer.page(id)).close();
                }
                await idle(ann, bob);
            }
            const seconds = ((performance.now() - began) / 1_000).toFixed(0);
            console.log(`        ${ROUNDS} rounds in ${seconds} s: ${crossed} crossed`);
            assert.ok(crossed > 0, 'the race was a race');
        } finally {
            await room.dispose();
        }
    });

    const share = async (person: RoomPerson): Promise<void> => {
        const shareId = `S-${person.deviceId}`;
        person.core.dispatch({
            type: 'shareRequested',
            shareId,
            roomId: ROOM,
            roomName: 'room',
            location: 'browser',
            settings: { maxFrameRate: 15, contentHint: 'text', maxBitrate: 0 },
            transport: 'mesh',
            now: Date.now(),
        });
        const page = await person.page(shareId);
        await page.click('button.big', { timeout: 5_000 }).catch(() => undefined);
        await page.waitForSelector('#app[data-hush-state=live]');
    };
    const view = (viewer: RoomPerson, { userId, deviceId }: RoomPerson, tabId: string): void =>
        viewer.core.dispatch({
            type: 'viewerTabRequested',
            tabId,
            target: { roomId: ROOM, userId, deviceId, shareId: `S-${deviceId}` },
            sharerName: userId,
            roomName: 'room',
        });
    /** Resolves when no call is left. */
    const idle = (...people: RoomPerson[]): Promise<boolean> =>
        eventually(async () => people.every((p) => p.calls.count.calls === 0), 'the last call to end');
});
