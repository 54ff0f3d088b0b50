/** Files and snapshots, handed around in two real VS Code windows, through a real homeserver. */
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import type { Frame, Locator } from 'playwright-core';
import { startFaultProxy, type FaultProxy } from '../integration/support/faultProxy.ts';
import { eventually } from '../stack/eventually.ts';
import { fillPath } from './support/fileDialog.ts';
import { keepPicture, picturesOfFailure, stopAtFirstFailure } from './support/failure.ts';
import { shareScreen, viewShare } from './support/flows.ts';
import { openPair, SHARED, type Pair } from './support/pair.ts';
import { sharedWorld } from './support/world.ts';

/** px of the picture as it is drawn, once it is. */
async function drawn(picture: Locator): Promise<readonly [number, number]> {
    const img = picture.locator('img');
    await img.waitFor();
    return img.evaluate(async (element) => {
        const image = element as HTMLImageElement;
        await image.decode();
        return [image.naturalWidth, image.naturalHeight] as const;
    });
}

describe('files of a session', function () {
    this.timeout(180_000);
    stopAtFirstFailure();
    /** Between Bob and the homeserver. */
    let proxy: FaultProxy;
    let pair: Pair;
    let alice: Frame;
    let bob: Frame;
    let shot: Buffer;
    const message = (frame: Frame, text: string): Locator => frame.locator('.message.sent', { hasText: text });

    before(async () => {
        const { stack } = await sharedWorld();
        proxy = await startFaultProxy(stack.baseUrl);
        const his = { baseUrl: proxy.url, createAccount: stack.createAccount };
        pair = await openPair('mesh', [stack, his]);
        shot = await pair.alice.workbench.page.screenshot();
        await writeFile(join(pair.alice.folder, 'shot.png'), shot);
        await pair.bob.workbench.command('Hush: Link Workspace to Room…');
        await pair.bob.workbench.pick(pair.room);
        bob = await pair.bob.workbench.hushFrame('chat', 'open');
    });
    afterEach(picturesOfFailure(() => ({ alice: pair?.alice, bob: pair?.bob })));
    after(async () => {
        await pair?.stop();
        await proxy?.stop();
    });
    const sendFile = async (path: string): Promise<void> => {
        const { workbench, folder } = pair.bob;
        await workbench.command('Hush: Send File to Hush Session…');
        await fillPath(workbench.asking(/Send File to Hush Session/u), folder, path);
    };
    /** As a browser does it with what was copied in a file manager. */
    const paste = (frame: Frame, files: readonly (readonly [name: string, type: string, base64: string])[]) =>
        frame.getByRole('textbox', { name: 'Message' }).evaluate((field, all) => {
            const clipboardData = new DataTransfer();
            for (const [name, type, base64] of all) {
                const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
                clipboardData.items.add(new File([bytes], name, { type }));
            }
            field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
        }, files);
    const base64 = (text: string): string => Buffer.from(text).toString('base64');

    it('a picture sent from the explorer is in the other’s chat, small, and large in a tab', async () => {
        const { workbench } = pair.alice;
        await workbench.command('View: Show Explorer');
        await workbench.page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'shot.png' }).click();
        await workbench.page.keyboard.press('Shift+F10');
        await workbench.page.getByRole('menuitem', { name: 'Send File to Hush Session…' }).hover();
        await workbench.page.keyboard.press('Enter');
        alice = await workbench.hushFrame('chat', 'open');
        await message(alice, 'shot.png').waitFor();
        const [width, height] = await drawn(message(bob, 'shot.png').locator('.shownImage'));
        assert.deepEqual([width, height], [800, 500], 'the small picture that Alice’s page made');
        await keepPicture(pair.bob, 'files-chat');
        await message(bob, 'shot.png').locator('.shownImage').click();
        await pair.bob.workbench.tab('shot.png').waitFor();
        const large = await untilFrame(pair.bob.workbench.page.frames.bind(pair.bob.workbench.page), '.imageTab img');
        assert.deepEqual(await drawn(large.locator('.imageTab')), [1280, 800]);
        await keepPicture(pair.bob, 'files-large');
    });

    it('it is saved where Bob says, as it was', async () => {
        const { workbench, folder } = pair.bob;
        await message(bob, 'shot.png').getByRole('button', { name: 'Save shot.png' }).click();
        const to = join(folder, 'from alice.png');
        await fillPath(workbench.asking(/Save File from Session/u), 'shot.png', to);
        await workbench.statusBar('Saved from alice.png').waitFor();
        assert.deepEqual(await readFile(to), shot);
    });

    it('what is pasted waits for Enter, goes with its words, and in its order', async () => {
        await paste(bob, [
            ['image.png', 'image/png', shot.toString('base64')],
            ['table.csv', 'text/csv', base64('a,b\n')],
            ['scrap.txt', 'text/plain', base64('scrap')],
        ]);
        await bob.locator('.held').nth(2).waitFor();
        await keepPicture(pair.bob, 'files-paste');
        await bob.getByRole('button', { name: 'Remove scrap.txt' }).click();
        await bob.getByRole('textbox', { name: 'Message' }).fill('the **figures**');
        await bob.getByRole('textbox', { name: 'Message' }).press('Enter');
        const seen = message(alice, 'image 20');
        await drawn(seen.locator('.shownImage'));
        await seen.locator('strong', { hasText: 'figures' }).waitFor();
        await message(alice, 'table.csv').waitFor();
        for (const frame of [alice, bob])
            await frame.getByRole('button', { name: 'Newest messages' }).waitFor({ state: 'hidden' });
        const names = await alice.locator('.message.sent .fileName').allInnerTexts();
        assert.match(names.slice(-2).join(' '), /^image 20.*\.png table\.csv$/u);
        assert.equal(await alice.locator('.message', { hasText: 'scrap' }).count(), 0);
        await keepPicture(pair.alice, 'files-alice');
    });

    it('what waits above the field goes with the view when that is closed, which is said', async () => {
        const { workbench } = pair.bob;
        await paste(bob, [['scrap.txt', 'text/plain', base64('scrap')]]);
        await bob.locator('.held').waitFor();
        await bob.getByRole('textbox', { name: 'Message' }).fill('with a scrap');
        const activity = (name: string): Locator =>
            workbench.page.locator(`.activitybar .action-label[aria-label^="${name}"]`).first();
        await activity('Explorer').click();
        await activity('Hush').click();
        bob = await workbench.hushFrame('chat', 'open');
        await bob.getByText('Files that waited here (1) went when the view was closed').waitFor();
        const field = bob.getByRole('textbox', { name: 'Message' });
        assert.equal(await field.inputValue(), 'with a scrap');
        await field.fill('');
    });

    it('what the disk has no room for is back in the field, with its words and the reason', async () => {
        const user = join(pair.bob.server.dataDir, 'user', 'User');
        const [found = ''] = globSync('{workspaceStorage,globalStorage}/**/outgoing', { cwd: user });
        const copies = join(user, found);
        await rename(copies, `${copies}.away`);
        await writeFile(copies, ''); // no folder can be made there
        await paste(bob, [['plan.txt', 'text/plain', base64('plan')]]);
        const field = bob.getByRole('textbox', { name: 'Message' });
        await field.fill('a long thought');
        await field.press('Enter');
        await bob.getByRole('alert').getByText('There is no room to keep this').waitFor();
        await bob.locator('.held', { hasText: 'plan.txt' }).waitFor();
        assert.equal(await field.inputValue(), 'a long thought');
        await keepPicture(pair.bob, 'files-disk-full');
        await rm(copies);
        await rename(`${copies}.away`, copies);
        await field.press('Enter');
        await message(alice, 'a long thought').locator('.fileName', { hasText: 'plan.txt' }).waitFor();
    });

    it('a slow upload shows how far it is and is called back; a refused one goes out with Retry', async () => {
        const { workbench } = pair.bob;
        const elsewhere = join(pair.bob.folder, '..'); // the explorer is not to move under the next test
        const isUpload = ({ path }: { path: string }): boolean => path.includes('/media/v3/upload/');
        await writeFile(join(elsewhere, 'large.bin'), Buffer.alloc(40_000_000, 7));
        const release = proxy.holdRequests(isUpload);
        await sendFile(join(elsewhere, 'large.bin'));
        const large = bob.locator('.message', { hasText: 'large.bin' });
        await large.getByText(/^[1-9]\d? %$/u).waitFor();
        const done = await large.locator('progress').evaluate((bar) => (bar as HTMLProgressElement).value);
        assert.ok(done > 0 && done < 1, `${done}`);
        await keepPicture(pair.bob, 'files-progress');
        await large.getByRole('button', { name: 'Cancel' }).click();
        await large.waitFor({ state: 'detached' });
        release();

        await writeFile(join(elsewhere, 'notes.txt'), 'notes');
        const body = { errcode: 'M_FORBIDDEN', error: 'by the proxy' };
        proxy.meddle((passing) => (isUpload(passing) ? { kind: 'refuse', status: 403, body } : undefined));
        await sendFile(join(elsewhere, 'notes.txt'));
        const failed = bob.locator('.message.failed', { hasText: 'notes.txt' });
        await failed.getByText('does not let this account upload files').waitFor();
        await keepPicture(pair.bob, 'files-failed');
        proxy.meddle(undefined);
        await failed.getByRole('button', { name: 'Retry' }).click();
        await message(alice, 'notes.txt').waitFor();
        assert.equal(await alice.locator('.message', { hasText: 'large.bin' }).count(), 0);
        await workbench.clearNotifications();
    });

    it('lines that are selected arrive as a file of code', async () => {
        const { workbench } = pair.bob;
        await workbench.command('View: Show Explorer');
        await workbench.page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'hello.ts' }).dblclick();
        await workbench.statusBar('Ln 1, Col 1').waitFor();
        await workbench.page.keyboard.press('Shift+End');
        await workbench.statusBar(/selected/u).waitFor();
        await workbench.page.keyboard.press('Shift+F10');
        await workbench.page.getByRole('menuitem', { name: 'Send Selection as File to Session' }).hover();
        await workbench.page.keyboard.press('Enter');
        const seen = message(alice, 'hello.L1.ts');
        await seen.locator('button.file', { hasText: 'hello.ts:1' }).waitFor();
    });

    it('a file from the palette that the server would not take is refused before anything is sent', async () => {
        const { workbench, folder } = pair.bob;
        const huge = join(folder, 'huge.bin');
        await writeFile(huge, '');
        await truncate(huge, 200_000_000);
        await sendFile(huge);
        await workbench.seeNotification(/huge\.bin: This file has 200 MB, and 52\.4 MB is the most/u);
        await workbench.clearNotifications();
        assert.equal(await alice.locator('.message', { hasText: 'huge.bin' }).count(), 0);
    });

    it('a part of a watched share is chosen by keyboard and mouse, and sent as a picture of just that', async () => {
        await shareScreen(pair.alice.workbench, pair.alice.context, 'webview');
        const { workbench } = pair.bob;
        const view = await viewShare(workbench);
        await workbench.row('sharing').waitFor();
        await pair.alice.workbench.row('watching you').waitFor();
        const crop = view.getByRole('dialog', { name: /^Snapshot/u });
        const chosen = async (): Promise<number[]> =>
            ((await crop.getAttribute('data-hush-crop')) ?? '').split(' ').map(Number);
        // Beside an editor the tab is narrow: what has no room in its bar is in the bar's menu.
        const inBar = view.getByRole('button', { name: 'Send Snapshot…' });
        if (await inBar.isVisible()) await inBar.click();
        else {
            await view.getByRole('button', { name: 'More', exact: true }).click();
            await view.getByRole('menuitem', { name: 'Send Snapshot…' }).click();
        }
        await crop.waitFor();
        assert.deepEqual(await chosen(), [0, 0, SHARED.width, SHARED.height]);
        await crop.press('Shift+ArrowLeft');
        await crop.press('Shift+ArrowUp');
        await crop.press('ArrowRight');
        await crop.press('Alt+ArrowDown');
        assert.deepEqual(await chosen(), [10, 1, SHARED.width - 10, SHARED.height - 10]);
        await crop.press('Escape');
        await crop.waitFor({ state: 'detached' });

        await workbench.command('Hush: Send Snapshot…');
        await crop.waitFor();
        const box = await crop.locator('canvas').boundingBox();
        assert.ok(box);
        const { mouse } = workbench.page;
        await mouse.move(box.x - 5, box.y - 5);
        await mouse.down();
        await mouse.move(box.x + box.width / 2, box.y + box.height / 4, { steps: 4 });
        await mouse.up();
        const [x, y, width = 0, height = 0] = await chosen();
        assert.deepEqual([x, y], [0, 0]);
        assert.ok(
            Math.abs(width - SHARED.width / 2) < 4 && Math.abs(height - SHARED.height / 4) < 4,
            `${width}, ${height}`,
        );
        await keepPicture(pair.bob, 'files-crop');
        await crop.press('Enter');
        const picture = message(alice, 'screen 20').locator('.shownImage');
        assert.deepEqual(await drawn(picture), [width, height]);
        // The row of black and white squares at the upper left of what Alice shows.
        const lights = await picture.locator('img').evaluate((img) => {
            const canvas = new OffscreenCanvas(24 * 16, 16);
            const context = canvas.getContext('2d');
            context?.drawImage(img as HTMLImageElement, 0, 0);
            return Array.from({ length: 24 }, (_, i) => context?.getImageData(i * 16 + 8, 8, 1, 1).data[1] ?? 128);
        });
        assert.ok(
            lights.every((light) => light < 96 || light > 160),
            lights.join(' '),
        );
        await keepPicture(pair.alice, 'files-snapshot');
    });
});

function untilFrame(frames: () => readonly Frame[], selector: string): Promise<Frame> {
    const has = (frame: Frame): Promise<boolean> =>
        frame
            .locator(selector)
            .count()
            .then(
                (count) => count > 0,
                () => false, // it is being replaced
            );
    return eventually(async () => {
        for (const frame of frames()) if (await has(frame)) return frame;
        return undefined;
    }, `a page with ${selector}`);
}
