/**
 * Measures Hush in two real VS Code windows through real servers. Timings of a shared machine are noisy, so latency is
 * given beside the sharer's own preview in the same run: what capture and drawing cost without encryption, network and
 * decoding.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { shareScreen, viewShare } from '../e2e/support/flows.ts';
import { openPair, SHARED, type Pair } from '../e2e/support/pair.ts';
import type { Person } from '../e2e/support/person.ts';
import { readPicture } from '../e2e/support/picture.ts';

/** Openings of the tab, and latency samples per picture. */
const OPENINGS = 5;
const SAMPLES = 60;
/** Of the shared page's counter, which rises with every frame the browser draws. */
const MS_PER_FRAME = 1_000 / 60;

function quantile(values: readonly number[], q: number): number {
    const sorted = values.toSorted((a, b) => a - b);
    return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN);
}

/** ms between the shared page's present frame and the one that `frame` shows. */
async function latency(pair: Pair, frame: Frame): Promise<number[]> {
    const source = pair.alice.context.pages().find((page) => page.url() === pair.editor.url);
    const samples: number[] = [];
    while (source && samples.length < SAMPLES) {
        const [shown, now] = await Promise.all([
            readPicture(frame, SHARED.width),
            source.evaluate(() => (window as unknown as { frame: number }).frame),
        ]);
        if (shown.markerError < 96 && now >= shown.marker) samples.push((now - shown.marker) * MS_PER_FRAME);
    }
    return samples;
}

/** A number that Hush wrote to its own log. */
function logged({ server }: Person, pattern: RegExp): number {
    const lines = globSync('**/*Hush.log', { cwd: server.logsDir }).map((file) =>
        readFileSync(join(server.logsDir, file), 'utf8'),
    );
    return Number(pattern.exec(lines.join('\n'))?.[1]);
}

export async function benchWindows(): Promise<unknown> {
    const pair = await openPair();
    const { alice, bob } = pair;
    const share = await shareScreen(alice.workbench, alice.context, 'webview');
    const firstFrame: number[] = [];
    let view = await viewShare(bob.workbench);
    for (let i = 0; i < OPENINGS; i++) {
        await bob.workbench.command('Hush: Leave Session');
        await bob.workbench.tab('’s screen').waitFor({ state: 'detached' });
        const row = bob.workbench.row('’s screen');
        const clicked = Date.now();
        await row.click();
        view = await bob.workbench.hushFrame('view', 'live');
        firstFrame.push(Date.now() - clicked);
    }
    const preview = await latency(pair, share);
    const viewer = await latency(pair, view);
    const result = {
        activationMs: {
            alice: logged(alice, /activated in ([\d.]+) ms/u),
            bob: logged(bob, /activated in ([\d.]+) ms/u),
        },
        readyMs: { alice: logged(alice, /Ready after (\d+) ms/u), bob: logged(bob, /Ready after (\d+) ms/u) },
        clickToFirstFrameMs: { p50: quantile(firstFrame, 0.5), max: quantile(firstFrame, 1), n: firstFrame.length },
        latencyMs: {
            viewer: { p50: quantile(viewer, 0.5), p95: quantile(viewer, 0.95) },
            ownPreview: { p50: quantile(preview, 0.5), p95: quantile(preview, 0.95) },
            ratioOfMedians: Number((quantile(viewer, 0.5) / quantile(preview, 0.5)).toFixed(2)),
        },
    };
    await pair.stop();
    return result;
}
