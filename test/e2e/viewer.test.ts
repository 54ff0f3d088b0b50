/** What stands on the screen in a viewer's tab: the picture's shape and place, the bar, the menus and the keys. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'mocha';
import type { Frame } from 'playwright-core';
import { eventually } from '../stack/eventually.ts';
import { shareScreen } from './support/flows.ts';
import { keepPicture, picturesOfFailure } from './support/failure.ts';
import { openPair, SHARED, type Pair } from './support/pair.ts';
import { advancingPicture } from './support/picture.ts';
import { focusStage, pressPlace, shown, shownWhen, withPixelRatio, type Shown } from './support/viewerTab.ts';
import { pageData } from './support/workbench.ts';

const WIDE = { width: 1280, height: 800 };

/** The picture has the shape of the shared screen, to a pixel. */
function assertShape({ picture, video }: Shown, where: string): void {
    const wanted = (picture.width * video.height) / video.width;
    assert.ok(Math.abs(picture.height - wanted) <= 1, `${where}: ${picture.width} × ${picture.height}, not ${wanted}`);
}

describe('a viewer’s tab', function () {
    this.timeout(180_000);
    let pair: Pair;
    let frame: Frame;
    before(async () => {
        pair = await openPair();
        await shareScreen(pair.alice.workbench, pair.alice.context, 'webview');
        await pair.bob.workbench.row('’s screen').click();
        frame = await pair.bob.workbench.hushFrame('view', 'live');
        await advancingPicture(frame, SHARED.width);
        await pair.bob.workbench.clearNotifications();
    });
    /** Each test begins with the whole picture in a wide window. */
    const begin = async (): Promise<void> => {
        const { page } = pair.bob.workbench;
        await page.setViewportSize(WIDE);
        await page.mouse.move(5, 5);
        await focusStage(frame);
        await page.keyboard.press('0');
        await shownWhen(frame, 'the whole picture', (s) => Math.abs(s.picture.width - s.stage.width) < 1);
    };
    afterEach(picturesOfFailure(() => ({ alice: pair?.alice, bob: pair?.bob })));
    after(() => pair?.stop());

    it('keeps the picture’s shape at every zoom, after a resize and with another pixel ratio', async () => {
        await begin();
        const { page } = pair.bob.workbench;
        assertShape(await shown(frame), 'fit');
        await page.keyboard.press('1');
        const exact = await shownWhen(frame, '100 %', (s) => s.level === '100 %');
        assertShape(exact, '100 %');
        assert.equal(exact.picture.width, SHARED.width);
        for (let i = 0; i < 5; i++) await page.keyboard.press('+');
        const large = await shownWhen(frame, '305 %', (s) => s.level === '305 %');
        assertShape(large, '305 %');
        assert.ok(Math.abs(large.picture.width - SHARED.width * 1.25 ** 5) < 1);
        await page.setViewportSize({ width: 900, height: 640 });
        const smaller = await shownWhen(frame, 'a smaller stage', (s) => s.stage.width < large.stage.width);
        assertShape(smaller, 'after a resize');
        assert.equal(smaller.picture.width, large.picture.width);
        await page.keyboard.press('1');
        await withPixelRatio(page, 2, async () => {
            const exactly = (s: Shown): boolean => s.ratio === 2 && s.picture.width * 2 === SHARED.width;
            assertShape(await shownWhen(frame, 'one picture pixel on one screen pixel', exactly), 'ratio 2');
            assert.equal((await shown(frame)).level, '100 %');
        });
        await shownWhen(frame, 'the first ratio', (s) => s.ratio === 1 && s.picture.width === SHARED.width);
    });

    it('zooms by keys about the text’s beginning, and about the pointer while it is over the picture', async () => {
        await begin();
        const { page } = pair.bob.workbench;
        await page.keyboard.press('1');
        const atStart = await shownWhen(frame, '100 %', (s) => s.level === '100 %');
        assert.equal(atStart.picture.left, atStart.stage.left, 'the beginning of the lines is out of view');
        await page.keyboard.press('0');
        const fits = await shownWhen(frame, 'fit', (s) => Math.abs(s.picture.width - s.stage.width) < 1);
        const box = await frame.locator('.stage').boundingBox();
        assert.ok(box);
        const at = { x: fits.picture.width * 0.75, y: fits.picture.top - fits.stage.top + fits.picture.height * 0.5 };
        await page.mouse.move(box.x + at.x, box.y + at.y);
        await page.keyboard.press('1');
        const atPointer = await shownWhen(frame, '100 %', (s) => s.level === '100 %');
        const under = (at.x - (atPointer.picture.left - atPointer.stage.left)) / atPointer.picture.width;
        assert.ok(Math.abs(under - 0.75) < 0.01, `the pointer was at 75 % of the picture, and is at ${under * 100} %`);
    });

    it('shows where one is while a part is seen, and a click there leads on', async () => {
        await begin();
        const { page } = pair.bob.workbench;
        const overview = frame.locator('.overview');
        assert.equal(await overview.isVisible(), false);
        await page.keyboard.press('1');
        await overview.waitFor();
        await shownWhen(frame, '100 %', (s) => s.level === '100 %');
        const whole = await overview.boundingBox();
        const part = await frame.locator('.seen').boundingBox();
        assert.ok(whole && part && part.width < whole.width, 'nothing is marked');
        await keepPicture(pair.bob, 'viewer-overview');
        await page.mouse.click(whole.x + whole.width - 3, whole.y + whole.height - 3);
        const end = await shownWhen(frame, 'the other end', (s) => s.picture.left < s.stage.left);
        assert.ok(Math.abs(end.picture.right - end.stage.right) <= 1);
        await page.mouse.down();
        await page.mouse.move(whole.x + 2, whole.y + 2, { steps: 3 });
        await page.mouse.up();
        await shownWhen(frame, 'the beginning, by a drag', (s) => s.picture.left === s.stage.left);
        await page.keyboard.press('0');
        await overview.waitFor({ state: 'hidden' });
    });

    it('fills the screen, says how to come back, and comes back', async () => {
        const { page } = pair.bob.workbench;
        for (const way of ['key', 'button'] as const) {
            await begin();
            await page.keyboard.press('f');
            const full = await shownWhen(frame, 'full screen', (s) => s.stage.height === s.window.height);
            assert.deepEqual([full.window.width, full.window.height], [WIDE.width, WIDE.height]);
            assertShape(full, 'full screen');
            assert.equal(full.picture.width, WIDE.width);
            await frame.getByText('The picture fills the screen').waitFor();
            await keepPicture(pair.bob, 'viewer-full-screen');
            if (way === 'key') await page.keyboard.press('f');
            else await frame.getByRole('button', { name: 'Exit Full Screen' }).click();
            await frame.locator('.bar').waitFor();
            const back = await shownWhen(frame, 'the tab', (s) => s.window.width < WIDE.width);
            assert.ok(back.stage.height > 200);
        }
    });

    it('fills the tab, which VS Code makes as large as it can, where the page may not fill the screen', async () => {
        await begin();
        const { page } = pair.bob.workbench;
        await page.evaluate(() => undefined);
        await pair.bob.workbench.command('File: New Untitled Text File');
        await pair.bob.workbench.command('View: Move Editor into Right Group');
        await pair.bob.workbench.tab('’s screen').click();
        const before = await shown(frame);
        await frame.evaluate(() =>
            Object.defineProperty(document, 'fullscreenEnabled', { value: false, configurable: true }),
        );
        await focusStage(frame);
        await page.keyboard.press('f');
        const full = await shownWhen(frame, 'a full tab', (s) => s.window.width > before.window.width * 1.5);
        assert.equal(full.stage.height, full.window.height);
        assertShape(full, 'a full tab');
        await frame.getByText('The picture fills the tab').waitFor();
        await keepPicture(pair.bob, 'viewer-full-tab');
        await page.keyboard.press('Escape');
        await shownWhen(frame, 'the tab as it was', (s) => Math.abs(s.window.width - before.window.width) < 2);
        await frame.locator('.bar').waitFor();
        await frame.evaluate(() => Reflect.deleteProperty(document, 'fullscreenEnabled'));
        await pair.bob.workbench.tab('Untitled').click();
        await pair.bob.workbench.command('View: Close Editor');
    });

    it('has its bar in one line at every width; what has no room is in a menu, also by keyboard', async () => {
        const { page } = pair.bob.workbench;
        for (const width of [1600, 1280, 1000, 850, 700, 600]) {
            await begin();
            await page.setViewportSize({ width, height: 800 });
            const lines = await eventually(async () => {
                const bar = await frame.evaluate(() => {
                    const of = document.querySelector('.bar')?.getBoundingClientRect();
                    const parts = [...document.querySelectorAll<HTMLElement>('.bar > *, .tool')]
                        .filter((part) => part.offsetParent !== null)
                        .map((part) => part.getBoundingClientRect());
                    return (
                        of && {
                            height: of.height,
                            right: of.right,
                            room: innerWidth,
                            end: Math.max(...parts.map((p) => p.right)),
                        }
                    );
                });
                return bar && bar.end <= bar.right + 1 && bar.right <= bar.room + 1 && bar;
            }, `a bar that ends within its tab at ${width} px`);
            assert.ok(lines.height <= 40, `at ${width} px the bar is ${lines.height} px high`);
            const now = await shown(frame);
            assert.ok(now.stage.height > 600, `at ${width} px the picture has ${now.stage.height} px`);
            await keepPicture(pair.bob, `viewer-bar-${width}`);
        }
        await page.setViewportSize({ width: 700, height: 800 });
        const more = frame.getByRole('button', { name: 'More', exact: true });
        await more.focus();
        await page.keyboard.press('Enter');
        assert.equal(await more.getAttribute('aria-expanded'), 'true');
        const focused = (): Promise<string> =>
            frame.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');
        const first = await focused();
        await page.keyboard.press('ArrowDown');
        assert.notEqual(await focused(), first);
        await page.keyboard.press('Home');
        assert.equal(await focused(), first);
        await page.keyboard.press('Escape');
        assert.equal(await more.getAttribute('aria-expanded'), 'false');
        assert.equal(await focused(), 'More');
        await page.keyboard.press('Enter');
        await page.keyboard.press('s'); // by its first letter
        while ((await focused()) !== 'Statistics') await page.keyboard.press('s');
        await page.keyboard.press('Enter');
        await frame.locator('.stats').waitFor();
        await keepPicture(pair.bob, 'viewer-bar-menu');
        await focusStage(frame);
        await page.keyboard.press('i');
        await frame.locator('.stats').waitFor({ state: 'hidden' });
    });

    it('takes its keys by their place on a keyboard without Latin letters', async () => {
        await begin();
        const { page } = pair.bob.workbench;
        await pressPlace(page, 'KeyI', 'ш');
        await frame.locator('.stats').waitFor();
        await pressPlace(page, 'KeyI', 'ш');
        await frame.locator('.stats').waitFor({ state: 'hidden' });
        await pressPlace(page, 'KeyS', 'ы');
        await frame.locator('.crop').waitFor();
        await page.keyboard.press('Escape');
        await pressPlace(page, 'KeyF', 'а');
        await shownWhen(frame, 'full screen', (s) => s.stage.height === s.window.height);
        await pressPlace(page, 'KeyF', 'а');
        await frame.locator('.bar').waitFor();
    });

    it('has a menu of its own over the picture', async () => {
        await begin();
        const { workbench, context } = pair.bob;
        const { page } = workbench;
        await page.setViewportSize(WIDE);
        await frame.locator('.stage').click({ button: 'right', position: { x: 200, y: 200 } });
        const menu = page.locator('.monaco-menu');
        await menu.getByRole('menuitem', { name: 'Copy Picture' }).waitFor();
        const entries = (await menu.locator('.action-label').allInnerTexts()).filter((text) => text.trim() !== '');
        assert.deepEqual(entries, [
            'Send Snapshot…',
            'Copy Picture',
            'Zoom In',
            'Zoom Out',
            'Fit to Tab',
            'Actual Pixels (100 %)',
            'Who Can See This',
        ]);
        await keepPicture(pair.bob, 'viewer-menu');
        const choose = async (name: string): Promise<void> => {
            if (!(await menu.isVisible()))
                await frame.locator('.stage').click({ button: 'right', position: { x: 200, y: 200 } });
            const entry = menu.getByRole('menuitem', { name });
            // A menu takes no click in its first moments, so that the one that opened it picks nothing.
            await eventually(async () => {
                await entry.click({ timeout: 2_000 }).catch(() => undefined);
                return !(await menu.isVisible());
            }, `the menu to take "${name}"`);
        };
        await choose('Actual Pixels (100 %)');
        await shownWhen(frame, '100 %', (s) => s.level === '100 %');
        await choose('Fit to Tab');
        await shownWhen(frame, 'fit', (s) => Math.abs(s.picture.width - s.stage.width) < 1);
        await choose('Send Snapshot…');
        await frame.locator('.crop').waitFor();
        await frame.locator('.crop').press('Escape');
        await context.grantPermissions(['clipboard-read', 'clipboard-write']);
        const copied = (): Promise<number[] | undefined> =>
            page.evaluate(async () => {
                const [item] = await navigator.clipboard.read();
                if (!item?.types.includes('image/png')) return undefined;
                const image = await createImageBitmap(await item.getType('image/png'));
                return [image.width, image.height];
            });
        await choose('Copy Picture');
        await frame.locator('.line', { hasText: 'Copied the picture.' }).waitFor();
        assert.deepEqual(await copied(), [SHARED.width, SHARED.height]);
        await page.evaluate(() => navigator.clipboard.writeText('something else'));
        await focusStage(frame);
        await page.keyboard.press('ControlOrMeta+C');
        await eventually(
            async () => (await copied())?.[0] === SHARED.width,
            'the picture in the clipboard, by its keys',
        );
        await frame.evaluate(() => {
            navigator.clipboard.write = () => Promise.reject(new DOMException('refused', 'NotAllowedError'));
        });
        await choose('Copy Picture');
        await frame.locator('.line', { hasText: 'does not let Hush use the clipboard here' }).waitFor();
        await frame.evaluate(() => Reflect.deleteProperty(navigator.clipboard, 'write'));
        await choose('Who Can See This');
        await workbench.tab('Who can see').waitFor();
        await workbench.command('View: Close Editor');
    });

    it('names the person and the device, and who can see the share with its noun; IDs are in the tooltips', async () => {
        await begin();
        await pair.bob.workbench.page.setViewportSize({ width: 1900, height: 800 });
        const device = frame.locator('.device');
        const text = await eventually(
            async () => (await device.innerText()).trim() || undefined,
            'the sharer in the bar',
        );
        assert.match(text, /^Alice \S+ · Hush on .+ · cross-signed$/u);
        assert.match((await device.getAttribute('title')) ?? '', /@alice-\S+:\S+\)\nDevice [A-Z]+\nCross-signed: /u);
        assert.match(await frame.locator('.audience').innerText(), /^\d+ devices? can see this/u);
        await keepPicture(pair.bob, 'viewer-names');
    });

    it('shows the keyboard’s ring in front of the picture', async () => {
        await begin();
        const { page } = pair.bob.workbench;
        const edge = async (): Promise<number[]> => {
            const now = await shown(frame);
            const box = await frame.locator('.stage').boundingBox();
            assert.ok(box);
            const y = box.y + (now.picture.top - now.stage.top) + now.picture.height / 2;
            const png = await page.screenshot({ clip: { x: box.x, y, width: 1, height: 1 } });
            return page.evaluate(
                async (bytes) => {
                    const image = await createImageBitmap(new Blob([new Uint8Array(bytes)]));
                    const context = new OffscreenCanvas(1, 1).getContext('2d');
                    context?.drawImage(image, 0, 0);
                    return [...(context?.getImageData(0, 0, 1, 1).data ?? [])];
                },
                [...png],
            );
        };
        await page.keyboard.press('i');
        await page.keyboard.press('i'); // a key, so that the focus is the keyboard's
        const focused = await edge();
        await frame.evaluate(() => (document.activeElement as HTMLElement).blur());
        assert.notDeepEqual(focused, await edge());
    });

    it('over, it says who and how long, waits on request, and shows the next share by itself', async () => {
        await begin();
        const { alice, bob } = pair;
        await alice.workbench.command('Hush: Stop Sharing');
        await bob.workbench.hushFrame('view', 'ended');
        await frame.getByRole('heading', { name: /^Alice \S+ has stopped sharing$/u }).waitFor();
        await frame.getByText(/^The share lasted (?:\d+ seconds|\d+ minutes?)\.$/u).waitFor();
        await keepPicture(bob, 'viewer-ended');
        await frame.getByRole('button', { name: 'Watch Again When It Is Back' }).click();
        await frame.getByText(/The picture appears here as soon as Alice \S+ shares again/u).waitFor();
        await keepPicture(bob, 'viewer-waiting');
        await shareScreen(alice.workbench, alice.context, 'webview');
        frame = await bob.workbench.hushFrame('view', 'live');
        await advancingPicture(frame, SHARED.width);
        await alice.workbench.command('Hush: Stop Sharing');
        await bob.workbench.hushFrame('view', 'ended');
        await frame.getByRole('button', { name: 'Open Chat' }).click();
        await bob.workbench.hushFrame('chat', 'open');
        await shareScreen(alice.workbench, alice.context, 'webview');
        await frame.getByRole('heading', { name: /^Alice \S+ shares again$/u }).waitFor();
        assert.equal((await pageData(frame))?.['hushState'], 'ended', 'started without being asked');
        await frame.getByRole('button', { name: 'Watch Now' }).click();
        frame = await bob.workbench.hushFrame('view', 'live');
        await advancingPicture(frame, SHARED.width);
    });

    it('that VS Code leaves blank is replaced, and shows the picture', async () => {
        await begin();
        const { workbench } = pair.bob;
        await workbench.command('View: Close All Editors');
        const asked: string[] = [];
        await workbench.page.route('**/webview/browser/pre/index.html*', async (route) => {
            asked.push(new URL(route.request().url()).searchParams.get('id') ?? '');
            await (asked.length === 1 ? route.fulfill({ contentType: 'text/html', body: '' }) : route.continue());
        });
        await workbench.row('’s screen').click();
        frame = await workbench.hushFrame('view', 'live');
        await workbench.page.unroute('**/webview/browser/pre/index.html*');
        await advancingPicture(frame, SHARED.width);
        assert.equal(new Set(asked).size, 2, 'not a webview of its own');
        assert.equal(await workbench.page.locator('.tab', { hasText: '’s screen' }).count(), 1);
    });
});
