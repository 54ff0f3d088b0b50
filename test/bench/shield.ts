/**
 * How fast Secret Shield is: ms from the moment that a secret is in the document of a VS Code window to the moment that
 * the share's page knows it. Negative: the page knew before. `hush.shield.mode` strict holds pictures back for longer
 * than the longest (core/shield/strictDelay.ts).
 */
import type { Frame, Page } from 'playwright-core';
import { eventually } from '../stack/eventually.ts';
import { shareScreen, viewShare } from '../e2e/support/flows.ts';
import { pageData } from '../e2e/support/workbench.ts';
import { closeEditors, countSecretFrames, openSecretPair, secretFrames, WAYS } from '../e2e/support/secretPair.ts';

/** Every so many openings go through the interface; the others are a click on a tab. */
const BY_HAND = 10;

type Times = { seen: number[]; covered: number[] };

/** Notes when text of the secret comes into an editor. */
function noteSecrets(page: Page): Promise<void> {
    return page.evaluate(() => {
        const times = ((globalThis as unknown as { times?: Times }).times = { seen: [] as number[], covered: [] });
        let there = false;
        new MutationObserver(() => {
            const now = [...document.querySelectorAll('.view-line')].some((line) => line.textContent?.includes('█'));
            if (now && !there) times.seen.push(Date.now());
            there = now;
        }).observe(document.body, { subtree: true, childList: true, characterData: true });
    });
}

/** Notes when the page of the share is told to hide the screen. */
function noteCovers(frame: Frame): Promise<void> {
    return frame.evaluate(() => {
        const times = ((globalThis as unknown as { times?: Times }).times = { seen: [], covered: [] as number[] });
        const app = document.querySelector<HTMLElement>('#app');
        if (!app) throw new Error('no page');
        new MutationObserver(() => {
            if (app.dataset['hushCover'] === 'shielded') times.covered.push(Date.now());
        }).observe(app, { attributeFilter: ['data-hush-cover'] });
    });
}

const read = (where: Page | Frame): Promise<Times> =>
    where.evaluate(() => (globalThis as unknown as { times: Times }).times);

export async function benchShield(openings: number): Promise<unknown> {
    const pair = await openSecretPair('mesh');
    const { alice, bob } = pair;
    const { page } = alice.workbench;
    const share = await shareScreen(alice.workbench, alice.context, 'loopback');
    await page.bringToFront();
    const view = await viewShare(bob.workbench);
    await countSecretFrames(view);
    await noteSecrets(page);
    await noteCovers(share);
    const [hidden, shown] = ['shielded', 'not shielded'];
    // Playwright's own waiting needs a page that draws, and this one is behind another.
    const shows = async (wanted: string): Promise<void> => {
        await eventually(
            async () => ((await pageData(share))?.['hushCover'] === 'shielded') === (wanted === hidden),
            `the share to be ${wanted}`,
            20_000,
        );
    };
    const byHand = Object.entries(WAYS).filter(([name]) => !/notebook|picture/u.test(name));
    const delays: number[] = [];
    for (let opening = 0; opening < openings; opening++) {
        const [, open] = byHand[(opening / BY_HAND) % byHand.length] ?? [];
        const before = { seen: (await read(page)).seen.length, covered: (await read(share)).covered.length };
        if (opening % BY_HAND === 0) {
            await closeEditors(alice);
            await shows(shown);
            await open?.(alice);
        } else {
            if (opening % BY_HAND === 1) {
                await closeEditors(alice);
                await WAYS['a tab that was behind another']?.(alice);
            }
            await alice.workbench.tab('other.ts').click();
            await shows(shown);
            before.seen = (await read(page)).seen.length;
            before.covered = (await read(share)).covered.length;
            await alice.workbench.tab('.env').click();
        }
        await shows(hidden);
        const seen = await eventually(
            async () => (await read(page)).seen[before.seen],
            'the secret in the window',
            10_000,
        );
        const covered = (await read(share)).covered[before.covered] ?? Number.NaN;
        delays.push(covered - seen);
    }
    const { secret, all } = await secretFrames(view);
    await pair.stop();
    const sorted = delays.filter((ms) => !Number.isNaN(ms)).toSorted((a, b) => a - b);
    const at = (q: number): number | undefined => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
    return {
        openings: sorted.length,
        msUntilHidden: { p50: at(0.5), p95: at(0.95), p99: at(0.99), p999: at(0.999), max: sorted.at(-1) },
        framesDecoded: all,
        framesWithTheSecret: secret.length,
    };
}
