/** The pages of Hush for people who do not see well, or have no mouse: axe in every look, menus and focus by keyboard. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import type { Frame, Locator } from 'playwright-core';
import { eventually } from '../stack/eventually.ts';
import { frontFrame, looks, setLook, type Look, untilLook, violationsIn, violationsInCopy } from './support/axe.ts';
import { changeSettings, shareScreen, viewShare } from './support/flows.ts';
import { keepPicture, picturesOfFailure } from './support/failure.ts';
import { openPair, SHARED, type Pair } from './support/pair.ts';
import type { Person } from './support/person.ts';
import { advancingPicture } from './support/picture.ts';
import { sheet } from './support/sheets.ts';
import { pageData, type Workbench } from './support/workbench.ts';

describe('the pages of Hush', function () {
    this.timeout(360_000);
    let pair: Pair;
    let alice: Frame;
    let bob: Frame;
    const write = async (frame: Frame, text: string): Promise<void> => {
        await frame.getByRole('textbox', { name: 'Message' }).fill(text);
        await frame.getByRole('textbox', { name: 'Message' }).press('Enter');
    };
    /** The first, since a later one may quote it. */
    const message = (frame: Frame, text: string) => frame.locator('.message.sent', { hasText: text }).first();
    /** Four times as wide as high. */
    const sendPicture = async (): Promise<void> => {
        const field = alice.getByRole('textbox', { name: 'Message' });
        await field.evaluate(async (element) => {
            const canvas = new OffscreenCanvas(1_600, 400);
            const context = canvas.getContext('2d');
            if (!context) throw new Error('no canvas');
            context.fillStyle = '#2671c4';
            context.fillRect(0, 0, 800, 400);
            const clipboardData = new DataTransfer();
            clipboardData.items.add(new File([await canvas.convertToBlob()], 'wide.png', { type: 'image/png' }));
            element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
        });
        await alice.locator('.tray img').waitFor();
        await field.press('Enter');
        await message(bob, 'wide.png').locator('.shownImage img').waitFor();
    };
    /** The large picture in its tab. */
    const openPicture = async (): Promise<Frame> => {
        await message(bob, 'wide.png').locator('.shownImage').click();
        await pair.bob.workbench.tab('wide.png').waitFor();
        return frontFrame(pair.bob.workbench.page, '.imageTab img');
    };
    before(async () => {
        pair = await openPair();
        await pair.bob.workbench.command('Hush: Link Workspace to Room…');
        await pair.bob.workbench.pick(pair.room);
        alice = await pair.alice.workbench.hushFrame('chat', 'open');
        bob = await pair.bob.workbench.hushFrame('chat', 'open');
        await write(alice, 'Here `it` is, **soon**');
        await message(bob, 'soon').waitFor();
        for (const [i, code] of ['const first = 1;', 'const second = 2;'].entries()) {
            await write(alice, `\`\`\`ts\n${code}\n\`\`\``);
            await message(bob, `${['first', 'second'][i]}`).waitFor();
        }
    });
    afterEach(picturesOfFailure(() => ({ alice: pair?.alice, bob: pair?.bob })));
    after(() => pair?.stop());

    it('Copy on a code block can be clicked in a message that follows another', async () => {
        const { page } = pair.bob.workbench;
        const last = message(bob, 'second');
        assert.ok(await last.evaluate((element) => element.classList.contains('follows')), 'it has a head of its own');
        await last.hover();
        const copy = last.getByRole('button', { name: 'Copy', exact: true });
        await pair.bob.context.grantPermissions(['clipboard-read', 'clipboard-write']);
        await copy.click({ timeout: 5_000 });
        await eventually(
            async () => (await page.evaluate(() => navigator.clipboard.readText())) === 'const second = 2;',
            'the code in the clipboard',
        );
        await keepPicture(pair.bob, 'pages-copy');
        // No tool lies on any part of it.
        const tools = await last.locator('.tools').boundingBox();
        const box = await copy.boundingBox();
        assert.ok(tools && box && tools.y + tools.height <= box.y, 'the tools reach down to it');
    });

    it('the reactions are a menu: arrows, Escape, Tab, and the focus goes in and comes back', async () => {
        const { page } = pair.bob.workbench;
        const first = message(bob, 'soon');
        const focused = (): Promise<string> =>
            bob.evaluate(
                () => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.tagName ?? '',
            );
        await first.focus();
        const react = first.getByRole('button', { name: 'React', exact: true });
        assert.equal(await react.getAttribute('aria-haspopup'), 'menu');
        await page.keyboard.press('Tab');
        assert.equal(await focused(), 'React');
        await page.keyboard.press('Enter');
        assert.equal(await react.getAttribute('aria-expanded'), 'true');
        assert.equal(await focused(), 'React with 👍');
        await page.keyboard.press('ArrowRight');
        assert.equal(await focused(), 'React with ❤️');
        await page.keyboard.press('ArrowLeft');
        await page.keyboard.press('ArrowLeft');
        assert.equal(await focused(), 'React with 🤔');
        await keepPicture(pair.bob, 'pages-reactions');
        await page.keyboard.press('Escape');
        assert.deepEqual([await focused(), await react.getAttribute('aria-expanded')], ['React', 'false']);
        await page.keyboard.press('Enter');
        await page.keyboard.press('Tab');
        assert.equal(await react.getAttribute('aria-expanded'), 'false');
        assert.equal(await focused(), 'Reply');
        await page.keyboard.press('Shift+Tab');
        await page.keyboard.press('Enter');
        await page.keyboard.press('End');
        await page.keyboard.press('Enter');
        await message(alice, 'soon').getByRole('button', { name: '🤔 1' }).waitFor();
        await first.getByRole('button', { name: '🤔 1' }).waitFor();
        assert.equal(await focused(), 'React', 'the focus was lost to the page');
    });

    it('a quotation has the words of what it quotes, without its marks', async () => {
        await message(bob, 'soon').focus();
        await message(bob, 'soon').getByRole('button', { name: 'Reply' }).click();
        await write(bob, 'I see');
        const quote = message(alice, 'I see').locator('.quote bdi').last();
        await quote.waitFor();
        assert.equal(await quote.innerText(), 'Here it is, soon');
    });

    it('a picture keeps its shape in the chat and in a tab of its own, where a click shows its own size', async () => {
        await sendPicture();
        const small = message(bob, 'wide.png').locator('.shownImage');
        const ratioOf = (picture: Locator): Promise<number> =>
            picture.evaluate((element) => {
                const { width, height } = element.getBoundingClientRect();
                return width / height;
            });
        assert.ok(Math.abs((await ratioOf(small.locator('img'))) - 4) < 0.1, 'squashed in the chat');
        const image = await openPicture();
        const large = image.getByRole('img');
        assert.ok(Math.abs((await ratioOf(large)) - 4) < 0.01, 'squashed in its tab');
        assert.ok((await large.boundingBox())?.width !== 1_600, 'does not fit its tab');
        await large.click();
        const own = await large.boundingBox();
        assert.deepEqual([own?.width, own?.height], [1_600, 400]);
        await pair.bob.workbench.command('View: Close Editor');
    });

    /** A tab of a person, and what its page has in it. */
    type Tab = readonly [name: string, person: Person, title: string, selector: string];
    const found: string[] = [];
    const check = async (where: string, frame: Frame): Promise<void> => {
        const lines = where.endsWith('image') ? await violationsInCopy(frame) : await violationsIn(frame);
        found.push(...lines.map((line) => `${where}: ${line}`));
    };
    /** Brings each tab to the front in every look, and checks it; `more` may do things with it then. */
    const checkTabs = async (
        tabs: readonly Tab[],
        more: (look: Look, name: string, frame: Frame) => Promise<void>,
    ): Promise<void> => {
        for (const person of [pair.alice, pair.bob]) await person.workbench.clearNotifications();
        for (const look of looks) {
            for (const person of [pair.alice, pair.bob]) await setLook(person, look);
            for (const [name, person, title, selector] of tabs) {
                await person.workbench.tab(title).click();
                const frame = await frontFrame(person.workbench.page, selector);
                await untilLook(frame, look);
                await check(`${look} ${name}`, frame);
                // A picture must not keep a key.
                if (name === 'recovery')
                    await frame
                        .locator('code')
                        .evaluate((code) => (code.textContent = code.textContent.replaceAll(/\w/gu, '•')));
                await keepPicture(person, `pages-${look}-${name}`);
                await more(look, name, frame);
            }
        }
    };
    beforeEach(() => {
        found.length = 0;
    });

    it('have no violation of WCAG 2 AA in any look: viewer’s tab, share page, who can see it, chat, picture', async () => {
        const { page } = pair.bob.workbench;
        await sendPicture();
        await openPicture();
        await message(bob, 'soon').focus();
        await message(bob, 'soon').getByRole('button', { name: 'React', exact: true }).click();
        await message(bob, 'soon').getByRole('menuitem', { name: 'React with 🎉' }).click();
        await message(bob, 'soon').getByRole('button', { name: '🎉 1' }).waitFor();
        await shareScreen(pair.alice.workbench, pair.alice.context, 'webview');
        const view = await viewShare(pair.bob.workbench);
        await advancingPicture(view, SHARED.width);
        await view.locator('.audience').click();
        await sheet(pair.bob.workbench, /^Who can see the screen of Alice/u);
        await checkTabs(
            [
                ['view', pair.bob, '’s screen', '.stage'],
                ['audience', pair.bob, 'Who can see', '.devices'],
                ['image', pair.bob, 'wide.png', '.imageTab'],
                ['share', pair.alice, 'Sharing in', '.share'],
            ],
            async (look, name, frame) => {
                if (name === 'image') {
                    await untilLook(bob, look);
                    await message(bob, 'soon').focus();
                    await check(`${look} chat`, bob);
                    await message(bob, 'soon').getByRole('button', { name: 'React', exact: true }).click();
                    await check(`${look} chat, reactions`, bob);
                    await keepPicture(pair.bob, `pages-${look}-chat`);
                    await page.keyboard.press('Escape');
                }
                if (name !== 'view') return;
                await frame.locator('.stage').focus();
                await page.keyboard.press('s');
                await frame.locator('.crop').waitFor();
                await check(`${look} snapshot`, frame);
                await keepPicture(pair.bob, `pages-${look}-snapshot`);
                await frame.locator('.crop').press('Escape');
                await page.keyboard.press('i');
                await frame.locator('.stats').waitFor();
                await page.setViewportSize({ width: 760, height: 700 });
                await frame.getByRole('button', { name: 'More', exact: true }).click();
                await check(`${look} view, narrow`, frame);
                await keepPicture(pair.bob, `pages-${look}-view-narrow`);
                await page.keyboard.press('Escape');
                await frame.locator('.stage').focus();
                await page.keyboard.press('i');
                await page.setViewportSize({ width: 1280, height: 800 });
            },
        );
        assert.deepEqual(found, []);
    });

    it('nor has a verification or a recovery key', async () => {
        await choose(pair.alice.workbench, 'Hush: Set Up Recovery…', 'recommended');
        await sheet(pair.alice.workbench, /^Your recovery key$/u);
        await choose(pair.alice.workbench, 'Hush: Verify Teammate…', pair.accounts.bob.userId);
        await pair.bob.workbench.clickNotification(/asks to verify each other by emoji/u, 'Verify');
        await sheet(pair.bob.workbench, /^Verify Alice/u, /They Match/u);
        await checkTabs(
            [
                ['emoji', pair.bob, 'Verify Alice', '.emoji'],
                ['recovery', pair.alice, 'recovery key', '.secret'],
            ],
            async () => undefined,
        );
        assert.deepEqual(found, []);
    });

    it('nor has any page when the share is over, or in the browser', async () => {
        if (!(await pair.alice.workbench.statusBar('Sharing').isVisible())) {
            await shareScreen(pair.alice.workbench, pair.alice.context, 'webview');
            await viewShare(pair.bob.workbench);
        }
        await pair.alice.workbench.command('Hush: Stop Sharing');
        const ended = await pair.bob.workbench.hushFrame('view', 'ended');
        await pair.bob.workbench.tab('’s screen').click();
        for (const look of looks) {
            await setLook(pair.bob, look);
            await untilLook(ended, look);
            found.push(...(await violationsIn(ended)).map((line) => `${look} ended: ${line}`));
            await keepPicture(pair.bob, `pages-${look}-ended`);
        }
        for (const look of ['light', 'dark'] as const) {
            await changeSettings(pair.alice, { 'hush.capture.location': 'browser' });
            await setLook(pair.alice, look);
            const frame = await shareScreen(pair.alice.workbench, pair.alice.context, 'loopback');
            const root = frame.locator(':root');
            assert.equal(await root.getAttribute('data-theme'), look);
            found.push(...(await violationsIn(frame)).map((line) => `${look} browser: ${line}`));
            await frame.page().screenshot({ path: `out/e2e/pages-browser-${look}.png` });
            const preview = await frame.locator('video.preview').evaluate((video) => {
                const { width, height } = video.getBoundingClientRect();
                const { videoWidth, videoHeight } = video as HTMLVideoElement;
                return { shown: width / height, own: videoWidth / videoHeight, fit: getComputedStyle(video).objectFit };
            });
            assert.ok(
                preview.fit === 'contain' || Math.abs(preview.shown - preview.own) < 0.01,
                'the preview is squashed',
            );
            await frame.getByRole('button', { name: 'Stop Sharing' }).click();
            await pair.alice.workbench.statusBar('Sharing').waitFor({ state: 'hidden' });
            assert.equal((await pageData(frame).catch(() => undefined))?.['hushState'] ?? 'ended', 'ended');
        }
        assert.deepEqual(found, []);
    });
});

/** A tab that opens, or a toast, may close what the palette has just opened. */
async function choose(workbench: Workbench, command: string, row: string): Promise<void> {
    await eventually(async () => {
        await workbench.command(command);
        const chosen = workbench.quickInput.locator('.monaco-list-row', { hasText: row }).first();
        return chosen.click({ timeout: 5_000 }).then(
            () => true,
            () => false,
        );
    }, `"${command}" to offer ${row}`);
}
