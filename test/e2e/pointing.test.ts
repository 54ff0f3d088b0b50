/** Pointing and drawing on a shared picture, between two real windows, on each transport. */
import assert from 'node:assert/strict';
import type { Frame } from 'playwright-core';
import { after, afterEach, before, describe, it } from 'mocha';
import { eventually } from '../stack/eventually.ts';
import { keepPicture, picturesOfFailure } from './support/failure.ts';
import { shareScreen, viewShare } from './support/flows.ts';
import { openPair, SHARED, type Pair } from './support/pair.ts';
import { advancingPicture } from './support/picture.ts';

/** What a page shows of pointers and drawings, as parts of the picture. */
function drawnIn(frame: Frame) {
    return frame.evaluate(() => {
        const layer = document.querySelector<HTMLElement>('.drawn');
        const box = layer?.getBoundingClientRect();
        const part = (rect: DOMRect | undefined) =>
            rect && box && box.width > 0
                ? {
                      x: (rect.left - box.left) / box.width,
                      y: (rect.top - box.top) / box.height,
                      width: rect.width / box.width,
                  }
                : undefined;
        return {
            box: box?.toJSON() as DOMRect | undefined,
            pointers: [...document.querySelectorAll('.drawn-pointer')].map((pointer) => ({
                name: pointer.textContent,
                at: part(pointer.querySelector('svg')?.getBoundingClientRect()),
            })),
            lines: [...document.querySelectorAll('.drawn-line')].map((line) => part(line.getBoundingClientRect())),
            labels: [...document.querySelectorAll('.drawn-label')].map((label) => label.textContent),
        };
    });
}
type DrawnIn = Awaited<ReturnType<typeof drawnIn>>;

async function drawnWhen(frame: Frame, what: string, is: (now: DrawnIn) => boolean): Promise<DrawnIn> {
    let last: DrawnIn | undefined;
    return eventually(
        async () => {
            last = await drawnIn(frame);
            return is(last) && last;
        },
        () => `${what}; last: ${JSON.stringify(last)}`,
        20_000,
    );
}

for (const transport of ['mesh', 'livekit'] as const)
    describe(`pointing at a shared picture, ${transport}`, function () {
        this.timeout(180_000);
        let pair: Pair;
        let viewer: Frame;
        let sharer: Frame;
        before(async () => {
            pair = await openPair(transport);
            await shareScreen(pair.alice.workbench, pair.alice.context, 'webview');
            viewer = await viewShare(pair.bob.workbench);
            await advancingPicture(viewer, SHARED.width);
            sharer = await pair.alice.workbench.hushFrame('share', 'live');
            await pair.bob.workbench.clearNotifications();
            await pair.alice.workbench.clearNotifications();
        });
        afterEach(picturesOfFailure(() => ({ alice: pair?.alice, bob: pair?.bob })));
        after(() => pair?.stop());

        /** Chooses a tool. The viewer's tab has the focus after it. */
        const tool = async (name: string): Promise<void> => {
            await viewer.locator('.stage').focus();
            const bar = viewer.locator('.drawing-tools');
            await eventually(
                async () => {
                    if (await bar.isVisible()) return true;
                    await pair.bob.workbench.page.keyboard.press('p'); // the sharer may not have been heard yet
                    return bar.isVisible();
                },
                'the tools to point',
                20_000,
            );
            await bar.getByRole('button', { name, exact: true }).click();
        };
        /** A place on the picture, in CSS px of the window. */
        const at = async (x: number, y: number): Promise<[number, number]> => {
            const box = await viewer.locator('.drawn').boundingBox();
            assert.ok(box);
            return [box.x + box.width * x, box.y + box.height * y];
        };
        const drag = async (from: [number, number], to: [number, number]): Promise<void> => {
            const { mouse } = pair.bob.workbench.page;
            await mouse.move(...(await at(...from)));
            await mouse.down();
            await mouse.move(...(await at((from[0] + to[0]) / 2, (from[1] + to[1]) / 2)));
            await mouse.move(...(await at(...to)));
            await mouse.up();
        };

        it('shows the viewer’s pointer on the sharer’s preview, with the name, and says it in the status bar', async () => {
            await tool('Pointer');
            const { mouse } = pair.bob.workbench.page;
            await mouse.move(...(await at(0.3, 0.6)));
            await mouse.move(...(await at(0.25, 0.5)));
            const { pointers } = await drawnWhen(sharer, 'a pointer at its place', ({ pointers: [first] }) =>
                Boolean(first?.at && Math.abs(first.at.x - 0.25) < 0.02 && Math.abs(first.at.y - 0.5) < 0.02),
            );
            assert.match(pointers[0]?.name ?? '', /^Bob /u);
            await pair.alice.workbench.statusBar(/Bob \S+ points at your screen/u).waitFor();
            assert.deepEqual((await drawnIn(viewer)).pointers, [], 'one’s own cursor is enough');
            await keepPicture(pair.alice, `pointing-${transport}-sharer`);
            await pair.bob.workbench.page.keyboard.press('Escape');
            await drawnWhen(sharer, 'no pointer', ({ pointers: left }) => left.length === 0);
        });

        it('draws with pen, arrow, box and text on both sides; undo and clear remove it; what is kept stays', async () => {
            await tool('Keep Drawings');
            await tool('Pen');
            await drag([0.1, 0.1], [0.3, 0.2]);
            await tool('Arrow');
            await drag([0.5, 0.5], [0.7, 0.7]);
            await tool('Box');
            await drag([0.6, 0.1], [0.9, 0.4]);
            await tool('Text');
            await pair.bob.workbench.page.mouse.click(...(await at(0.2, 0.7)));
            await viewer.locator('.drawing-text').fill('here <b>it</b> is');
            await viewer.locator('.drawing-text').press('Enter');
            for (const page of [viewer, sharer]) {
                const { lines, labels } = await drawnWhen(
                    page,
                    'three lines and a text',
                    (now) => now.lines.length === 3 && now.labels.length === 1,
                );
                const box = lines[2];
                assert.ok(box && Math.abs(box.x - 0.6) < 0.03 && Math.abs(box.width - 0.3) < 0.03, JSON.stringify(box));
                assert.deepEqual(labels, ['here <b>it</b> is']);
            }
            await keepPicture(pair.bob, `drawing-${transport}-viewer`);
            await keepPicture(pair.alice, `drawing-${transport}-sharer`);
            await pair.bob.workbench.page.keyboard.press('z');
            await drawnWhen(sharer, 'no text', ({ labels }) => labels.length === 0);
            await pair.bob.workbench.page.keyboard.press('x');
            await drawnWhen(sharer, 'nothing', ({ lines }) => lines.length === 0);
            await tool('Keep Drawings');
        });

        it('fades by itself', async () => {
            await tool('Pen');
            await drag([0.2, 0.2], [0.4, 0.4]);
            await drawnWhen(sharer, 'a line', ({ lines }) => lines.length === 1);
            await drawnWhen(sharer, 'it to fade', ({ lines }) => lines.length === 0);
        });

        it('is turned off by the sharer for one person, and for all; the viewer is told why', async () => {
            const allowed = sharer.getByRole('button', { name: /^Bob \S+ may point and draw$/u });
            await tool('Pen');
            await allowed.click();
            await viewer.getByText('The sharer has turned off pointing and drawing for you.').waitFor();
            await viewer.locator('.drawing-tools').waitFor({ state: 'hidden' });
            await drag([0.2, 0.2], [0.4, 0.4]);
            assert.deepEqual((await drawnIn(sharer)).lines, []);
            await allowed.click();
            await tool('Pen');
            await pair.bob.workbench.page.keyboard.press('Escape');
            await sharer.getByLabel('Viewers may point and draw').click();
            await eventually(
                async () => {
                    await pair.bob.workbench.page.keyboard.press('p');
                    const off = viewer.getByText('The sharer has turned off pointing and drawing.');
                    if (await off.isVisible()) return true;
                    await pair.bob.workbench.page.keyboard.press('Escape');
                    return false;
                },
                'the reason',
                20_000,
            );
            await sharer.getByLabel('Viewers may point and draw').click();
        });
    });
